package dev.longtake.gateway.outline;

import dev.longtake.contract.FilmState;
import dev.longtake.gateway.access.Caller;
import dev.longtake.gateway.films.FilmPlanner.Planned;
import dev.longtake.gateway.films.FilmTable;
import dev.longtake.gateway.films.WorkerTable;
import dev.longtake.gateway.http.StoryRequests;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** What a story comes to; nothing is kept of it. */
@Path("/v1/films/plan")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class OutlineResource {
    private static final int NEWEST = 50;

    private final StoryRequests requests;
    private final FilmTable films;
    private final WorkerTable workers;
    private final Caller caller;

    @Inject
    public OutlineResource(StoryRequests requests, FilmTable films, WorkerTable workers, Caller caller) {
        this.requests = requests;
        this.films = films;
        this.workers = workers;
        this.caller = caller;
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    public Outline plan(InputStream body, @HeaderParam("Content-Type") String contentType, @Context UriInfo uri) {
        Planned planned = requests.plan(body, contentType, uri.getQueryParameters(), Optional.empty());
        List<FilmState> newest = films.page(caller.tenant(), Optional.empty(), NEWEST).orElseThrow().films();
        return Outline.of(planned.plan(), planned.lane(), Estimate.of(planned.plan(), newest, workers.slots()), planned.warnings());
    }
}
