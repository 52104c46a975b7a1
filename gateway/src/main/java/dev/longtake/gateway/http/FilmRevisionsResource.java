package dev.longtake.gateway.http;

import dev.longtake.contract.Lane;
import dev.longtake.gateway.access.Caller;
import dev.longtake.gateway.films.FilmOptions;
import dev.longtake.gateway.films.FilmPlanner;
import dev.longtake.gateway.films.Films;
import dev.longtake.gateway.revisions.Revised;
import dev.longtake.gateway.revisions.RevisionPlan;
import dev.longtake.gateway.revisions.RevisionView;
import dev.longtake.gateway.revisions.Revisions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Other scenes, or another lane, for a film that there is; and the revisions it has. */
@Path("/v1/films/{id}")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class FilmRevisionsResource {
    private static final String DRY_RUN = "dry_run";
    private static final String LIMIT = "limit";
    private static final String AFTER = "after";
    private static final String AGAINST = "against";
    private static final int PAGE = 50;
    private static final int LARGEST_PAGE = 200;

    private final Films films;
    private final FilmPlanner planner;
    private final Revisions revisions;
    private final StoryRequests requests;
    private final Caller caller;

    @Inject
    public FilmRevisionsResource(Films films, FilmPlanner planner, Revisions revisions, StoryRequests requests, Caller caller) {
        this.films = films;
        this.planner = planner;
        this.revisions = revisions;
        this.requests = requests;
        this.caller = caller;
    }

    @PATCH
    @Consumes(MediaType.WILDCARD)
    public Response revise(@PathParam("id") String id, InputStream body, @HeaderParam("Content-Type") String contentType, @Context UriInfo uri) {
        StoryBody story = requests.read(body, contentType);
        Query query = query(uri.getQueryParameters());
        boolean dryRun = query.flag(DRY_RUN);
        query.check();
        Optional<Lane> lane = LaneBody.read(story, query);
        if (lane.isPresent()) {
            if (dryRun) {
                throw ProblemException.badInput(DRY_RUN, "a lane renders nothing", "leave it out");
            }
            return reprioritise(id, lane.get());
        }
        return revise(id, story, uri, dryRun);
    }

    /** What other scenes would come to; changes nothing. */
    @POST
    @Path("revisions")
    @Consumes(MediaType.WILDCARD)
    public Response dryRun(@PathParam("id") String id, InputStream body, @HeaderParam("Content-Type") String contentType, @Context UriInfo uri) {
        Query query = query(uri.getQueryParameters());
        boolean dryRun = query.flag(DRY_RUN);
        query.check();
        return revise(id, requests.read(body, contentType), uri, dryRun);
    }

    /** Only that the flag is one is looked at here; the planner looks at the rest, together with the story. */
    private static Query query(Map<String, List<String>> given) {
        List<String> known = new ArrayList<>(given.keySet());
        known.addAll(FilmOptions.NAMES);
        known.add(DRY_RUN);
        return new Query(given, known.stream().distinct().toArray(String[]::new));
    }

    private Response revise(String id, StoryBody story, UriInfo uri, boolean dryRun) {
        Map<String, List<String>> query = new LinkedHashMap<>(uri.getQueryParameters());
        query.remove(DRY_RUN);
        Map<String, List<String>> parameters = requests.parameters(query, story);
        Revised revised = requests.inTurn(() -> {
            try {
                Revisions.Base base = revisions.base(caller.tenant(), id).orElseThrow(ProblemException::noFilm);
                FilmPlanner.Planned planned = planner.revise(story.story(), story.fileName(), parameters, story.image(), base.before());
                caller.said(() -> StoryRequests.prompts(planned));
                if (!dryRun) {
                    films.requireRoom(caller.tenant(), Optional.of(id), planned);
                }
                return revisions.revise(base, planned, dryRun);
            } catch (Films.TooManyFilmsException e) {
                throw ProblemException.tooMany(e.limit(), e.getMessage(), requests.retryAfter());
            } catch (Revisions.TooManyRevisionsException e) {
                throw ProblemException.tooMany(e.limit(), e.getMessage(), requests.retryAfter());
            } catch (Films.WrongStateException e) {
                throw ProblemException.wrongState(e.state(), "The film is " + e.state() + " and cannot be revised.");
            } catch (Revisions.OvertakenException e) {
                throw ProblemException.of(ProblemType.REVISED_MEANWHILE, "Somebody else revised the film", "Revision " + e.revision()
                        + " was begun in the same moment; look at it, then send yours again. Nothing of yours was begun.");
            } catch (Revisions.NoPlanException e) {
                throw noPlan(e);
            }
        });
        if (revised.dryRun() || revised.unchanged()) {
            return Response.ok(revised).build();
        }
        caller.touched(id, revised.revision());
        return Response.accepted(revised).location(URI.create(revised.links().revision().orElseThrow())).build();
    }

    private static ProblemException noPlan(Revisions.NoPlanException e) {
        return ProblemException.of(ProblemType.NO_PLAN, "The revision's plan cannot be used", e.getMessage());
    }

    private Response reprioritise(String id, Lane lane) {
        try {
            return Response.accepted(films.reprioritise(caller.tenant(), id, lane).orElseThrow(ProblemException::noFilm)).build();
        } catch (Films.WrongStateException e) {
            throw ProblemException.wrongState(e.state(), "The film is " + e.state() + " and is in no lane any more.");
        }
    }

    @GET
    @Path("revisions")
    public RevisionView.Page list(@PathParam("id") String id, @Context UriInfo uri) {
        Query query = new Query(uri, LIMIT, AFTER);
        int limit = query.number(LIMIT, 1, LARGEST_PAGE, PAGE);
        OptionalInt after = query.number(AFTER, 1, Integer.MAX_VALUE);
        query.check();
        return revisions.list(caller.tenant(), id, after, limit).orElseThrow(ProblemException::noFilm);
    }

    @GET
    @Path("revisions/{n}")
    public RevisionPlan show(@PathParam("id") String id, @PathParam("n") String n, @Context UriInfo uri) {
        Query query = new Query(uri, LIMIT, AFTER, AGAINST);
        int limit = query.number(LIMIT, 1, LARGEST_PAGE, PAGE);
        OptionalInt after = query.number(AFTER, 0, Integer.MAX_VALUE);
        OptionalInt against = query.number(AGAINST, 1, Integer.MAX_VALUE);
        query.check();
        if (!n.matches("[1-9]\\d{0,8}")) {
            throw ProblemException.noRevision();
        }
        return requests.inTurn(() -> {
            try {
                return revisions.compare(caller.tenant(), id, Integer.parseInt(n), against, after.isPresent() ? after.getAsInt() + 1 : 0, limit).orElseThrow(ProblemException::noRevision);
            } catch (Revisions.NoPlanException e) {
                throw noPlan(e);
            }
        });
    }
}
