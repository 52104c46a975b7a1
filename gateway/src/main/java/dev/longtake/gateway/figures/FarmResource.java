package dev.longtake.gateway.figures;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.longtake.gateway.access.Caller;
import dev.longtake.gateway.figures.FarmFigures.Figures;
import dev.longtake.gateway.figures.FarmFigures.Latency;
import dev.longtake.gateway.films.FilmTable;
import dev.longtake.gateway.films.FilmTable.Queued;
import dev.longtake.gateway.http.Query;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** How the farm does. An operator sees all of it, everybody else what is his. */
@Path("/v1/farm")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class FarmResource {
    private final FarmFigures figures;
    private final FilmTable films;
    private final Clock clock;
    private final Caller caller;

    @Inject
    public FarmResource(FarmFigures figures, FilmTable films, Clock clock, Caller caller) {
        this.figures = figures;
        this.films = films;
        this.clock = clock;
        this.caller = caller;
    }

    /**
     * The farm.
     *
     * @param since   what is counted began then: an hour ago, or when this gateway began to listen
     * @param seconds since then
     * @param minutes segments rendered in each minute of the last hour, oldest first
     * @param queue   what is not rendered yet, by lane and tenant; the films in it
     * @param stalled films that wait for a store or a queue that is away
     * @param latency from when a segment could be rendered until a worker was asked to
     */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record FarmView(Instant since, double seconds, List<Integer> minutes, List<Queued> queue, long stalled, Optional<Latency> latency) {}

    @GET
    public FarmView show(@Context UriInfo uri) {
        new Query(uri).check();
        String own = caller.tenant();
        Predicate<String> shown = caller.isOperator() ? tenant -> true : own::equals;
        Instant now = clock.instant();
        Figures counted = figures.of(shown, now);
        List<Queued> queue = films.queue(shown);
        return new FarmView(counted.since(), Math.max(0, Duration.between(counted.since(), now).toMillis() / 1e3), counted.minutes(), queue, queue.stream().mapToLong(Queued::stalled).sum(),
                counted.latency());
    }
}
