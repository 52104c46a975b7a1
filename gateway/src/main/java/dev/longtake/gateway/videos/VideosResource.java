package dev.longtake.gateway.videos;

import dev.longtake.film.plan.PlanDocument.Origin;
import dev.longtake.film.story.Problem;
import dev.longtake.gateway.GatewayConfig;
import dev.longtake.gateway.access.Caller;
import dev.longtake.gateway.films.FilmPlanner.Planned;
import dev.longtake.gateway.films.FilmView;
import dev.longtake.gateway.films.Films;
import dev.longtake.gateway.http.ProblemException;
import dev.longtake.gateway.http.Query;
import dev.longtake.gateway.http.StoryRequests;
import dev.longtake.gateway.videos.VideoRequest.Operation;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
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
import java.io.InputStream;
import java.util.List;

/** Videos: create, list, show, delete, remix, extend. */
@Path("/v1/videos")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class VideosResource {
    private static final String POLL_AFTER = "openai-poll-after-ms";
    private static final int PAGE = 20;
    private static final int LARGEST_PAGE = 100;
    private static final String LIMIT = "limit";
    private static final String AFTER = "after";
    private static final String ORDER = "order";
    private static final String OLDEST_FIRST = "asc";
    private static final String NEWEST_FIRST = "desc";

    private final Videos videos;
    private final VideoPlans plans;
    private final StoryRequests requests;
    private final GatewayConfig config;
    private final Caller caller;

    @Inject
    public VideosResource(Videos videos, VideoPlans plans, StoryRequests requests, GatewayConfig config, Caller caller) {
        this.videos = videos;
        this.plans = plans;
        this.requests = requests;
        this.config = config;
        this.caller = caller;
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    public Response create(InputStream body, @HeaderParam("Content-Type") String contentType, @HeaderParam("Idempotency-Key") String key, @Context UriInfo uri) {
        new Query(uri).check();
        VideoBody sent = VideoBody.read(body, contentType, config.imageBytes());
        return submit(key, requests.inTurn(() -> plans.create(plans.read(sent, Operation.CREATE, keyProblems(key)))));
    }

    @POST
    @Path("{id}/remix")
    @Consumes(MediaType.WILDCARD)
    public Response remix(@PathParam("id") String id, InputStream body, @HeaderParam("Content-Type") String contentType, @HeaderParam("Idempotency-Key") String key, @Context UriInfo uri) {
        new Query(uri).check();
        VideoBody sent = VideoBody.read(body, contentType, config.imageBytes());
        return submit(key, requests.inTurn(() -> plans.remix(caller.tenant(), id, plans.read(sent, Operation.REMIX, keyProblems(key)))));
    }

    @POST
    @Path("extensions")
    @Consumes(MediaType.WILDCARD)
    public Response extend(InputStream body, @HeaderParam("Content-Type") String contentType, @HeaderParam("Idempotency-Key") String key, @Context UriInfo uri) {
        new Query(uri).check();
        VideoBody sent = VideoBody.read(body, contentType, config.imageBytes());
        return submit(key, requests.inTurn(() -> plans.extend(caller.tenant(), plans.read(sent, Operation.EXTEND, keyProblems(key)))));
    }

    private static List<Problem> keyProblems(String key) {
        return StoryRequests.keyProblem(key).stream().toList();
    }

    private Response submit(String key, Planned planned) {
        FilmView film = requests.accept(caller, key, planned).film();
        Origin origin = planned.origin().orElseThrow();
        return answer(VideoView.of(film, new VideoFacts(origin.prompt(), origin.remixedFrom() == null ? null : VideoIds.of(origin.remixedFrom()))));
    }

    private Response answer(VideoView video) {
        Response.ResponseBuilder response = Response.ok(video);
        return (video.isOver() ? response : response.header(POLL_AFTER, config.videos().pollAfter().toMillis())).build();
    }

    @GET
    public VideoView.Page list(@Context UriInfo uri) {
        Query query = new Query(uri, LIMIT, AFTER, ORDER);
        int limit = query.number(LIMIT, 1, LARGEST_PAGE, PAGE);
        boolean oldestFirst = query.choice(ORDER, List.of(OLDEST_FIRST, NEWEST_FIRST), NEWEST_FIRST).equals(OLDEST_FIRST);
        query.check();
        return videos.page(caller.tenant(), query.text(AFTER), limit, oldestFirst)
                .orElseThrow(() -> ProblemException.badInput(AFTER, "there is no such video", "begin again without it"));
    }

    @GET
    @Path("{id}")
    public Response show(@PathParam("id") String id, @Context UriInfo uri) {
        new Query(uri).check();
        return answer(videos.find(caller.tenant(), id).orElseThrow(VideoPlans::noVideo));
    }

    @DELETE
    @Path("{id}")
    @Consumes(MediaType.WILDCARD)
    public VideoView.Deleted delete(@PathParam("id") String id, @Context UriInfo uri) {
        new Query(uri).check();
        try {
            VideoView.Deleted deleted = videos.delete(caller.tenant(), id).orElseThrow(VideoPlans::noVideo);
            VideoIds.film(id).ifPresent(caller::touched);
            return deleted;
        } catch (Films.WrongStateException e) {
            throw ProblemException.wrongState(e.state(), "The video is " + e.state() + " and cannot be deleted.");
        } catch (Films.TooManyFilmsException e) {
            throw ProblemException.tooMany(e.limit(), e.getMessage(), requests.retryAfter());
        }
    }
}
