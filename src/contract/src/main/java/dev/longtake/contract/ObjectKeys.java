package dev.longtake.contract;

/**
 * Where things lie in the bucket. Everything of a tenant lies under its own prefix, so that access rules and deletion can follow
 * it. Attempts are write-once: two attempts never share a key.
 */
public final class ObjectKeys {
    /** Everything of all tenants. */
    public static final String TENANTS = "tenants/";

    private ObjectKeys() {}

    /** Everything of a revision lies under this prefix. */
    public static String revision(FilmRef film) {
        return "tenants/" + film.tenant() + "/films/" + film.film() + "/r" + film.revision() + "/";
    }

    /** Everything of an attempt lies under this prefix. */
    public static String attempt(String tenant, AttemptRef a) {
        return "tenants/" + tenant + "/segments/" + a.segmentKey() + "/" + a.attempt() + "/";
    }

    /** The plan of a revision (JSON, {@code PlanDocument}), put with {@code If-None-Match: *}. */
    public static String plan(FilmRef film) {
        return revision(film) + "plan.json";
    }

    /** Whom a film tells of itself (JSON, {@link dev.longtake.contract.webhook.FilmCallback}), put with {@code If-None-Match: *}; beside its first plan, whatever revision it is at. */
    public static String callback(String tenant, String film) {
        return revision(new FilmRef(tenant, film, 1)) + "callback.json";
    }

    /** The accepted attempts of a revision in film order (JSON, {@link Lineage}), written by the scheduler before assembly. */
    public static String lineage(FilmRef film) {
        return revision(film) + "lineage.json";
    }

    /** Prefix of a revision's products of one assembly: {@code film.mp4}, {@code poster.png}, {@code contact-sheet.png}, {@code spritesheet.png}, {@code manifest.json}. */
    public static String product(FilmRef film, String name) {
        return revision(film) + name;
    }

    /** A fragment of a revision that can be watched while it is rendered, put with {@code If-None-Match: *}: a label ({@code dev.longtake.media.fragment.Label}), then what is shown. */
    public static String fragment(FilmRef film, int number) {
        return revision(film) + "hls/" + number + ".m4s";
    }

    /** What describes fragments to a player, by the beginning of its own SHA-256. */
    public static String fragmentInit(FilmRef film, String digest) {
        return revision(film) + "hls/init-" + digest + ".mp4";
    }

    /** That a segment's clip is there before those of all segments before it; it is removed once its fragment is there. */
    public static String clipWaiting(FilmRef film, int index) {
        return revision(film) + "hls/waiting/" + index;
    }

    /** The picture that a film begins with, beside the plan that names it by the digest of its bytes: it is kept as long as that is. */
    public static String image(String planKey, String sha256) {
        return planKey.substring(0, planKey.lastIndexOf('/') + 1) + "start-" + sha256 + ".rgb";
    }

    /** What every key of a segment's attempts begins with. */
    public static String attempts(String tenant, String segmentKey) {
        return "tenants/" + tenant + "/segments/" + segmentKey + "/";
    }

    /** All tokens of the window ({@code dev.longtake.engine.Tokens}). */
    public static String tokens(String tenant, AttemptRef a) {
        return attempt(tenant, a) + "tokens";
    }

    /** The last K frames ({@code dev.longtake.engine.Frames}). */
    public static String tail(String tenant, AttemptRef a) {
        return attempt(tenant, a) + "tail";
    }

    /** What the worker reported, beside what it made (JSON, {@link SegmentReport.Rendered}). */
    public static String report(String tenant, AttemptRef a) {
        return attempt(tenant, a) + "report.json";
    }

    /** The new frames, encoded: closed-GOP fragments that know nothing of their film. */
    public static String clip(String tenant, AttemptRef a) {
        return attempt(tenant, a) + "clip.mp4";
    }

    /** Redis key of an attempt's tail, the fast copy. */
    public static String cachedTail(String tenant, AttemptRef a) {
        return "tail:" + tenant + ":" + a.segmentKey() + ":" + a.attempt();
    }
}
