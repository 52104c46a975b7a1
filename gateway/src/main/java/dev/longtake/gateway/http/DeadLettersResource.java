package dev.longtake.gateway.http;

import dev.longtake.gateway.access.Caller;
import dev.longtake.gateway.letters.DeadLetters;
import dev.longtake.gateway.letters.LetterView;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Dead letters: what was parked or given up, and putting it back. */
@Path("/v1/dead-letters")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class DeadLettersResource {
    private static final int PAGE = 50;
    private static final int LARGEST_PAGE = 1_000;
    private static final String LIMIT = "limit";
    private static final String FILM = "film";
    private static final String FORCE = "force";

    private final DeadLetters letters;
    private final Caller caller;

    @Inject
    public DeadLettersResource(DeadLetters letters, Caller caller) {
        this.letters = letters;
        this.caller = caller;
    }

    /** Whose letters are shown: an operator's are all, those that are nobody's included. */
    private Optional<String> whose() {
        return caller.isOperator() ? Optional.empty() : Optional.of(caller.tenant());
    }

    /** Letters, newest first. */
    public record LetterList(List<LetterView> letters) {}

    @GET
    public LetterList list(@Context UriInfo uri) {
        Map<String, List<String>> parameters = uri.getQueryParameters();
        known(parameters, Set.of(LIMIT, FILM));
        return new LetterList(letters.list(whose(), Optional.ofNullable(uri.getQueryParameters().getFirst(FILM)), limit(uri.getQueryParameters().getFirst(LIMIT))));
    }

    @POST
    @Path("{id}/requeue")
    @Consumes(MediaType.WILDCARD)
    public Response requeue(@PathParam("id") String id, @Context UriInfo uri) {
        known(uri.getQueryParameters(), Set.of(FORCE));
        String force = uri.getQueryParameters().getFirst(FORCE);
        if (force != null && !Set.of("true", "false").contains(force)) {
            throw ProblemException.badInput(FORCE, "neither true nor false", "leave it out for false");
        }
        try {
            return Response.accepted(letters.requeue(whose(), id, "true".equals(force))
                    .orElseThrow(() -> ProblemException.of(ProblemType.NO_SUCH_LETTER, "There is no such letter", "No letter of this id is among the newest."))).build();
        } catch (DeadLetters.RefusedException e) {
            throw ProblemException.of(ProblemType.LETTER_REFUSED, "Nothing was done about the letter", e.getMessage());
        }
    }

    private static void known(Map<String, List<String>> parameters, Set<String> names) {
        parameters.keySet().stream().filter(p -> !names.contains(p)).findFirst().ifPresent(p -> {
            throw ProblemException.badInput(p.replaceAll("\\p{C}", "?"), "unknown parameter", "use " + String.join(" or ", names.stream().sorted().toList()));
        });
    }

    private static int limit(String given) {
        if (given == null) {
            return PAGE;
        }
        if (!given.matches("[1-9]\\d{0,3}") || Integer.parseInt(given) > LARGEST_PAGE) {
            throw ProblemException.badInput(LIMIT, "not a whole number from 1 to " + LARGEST_PAGE, "leave it out for " + PAGE);
        }
        return Integer.parseInt(given);
    }
}
