package dev.longtake.gateway.videos;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.longtake.film.story.Problem;
import dev.longtake.gateway.http.ProblemException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A problem in the shape that clients of {@code /v1/videos} read: <code>{"error":{"message","type","param","code"}}</code>. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record VideoError(Error error) {
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY = 429;
    private static final int UNSUPPORTED = 415;
    private static final int INTERNAL = 500;
    static final String MEDIA_TYPES = "Send multipart/form-data or application/json.";
    private static final String KIND = "urn:longtake:problem:";
    /** Where this face has a word of its own. */
    private static final Map<String, String> CODES = Map.of("bad-input", "invalid_value", "no-such-film", "video_not_found", "film-gone", "video_gone",
            "too-many", "rate_limit_exceeded");
    /** What the framework refuses by itself is told apart by its status alone. */
    private static final String REFUSED = "refused";
    private static final Map<Integer, String> REFUSALS = Map.of(404, "not_found", 405, "method_not_allowed", 406, "not_acceptable", UNSUPPORTED, "media_type");
    private static final Map<String, String> PARAMS = Map.of("story", "prompt", "scenes", "prompt", "start_image", "input_reference", "sceneSeconds", "seconds");

    /** @param type kind of error. @param param what of the request is wrong, or null. @param code names the error */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Error(String message, String type, String param, String code) {}

    /** @param problem as the other face would say it */
    static VideoError of(ProblemException.Body problem) {
        List<Problem> errors = problem.errors() == null ? List.of() : problem.errors();
        String detail = problem.status() == UNSUPPORTED ? MEDIA_TYPES : problem.detail();
        String message = errors.isEmpty() ? detail : errors.stream().map(e -> param(e.field()) + ": " + e.message() + "; " + e.fix()).collect(Collectors.joining("\n"));
        return new VideoError(new Error(message, type(problem.status()), errors.isEmpty() ? null : param(errors.get(0).field()), code(problem)));
    }

    private static String type(int status) {
        return switch (status) {
            case UNAUTHORIZED -> "authentication_error";
            case FORBIDDEN -> "permission_error";
            case TOO_MANY -> "rate_limit_error";
            default -> status >= INTERNAL ? "server_error" : "invalid_request_error";
        };
    }

    private static String code(ProblemException.Body problem) {
        String kind = problem.type().startsWith(KIND) ? problem.type().substring(KIND.length()) : problem.type();
        return kind.equals(REFUSED) ? REFUSALS.getOrDefault(problem.status(), REFUSED) : CODES.getOrDefault(kind, kind.replace('-', '_'));
    }

    /** Clients of this face send no scenes: what is wrong with one is wrong with the prompt it was read from, or with the time it was given. */
    private static String param(String field) {
        if (field.startsWith("scenes[")) {
            return field.endsWith(".seconds") ? "seconds" : "prompt";
        }
        return PARAMS.getOrDefault(field, field);
    }
}
