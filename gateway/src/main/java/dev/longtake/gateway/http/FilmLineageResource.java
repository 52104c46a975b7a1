package dev.longtake.gateway.http;

import dev.longtake.contract.FilmState;
import dev.longtake.gateway.access.Caller;
import dev.longtake.gateway.lineage.LineageView;
import dev.longtake.gateway.lineage.Lineages;
import dev.longtake.gateway.revisions.Revisions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.OptionalInt;

/** What a film's segments were made of: bundle, prompt, seed, worker, attempt. */
@Path("/v1/films/{id}/lineage")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class FilmLineageResource {
    private static final String LIMIT = "limit";
    private static final String AFTER = "after";
    private static final String REVISION = "revision";
    private static final int PAGE = 50;
    private static final int LARGEST_PAGE = 200;

    private final Revisions revisions;
    private final Lineages lineages;
    private final StoryRequests requests;
    private final Caller caller;

    @Inject
    public FilmLineageResource(Revisions revisions, Lineages lineages, StoryRequests requests, Caller caller) {
        this.revisions = revisions;
        this.lineages = lineages;
        this.requests = requests;
        this.caller = caller;
    }

    @GET
    public LineageView lineage(@PathParam("id") String id, @Context UriInfo uri) {
        Query query = new Query(uri, LIMIT, AFTER, REVISION);
        int limit = query.number(LIMIT, 1, LARGEST_PAGE, PAGE);
        OptionalInt after = query.number(AFTER, 0, Integer.MAX_VALUE - 1);
        OptionalInt revision = query.number(REVISION, 1, Integer.MAX_VALUE);
        query.check();
        List<FilmState> known = revisions.known(caller.tenant(), id);
        if (known.isEmpty()) {
            throw ProblemException.noFilm();
        }
        FilmState state = known.stream().filter(s -> revision.isEmpty() || s.film().revision() == revision.getAsInt()).findFirst().orElseThrow(ProblemException::noRevision);
        return requests.inTurn(() -> lineages.of(state, after.isPresent() ? after.getAsInt() + 1 : 0, limit)
                .orElseThrow(() -> ProblemException.of(ProblemType.NO_PLAN, "The revision's plan cannot be used", "It is not there any more, or of another version.")));
    }
}
