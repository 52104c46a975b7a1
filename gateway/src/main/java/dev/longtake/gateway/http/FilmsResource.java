package dev.longtake.gateway.http;

import dev.longtake.film.story.StoryException;
import dev.longtake.gateway.GatewayConfig;
import dev.longtake.gateway.films.FilmPlanner;
import dev.longtake.gateway.films.FilmPlanner.Planned;
import dev.longtake.gateway.films.FilmView;
import dev.longtake.gateway.films.Films;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Films: submit, list, show, cancel, pause, resume, retry. */
@Path("/v1/films")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class FilmsResource {
    /** Until there are keys, everybody is this tenant. */
    static final String TENANT = "default";

    private static final int PAGE = 50;
    private static final int LARGEST_PAGE = 200;
    private static final String LIMIT = "limit";
    private static final String AFTER = "after";

    private final Films films;
    private final FilmPlanner planner;
    private final GatewayConfig config;
    private final Semaphore planners;
    private final MeterRegistry meters;

    @Inject
    public FilmsResource(Films films, FilmPlanner planner, GatewayConfig config, MeterRegistry meters) {
        this.films = films;
        this.planner = planner;
        this.config = config;
        this.planners = new Semaphore(config.planners(), true);
        this.meters = meters;
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    public Response submit(InputStream body, @HeaderParam("Content-Type") String contentType, @HeaderParam("Idempotency-Key") String idempotencyKey, @Context UriInfo uri) {
        Optional<String> key = checkedKey(idempotencyKey);
        StoryBody story;
        try {
            story = StoryBody.read(body, contentType);
        } catch (IOException e) {
            throw ProblemException.badInput("story", "the request ended before the story did", "send it whole");
        }
        Map<String, List<String>> parameters = new LinkedHashMap<>(uri.getQueryParameters());
        story.fields().forEach((name, values) -> parameters.merge(name, values, FilmsResource::joined));
        Planned planned = plan(story, parameters);
        FilmView film;
        try {
            film = films.submit(TENANT, key, planned);
        } catch (Films.KeyReusedException e) {
            throw ProblemException.of(422, "key-reused", "The Idempotency-Key was used for another film", "Send the same story and settings with a key, or another key.");
        }
        meters.counter("longtake.films.accepted").increment();
        meters.counter("longtake.frames.accepted").increment(film.frames());
        return Response.accepted(film).location(URI.create(film.links().self())).build();
    }

    private static List<String> joined(List<String> some, List<String> more) {
        List<String> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }

    private static Optional<String> checkedKey(String key) {
        if (key != null && !key.matches("[\\x21-\\x7e]{1,200}")) {
            throw ProblemException.badInput("Idempotency-Key", "not 1 to 200 printable ASCII characters without spaces", "send a UUID, for example");
        }
        return Optional.ofNullable(key);
    }

    private Planned plan(StoryBody story, Map<String, List<String>> parameters) {
        try {
            if (!planners.tryAcquire(config.planPatience().toMillis(), TimeUnit.MILLISECONDS)) {
                throw ProblemException.away("Too many stories are being planned.", config.retryAfter().toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ProblemException.away("The gateway is stopping.", config.retryAfter().toSeconds());
        }
        try {
            return planner.plan(story.story(), story.fileName(), parameters);
        } catch (StoryException e) {
            throw ProblemException.of(e);
        } finally {
            planners.release();
        }
    }

    @GET
    public FilmList list(@Context UriInfo uri) {
        Map<String, List<String>> parameters = uri.getQueryParameters();
        parameters.keySet().stream().filter(p -> !Set.of(LIMIT, AFTER).contains(p)).findFirst().ifPresent(p -> {
            throw ProblemException.badInput(p.replaceAll("\\p{C}", "?"), "unknown parameter", "use " + LIMIT + " or " + AFTER);
        });
        Optional<String> after = Optional.ofNullable(uri.getQueryParameters().getFirst(AFTER));
        Films.Page page = films.page(TENANT, after, limit(uri.getQueryParameters().getFirst(LIMIT)))
                .orElseThrow(() -> ProblemException.badInput(AFTER, "there is no such film", "begin again without it"));
        return new FilmList(page.films(), page.next());
    }

    private static int limit(String given) {
        if (given == null) {
            return PAGE;
        }
        if (!given.matches("[1-9]\\d{0,2}") || Integer.parseInt(given) > LARGEST_PAGE) {
            throw ProblemException.badInput(LIMIT, "not a whole number from 1 to " + LARGEST_PAGE, "leave it out for " + PAGE);
        }
        return Integer.parseInt(given);
    }

    @GET
    @Path("{id}")
    public FilmView show(@PathParam("id") String id) {
        return films.find(TENANT, id).orElseThrow(ProblemException::noFilm);
    }

    @POST
    @Path("{id}/cancel")
    @Consumes(MediaType.WILDCARD)
    public Response cancel(@PathParam("id") String id) {
        return ask(id, Films.Wish.CANCEL, "cancelled");
    }

    @POST
    @Path("{id}/pause")
    @Consumes(MediaType.WILDCARD)
    public Response pause(@PathParam("id") String id) {
        return ask(id, Films.Wish.PAUSE, "paused");
    }

    @POST
    @Path("{id}/resume")
    @Consumes(MediaType.WILDCARD)
    public Response resume(@PathParam("id") String id) {
        return ask(id, Films.Wish.RESUME, "resumed");
    }

    @POST
    @Path("{id}/retry")
    @Consumes(MediaType.WILDCARD)
    public Response retry(@PathParam("id") String id) {
        return ask(id, Films.Wish.RETRY, "retried");
    }

    private Response ask(String id, Films.Wish wish, String done) {
        try {
            return Response.accepted(films.ask(TENANT, id, wish).orElseThrow(ProblemException::noFilm)).build();
        } catch (Films.WrongStateException e) {
            throw ProblemException.wrongState(e.state(), "The film is " + e.state() + " and cannot be " + done + ".");
        }
    }
}
