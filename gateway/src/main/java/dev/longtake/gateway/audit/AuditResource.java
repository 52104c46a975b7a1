package dev.longtake.gateway.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.longtake.contract.AuditRecord;
import dev.longtake.gateway.access.Caller;
import dev.longtake.gateway.http.ProblemException;
import dev.longtake.gateway.http.Query;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The caller's tenant's audit trail, newest first. */
@Path("/v1/audit")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class AuditResource {
    private static final String LIMIT = "limit";
    private static final String AFTER = "after";
    private static final String FILM = "film";
    private static final int PAGE = 50;
    private static final int LARGEST_PAGE = 500;

    private final AuditTrail trail;
    private final Caller caller;

    @Inject
    public AuditResource(AuditTrail trail, Caller caller) {
        this.trail = trail;
        this.caller = caller;
    }

    /** A line. @param actor who. @param actorTenant whose key or token that was. @param request id of the request */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Line(Instant at, String actor, @JsonProperty("actor_tenant") String actorTenant, String operation, Optional<String> film, Optional<Integer> revision, Optional<String> target,
                       int status, Optional<String> problem, String request, Optional<List<String>> prompts) {
        static Line of(AuditRecord r) {
            return new Line(r.at(), r.actor(), r.actorTenant(), r.operation(), r.film(), r.revision(), r.target(), r.status(), r.problem(), r.request(), r.prompts());
        }
    }

    /** @param next to be given as {@code after} for older lines */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Lines(List<Line> lines, Optional<String> next) {}

    @GET
    public Lines list(@Context UriInfo uri) {
        Query query = new Query(uri, LIMIT, AFTER, FILM);
        int limit = query.number(LIMIT, 1, LARGEST_PAGE, PAGE);
        query.check();
        Optional<String> after = query.text(AFTER);
        if (after.isPresent() && !after.get().matches("\\d{1,18}")) {
            throw ProblemException.badInput(AFTER, "no place in the trail", "give what the page before says as next, or leave it out");
        }
        AuditTrail.Page page = trail.read(caller.tenant(), query.text(FILM), after.map(a -> OptionalLong.of(Long.parseLong(a))).orElse(OptionalLong.empty()), limit);
        return new Lines(page.lines().stream().map(l -> Line.of(l.record())).toList(), page.next().map(n -> Long.toString(n)));
    }
}
