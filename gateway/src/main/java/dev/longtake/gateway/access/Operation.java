package dev.longtake.gateway.access;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Everything that can be asked over HTTP: the one table of which scope it needs, and whether it goes into the audit trail. What is not in
 * it needs {@link Scope#OPERATOR}.
 */
public enum Operation {
    SUBMIT_FILM("submitFilm", "POST", "/v1/films", Scope.FILMS_WRITE, true),
    PLAN_FILM("planFilm", "POST", "/v1/films/plan", Scope.FILMS_WRITE, false),
    LIST_FILMS("listFilms", "GET", "/v1/films", Scope.FILMS_READ, false),
    SHOW_FILM("showFilm", "GET", "/v1/films/{id}", Scope.FILMS_READ, false),
    DELETE_FILM("deleteFilm", "DELETE", "/v1/films/{id}", Scope.FILMS_WRITE, true),
    REVISE_FILM("reviseFilm", "PATCH", "/v1/films/{id}", Scope.FILMS_WRITE, true),
    CANCEL_FILM("cancelFilm", "POST", "/v1/films/{id}/cancel", Scope.FILMS_WRITE, true),
    PAUSE_FILM("pauseFilm", "POST", "/v1/films/{id}/pause", Scope.FILMS_WRITE, true),
    RESUME_FILM("resumeFilm", "POST", "/v1/films/{id}/resume", Scope.FILMS_WRITE, true),
    RETRY_FILM("retryFilm", "POST", "/v1/films/{id}/retry", Scope.FILMS_WRITE, true),
    LIST_REVISIONS("listRevisions", "GET", "/v1/films/{id}/revisions", Scope.FILMS_READ, false),
    TRY_REVISION("tryRevision", "POST", "/v1/films/{id}/revisions", Scope.FILMS_WRITE, true),
    SHOW_REVISION("showRevision", "GET", "/v1/films/{id}/revisions/{n}", Scope.FILMS_READ, false),
    FILM_LINEAGE("filmLineage", "GET", "/v1/films/{id}/lineage", Scope.FILMS_READ, false),
    FILM_EVENTS("filmEvents", "GET", "/v1/films/{id}/events", Scope.FILMS_READ, false),
    EVENTS("events", "GET", "/v1/events", Scope.FILMS_READ, false),
    FILM_LINK("filmLink", "GET", "/v1/films/{id}/link", Scope.FILMS_READ, false),
    FILM_CONTENT("filmContent", "GET", "/v1/films/{id}/content", Scope.FILMS_READ, false),
    FILM_CONTENT_HEAD("filmContentHead", "HEAD", "/v1/films/{id}/content", Scope.FILMS_READ, false),
    FILM_PLAYLIST("filmPlaylist", "GET", "/v1/films/{id}/hls/playlist.m3u8", Scope.FILMS_READ, false),
    FILM_FRAGMENT("filmFragment", "GET", "/v1/films/{id}/hls/{n}/{name}", Scope.FILMS_READ, false),
    FILM_POSTER("filmPoster", "GET", "/v1/films/{id}/poster", Scope.FILMS_READ, false),
    FILM_CONTACT_SHEET("filmContactSheet", "GET", "/v1/films/{id}/contact-sheet", Scope.FILMS_READ, false),
    FILM_MANIFEST("filmManifest", "GET", "/v1/films/{id}/manifest", Scope.FILMS_READ, false),
    SEGMENT_THUMBNAIL("segmentThumbnail", "GET", "/v1/segments/{key}/{attempt}/thumbnail", Scope.FILMS_READ, false),
    LIST_MODELS("listModels", "GET", "/v1/models", Scope.FILMS_READ, false),
    LIST_WORKERS("listWorkers", "GET", "/v1/workers", Scope.FILMS_READ, false),
    SHOW_FARM("showFarm", "GET", "/v1/farm", Scope.FILMS_READ, false),
    LIST_DEAD_LETTERS("listDeadLetters", "GET", "/v1/dead-letters", Scope.ADMIN, false),
    REQUEUE_DEAD_LETTER("requeueDeadLetter", "POST", "/v1/dead-letters/{id}/requeue", Scope.ADMIN, true),
    CREATE_KEY("createKey", "POST", "/v1/keys", Scope.ADMIN, true),
    LIST_KEYS("listKeys", "GET", "/v1/keys", Scope.ADMIN, false),
    REVOKE_KEY("revokeKey", "DELETE", "/v1/keys/{id}", Scope.ADMIN, true),
    REGISTER_WEBHOOK("registerWebhook", "POST", "/v1/webhooks", Scope.ADMIN, true),
    LIST_WEBHOOKS("listWebhooks", "GET", "/v1/webhooks", Scope.ADMIN, false),
    SHOW_WEBHOOK("showWebhook", "GET", "/v1/webhooks/{id}", Scope.ADMIN, false),
    DELETE_WEBHOOK("deleteWebhook", "DELETE", "/v1/webhooks/{id}", Scope.ADMIN, true),
    ROTATE_SECRET("rotateSecret", "POST", "/v1/webhooks/{id}/rotate", Scope.ADMIN, true),
    ENABLE_WEBHOOK("enableWebhook", "POST", "/v1/webhooks/{id}/enable", Scope.ADMIN, true),
    WEBHOOK_DELIVERIES("webhookDeliveries", "GET", "/v1/webhooks/{id}/deliveries", Scope.ADMIN, false),
    REDELIVER("redeliver", "POST", "/v1/webhooks/{id}/deliveries/{delivery}/redeliver", Scope.ADMIN, true),
    FILM_DELIVERIES("filmDeliveries", "GET", "/v1/films/{id}/deliveries", Scope.FILMS_READ, false),
    REDELIVER_ABOUT_FILM("redeliverAboutFilm", "POST", "/v1/films/{id}/deliveries/{delivery}/redeliver", Scope.FILMS_WRITE, true),
    CREATE_VIDEO("createVideo", "POST", "/v1/videos", Scope.FILMS_WRITE, true),
    LIST_VIDEOS("listVideos", "GET", "/v1/videos", Scope.FILMS_READ, false),
    SHOW_VIDEO("showVideo", "GET", "/v1/videos/{id}", Scope.FILMS_READ, false),
    DELETE_VIDEO("deleteVideo", "DELETE", "/v1/videos/{id}", Scope.FILMS_WRITE, true),
    VIDEO_CONTENT("videoContent", "GET", "/v1/videos/{id}/content", Scope.FILMS_READ, false),
    VIDEO_CONTENT_HEAD("videoContentHead", "HEAD", "/v1/videos/{id}/content", Scope.FILMS_READ, false),
    REMIX_VIDEO("remixVideo", "POST", "/v1/videos/{id}/remix", Scope.FILMS_WRITE, true),
    EXTEND_VIDEO("extendVideo", "POST", "/v1/videos/extensions", Scope.FILMS_WRITE, true),
    LIST_AUDIT("listAudit", "GET", "/v1/audit", Scope.ADMIN, false);

    private static final Map<String, Operation> BY_PLACE = Arrays.stream(values()).collect(Collectors.toMap(o -> o.method + " " + o.path, Function.identity()));

    private final String id;
    private final String method;
    private final String path;
    private final Scope scope;
    private final boolean audited;

    Operation(String id, String method, String path, Scope scope, boolean audited) {
        this.id = id;
        this.method = method;
        this.path = path;
        this.scope = scope;
        this.audited = audited;
    }

    /** Where a path knows GET it answers HEAD, too. @param path as a template */
    public static Optional<Operation> of(String method, String path) {
        return Optional.ofNullable(BY_PLACE.get(method + " " + path)).or(() -> method.equals("HEAD") ? Optional.ofNullable(BY_PLACE.get("GET " + path)) : Optional.empty());
    }

    /** As the HTTP description calls it. */
    public String id() {
        return id;
    }

    public String method() {
        return method;
    }

    public String path() {
        return path;
    }

    public Scope scope() {
        return scope;
    }

    /** Whether it is written down who did it, and who was refused it. */
    public boolean isAudited() {
        return audited;
    }
}
