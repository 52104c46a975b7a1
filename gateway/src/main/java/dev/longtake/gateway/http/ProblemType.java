package dev.longtake.gateway.http;

/** Every kind of problem (RFC 9457) that the gateway answers with. Each has a page in {@code docs/problems}, which the gateway shows, too. */
public enum ProblemType {
    AWAY("away", 503),
    BAD_INPUT("bad-input", 400),
    FILM_GONE("film-gone", 410),
    FOREIGN_PAGE("foreign-page", 403),
    INTERNAL("internal", 500),
    KEY_REUSED("key-reused", 422),
    LETTER_REFUSED("letter-refused", 409),
    MEDIA_TYPE("media-type", 415),
    MODEL_CHANGED("model-changed", 409),
    NO_GATEWAY("no-gateway", 404),
    NO_LINKS("no-links", 409),
    NO_PLAN("no-plan", 409),
    NO_SUCH_DELIVERY("no-such-delivery", 404),
    NO_SUCH_FILM("no-such-film", 404),
    NO_SUCH_KEY("no-such-key", 404),
    NO_SUCH_LETTER("no-such-letter", 404),
    NO_SUCH_OBJECT("no-such-object", 404),
    NO_SUCH_REVISION("no-such-revision", 404),
    NO_SUCH_SEGMENT("no-such-segment", 404),
    NO_SUCH_WEBHOOK("no-such-webhook", 404),
    NOT_ALLOWED("not-allowed", 403),
    NOT_REDELIVERED("not-redelivered", 409),
    RANGE("range", 416),
    REFUSED("refused", 404),
    REVISED_MEANWHILE("revised-meanwhile", 409),
    TOO_LARGE("too-large", 413),
    TOO_MANY("too-many", 429),
    TOO_MANY_WEBHOOKS("too-many-webhooks", 409),
    UNKNOWN_CALLER("unknown-caller", 401),
    WRONG_STATE("wrong-state", 409);

    private static final String URN = "urn:longtake:problem:";

    private final String kind;
    private final int status;

    ProblemType(String kind, int status) {
        this.kind = kind;
        this.status = status;
    }

    /** The last part of its type, and the name of its page. */
    public String kind() {
        return kind;
    }

    /** The HTTP status; of what the framework refuses by itself, the usual one. */
    public int status() {
        return status;
    }

    /** What problems of this kind carry as their {@code type}. */
    public String type() {
        return URN + kind;
    }

    /** Where the gateway shows what it is about. @param type as {@link #type()}; another has none */
    static String page(String type) {
        return "/problems/" + type.substring(type.lastIndexOf(':') + 1) + ".md";
    }
}
