package dev.longtake.contract;

/**
 * Where things lie in the bucket. Everything of a tenant lies under its own prefix, so that access rules and deletion can follow
 * it. Attempts are write-once: two attempts never share a key.
 */
public final class ObjectKeys {
    private ObjectKeys() {}

    /** The plan of a revision (JSON, {@code PlanDocument}), put with {@code If-None-Match: *}. */
    public static String plan(FilmRef film) {
        return "tenants/" + film.tenant() + "/films/" + film.film() + "/r" + film.revision() + "/plan.json";
    }

    /** The accepted attempts of a revision in film order (JSON, {@link Lineage}), written by the scheduler before assembly. */
    public static String lineage(FilmRef film) {
        return "tenants/" + film.tenant() + "/films/" + film.film() + "/r" + film.revision() + "/lineage.json";
    }

    /** Prefix of a revision's products of one assembly: {@code film.mp4}, {@code poster.png}, {@code contact-sheet.png}, {@code manifest.json}. */
    public static String product(FilmRef film, String name) {
        return "tenants/" + film.tenant() + "/films/" + film.film() + "/r" + film.revision() + "/" + name;
    }

    /** A tenant's uploaded picture, by the digest of its bytes. */
    public static String image(String tenant, String sha256) {
        return "tenants/" + tenant + "/images/" + sha256 + ".rgb";
    }

    private static String attempt(String tenant, AttemptRef a, String name) {
        return "tenants/" + tenant + "/segments/" + a.segmentKey() + "/" + a.attempt() + "/" + name;
    }

    /** All tokens of the window ({@code dev.longtake.engine.Tokens}). */
    public static String tokens(String tenant, AttemptRef a) {
        return attempt(tenant, a, "tokens");
    }

    /** The last K frames ({@code dev.longtake.engine.Frames}). */
    public static String tail(String tenant, AttemptRef a) {
        return attempt(tenant, a, "tail");
    }

    /** What the worker reported, beside what it made (JSON, {@link SegmentReport.Rendered}). */
    public static String report(String tenant, AttemptRef a) {
        return attempt(tenant, a, "report.json");
    }

    /** The new frames, encoded: closed-GOP fragments that know nothing of their film. */
    public static String clip(String tenant, AttemptRef a) {
        return attempt(tenant, a, "clip.mp4");
    }

    /** Redis key of an attempt's tail, the fast copy. */
    public static String cachedTail(String tenant, AttemptRef a) {
        return "tail:" + tenant + ":" + a.segmentKey() + ":" + a.attempt();
    }
}
