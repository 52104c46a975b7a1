package dev.longtake.gateway.http;

import dev.longtake.gateway.access.Caller;
import dev.longtake.gateway.films.Films;
import io.smallrye.common.annotation.Blocking;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.util.Optional;
import org.jboss.resteasy.reactive.RestMulti;

/** What happens to one film, as it happens. */
@Path("/v1/films/{id}/events")
@Singleton
public class FilmEventsResource {
    private final EventsResource events;
    private final Films films;
    private final Caller caller;

    @Inject
    public FilmEventsResource(EventsResource events, Films films, Caller caller) {
        this.events = events;
        this.films = films;
        this.caller = caller;
    }

    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Blocking
    public RestMulti<OutboundSseEvent> ofFilm(@PathParam("id") String id, @HeaderParam(EventsResource.LAST_EVENT_ID) String lastEventId, @Context UriInfo uri, @Context Sse sse,
                                              @Context HttpServerRequest request) {
        films.find(caller.tenant(), id).orElseThrow(ProblemException::noFilm);
        return events.listen(Optional.of(id), lastEventId, uri, sse, request);
    }
}
