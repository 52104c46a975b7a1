package dev.longtake.gateway.quota;

/**
 * What one tenant may have.
 *
 * @param unfinishedFilms   films that are not over
 * @param keptFilms         all films
 * @param keptRevisions     of one film
 * @param unfinishedSeconds seconds of film not rendered yet
 * @param requestsPerSecond at all replicas together
 * @param requestsAtOnce    at one gateway, event streams aside
 * @param uploadBytes       of one request's body
 */
public record TenantLimits(int unfinishedFilms, int keptFilms, int keptRevisions, double unfinishedSeconds, int requestsPerSecond, int requestsAtOnce, long uploadBytes) {
    public static final TenantLimits DEFAULT = new TenantLimits(1_000, 100_000, 1_000, 864_000, 100, 8, 16L << 20);
}
