package dev.longtake.gateway.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.longtake.film.story.Problem;
import dev.longtake.film.story.StoryException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An answer that is not what was asked for: RFC 9457, {@code application/problem+json}. */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    static final String MEDIA_TYPE = "application/problem+json";
    private static final int BAD_REQUEST = 400;
    private static final int TOO_LARGE = 413;

    private final transient Body body;
    private final transient Map<String, String> headers;

    /**
     * The body.
     *
     * @param type   names the kind of problem
     * @param title  the same for every problem of the kind
     * @param detail what is wrong this time
     * @param errors every field that is wrong, with what to do about it
     * @param state  of the film, where that is the reason
     */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Body(String type, String title, int status, String detail, List<Problem> errors, Optional<String> state) {}

    ProblemException(Body body, Map<String, String> headers) {
        super(body.detail(), null, false, false);
        this.body = body;
        this.headers = Map.copyOf(headers);
    }

    static ProblemException of(int status, String kind, String title, String detail) {
        return new ProblemException(new Body("urn:longtake:problem:" + kind, title, status, detail, List.of(), Optional.empty()), Map.of());
    }

    /** The request has to be changed; every reason at once. */
    static ProblemException badInput(List<Problem> errors) {
        String detail = errors.isEmpty() ? "The request cannot be used." : errors.get(0).toString();
        return new ProblemException(new Body("urn:longtake:problem:bad-input", "The film cannot be made from this", BAD_REQUEST, detail, errors, Optional.empty()), Map.of());
    }

    static ProblemException badInput(String field, String message, String fix) {
        return badInput(List.of(new Problem(field, message, fix)));
    }

    static ProblemException of(StoryException e) {
        return e.isTooLarge() ? tooLarge(e.problems()) : badInput(e.problems());
    }

    static ProblemException tooLarge(List<Problem> errors) {
        return new ProblemException(new Body("urn:longtake:problem:too-large", "The story is too large", TOO_LARGE, errors.get(0).toString(), errors, Optional.empty()), Map.of());
    }

    static ProblemException noFilm() {
        return of(404, "no-such-film", "There is no such film", "No film of this id is known here.");
    }

    static ProblemException wrongState(String state, String detail) {
        return new ProblemException(new Body("urn:longtake:problem:wrong-state", "The film's state does not allow this", 409, detail, List.of(), Optional.of(state)), Map.of());
    }

    /** Nothing was accepted and nothing is lost; the same request may be sent again. @param seconds until then */
    static ProblemException away(String what, long seconds) {
        return new ProblemException(new Body("urn:longtake:problem:away", "The farm cannot answer now", 503, what + " Send the request again.", List.of(), Optional.empty()),
                Map.of("Retry-After", Long.toString(Math.max(1, seconds))));
    }

    Body body() {
        return body;
    }

    Map<String, String> headers() {
        return headers;
    }
}
