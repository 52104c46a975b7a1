package dev.longtake.gateway.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.longtake.gateway.access.Caller;
import dev.longtake.gateway.films.FilmPlanner.Planned;
import dev.longtake.gateway.films.FilmView;
import dev.longtake.gateway.films.Films;
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
import java.net.URI;

/** Films: submit, list, show, cancel, pause, resume, retry, delete. */
@Path("/v1/films")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class FilmsResource {
    private static final int PAGE = 50;
    private static final int LARGEST_PAGE = 200;
    private static final String LIMIT = "limit";
    private static final String AFTER = "after";

    private final Films films;
    private final StoryRequests requests;
    private final Caller caller;

    @Inject
    public FilmsResource(Films films, StoryRequests requests, Caller caller) {
        this.films = films;
        this.requests = requests;
        this.caller = caller;
    }

    /** A film with whom it tells; the secret is shown to nobody else. */
    public record Told(@JsonUnwrapped FilmView film, Callback callback) {}

    /** Where to, and what notifications are signed with. */
    public record Callback(String url, String secret) {}

    @POST
    @Consumes(MediaType.WILDCARD)
    public Response submit(InputStream body, @HeaderParam("Content-Type") String contentType, @HeaderParam("Idempotency-Key") String idempotencyKey, @Context UriInfo uri) {
        Planned planned = requests.plan(body, contentType, uri.getQueryParameters(), StoryRequests.keyProblem(idempotencyKey));
        Films.Accepted accepted = requests.accept(caller, idempotencyKey, planned);
        FilmView film = accepted.film();
        Object answer = accepted.callback().<Object>map(c -> new Told(film, new Callback(c.url(), c.secret()))).orElse(film);
        return Response.accepted(answer).location(URI.create(film.links().self())).build();
    }

    @GET
    public FilmList list(@Context UriInfo uri) {
        Query query = new Query(uri, LIMIT, AFTER);
        int limit = query.number(LIMIT, 1, LARGEST_PAGE, PAGE);
        query.check();
        Films.Page page = films.page(caller.tenant(), query.text(AFTER), limit).orElseThrow(() -> ProblemException.badInput(AFTER, "there is no such film", "begin again without it"));
        return new FilmList(page.films(), page.next());
    }

    @GET
    @Path("{id}")
    public FilmView show(@PathParam("id") String id, @Context UriInfo uri) {
        new Query(uri).check();
        return films.find(caller.tenant(), id).orElseThrow(ProblemException::noFilm);
    }

    @DELETE
    @Path("{id}")
    @Consumes(MediaType.WILDCARD)
    public Response delete(@PathParam("id") String id, @Context UriInfo uri) {
        return ask(id, uri, Films.Wish.DELETE, "deleted");
    }

    @POST
    @Path("{id}/cancel")
    @Consumes(MediaType.WILDCARD)
    public Response cancel(@PathParam("id") String id, @Context UriInfo uri) {
        return ask(id, uri, Films.Wish.CANCEL, "cancelled");
    }

    @POST
    @Path("{id}/pause")
    @Consumes(MediaType.WILDCARD)
    public Response pause(@PathParam("id") String id, @Context UriInfo uri) {
        return ask(id, uri, Films.Wish.PAUSE, "paused");
    }

    @POST
    @Path("{id}/resume")
    @Consumes(MediaType.WILDCARD)
    public Response resume(@PathParam("id") String id, @Context UriInfo uri) {
        return ask(id, uri, Films.Wish.RESUME, "resumed");
    }

    @POST
    @Path("{id}/retry")
    @Consumes(MediaType.WILDCARD)
    public Response retry(@PathParam("id") String id, @Context UriInfo uri) {
        return ask(id, uri, Films.Wish.RETRY, "retried");
    }

    private Response ask(String id, UriInfo uri, Films.Wish wish, String done) {
        new Query(uri).check();
        try {
            return Response.accepted(films.ask(caller.tenant(), id, wish).orElseThrow(ProblemException::noFilm)).build();
        } catch (Films.WrongStateException e) {
            throw ProblemException.wrongState(e.state(), "The film is " + e.state() + " and cannot be " + done + ".");
        } catch (Films.TooManyFilmsException e) {
            throw ProblemException.tooMany(e.limit(), e.getMessage(), requests.retryAfter());
        }
    }
}
