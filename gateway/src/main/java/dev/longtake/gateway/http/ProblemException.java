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

    public static final String MEDIA_TYPE = "application/problem+json";

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
     * @param limit  name of the limit, where that is the reason
     */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Body(String type, String title, int status, String detail, List<Problem> errors, Optional<String> state, Optional<String> limit) {}

    ProblemException(Body body, Map<String, String> headers) {
        super(body.detail(), null, false, false);
        this.body = body;
        this.headers = Map.copyOf(headers);
    }

    public static ProblemException of(ProblemType type, String title, String detail) {
        return new ProblemException(body(type, type.status(), title, detail, List.of(), Optional.empty(), Optional.empty()), Map.of());
    }

    /** What the framework refuses by itself. */
    static ProblemException refused(int status, String title, String detail) {
        return new ProblemException(body(ProblemType.REFUSED, status, title, detail, List.of(), Optional.empty(), Optional.empty()), Map.of());
    }

    private static Body body(ProblemType type, int status, String title, String detail, List<Problem> errors, Optional<String> state, Optional<String> limit) {
        return new Body(type.type(), title, status, detail, errors, state, limit);
    }

    /** The request has to be changed; every reason at once. */
    public static ProblemException badInput(List<Problem> errors) {
        String detail = errors.isEmpty() ? "The request cannot be used." : errors.get(0).toString();
        return new ProblemException(body(ProblemType.BAD_INPUT, ProblemType.BAD_INPUT.status(), "The film cannot be made from this", detail, errors, Optional.empty(), Optional.empty()), Map.of());
    }

    public static ProblemException badInput(String field, String message, String fix) {
        return badInput(List.of(new Problem(field, message, fix)));
    }

    public static ProblemException of(StoryException e) {
        return e.isTooLarge() ? tooLarge(e.problems()) : badInput(e.problems());
    }

    public static ProblemException tooLarge(List<Problem> errors) {
        return new ProblemException(body(ProblemType.TOO_LARGE, ProblemType.TOO_LARGE.status(), "The story is too large", errors.get(0).toString(), errors, Optional.empty(), Optional.empty()), Map.of());
    }

    public static ProblemException noFilm() {
        return of(ProblemType.NO_SUCH_FILM, "There is no such film", "No film of this id is known here.");
    }

    public static ProblemException wrongState(String state, String detail) {
        return new ProblemException(body(ProblemType.WRONG_STATE, ProblemType.WRONG_STATE.status(), "The film's state does not allow this", detail, List.of(), Optional.of(state), Optional.empty()), Map.of());
    }

    /** The tenant has as much as it may have. @param limit its name. @param seconds after which it may be worth asking again */
    public static ProblemException tooMany(String limit, String detail, long seconds) {
        return with(limited(ProblemType.TOO_MANY, "A limit is reached", limit, detail), Map.of("Retry-After", Long.toString(Math.max(1, seconds))));
    }

    static ProblemException limited(ProblemType type, String title, String limit, String detail) {
        return new ProblemException(body(type, type.status(), title, detail, List.of(), Optional.empty(), Optional.of(limit)), Map.of());
    }

    /** The same with headers. */
    static ProblemException with(ProblemException problem, Map<String, String> headers) {
        return new ProblemException(problem.body, headers);
    }

    public static ProblemException noRevision() {
        return of(ProblemType.NO_SUCH_REVISION, "There is no such revision", "See /v1/films/{id}/revisions.");
    }

    /** Nothing was accepted and nothing is lost; the same request may be sent again. @param seconds until then */
    public static ProblemException away(String what, long seconds) {
        return new ProblemException(body(ProblemType.AWAY, ProblemType.AWAY.status(), "The farm cannot answer now", what + " Send the request again.", List.of(), Optional.empty(), Optional.empty()),
                Map.of("Retry-After", Long.toString(Math.max(1, seconds))));
    }

    public Body body() {
        return body;
    }

    Map<String, String> headers() {
        return headers;
    }
}
