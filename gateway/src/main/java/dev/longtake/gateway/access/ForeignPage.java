package dev.longtake.gateway.access;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Pages of other sites in a browser on this machine: where nobody is asked who he is, a browser would do what they say. It sends simple
 * requests anywhere without asking (Fetch standard, "no-cors"), and lets a page read the answers of whoever its own host name leads to, also once
 * that is this machine (DNS rebinding). What is not a browser sends none of these headers, and passes.
 */
public final class ForeignPage {
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
    /** As the Fetch Metadata specification names them. */
    private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

    private final boolean onlyThisMachine;
    private final String host;

    /** @param onlyThisMachine whether only this machine reaches the gateway. @param host that it listens at */
    public ForeignPage(boolean onlyThisMachine, String host) {
        this.onlyThisMachine = onlyThisMachine;
        this.host = host.toLowerCase(Locale.ROOT);
    }

    /**
     * Whether a page of somebody else's may have sent this.
     *
     * @param asked  host that the request names, without port
     * @param port   that the request names; -1 if none
     * @param site   {@code Sec-Fetch-Site}
     * @param origin {@code Origin}
     */
    public boolean sent(String method, String asked, int port, Optional<String> site, Optional<String> origin) {
        if (onlyThisMachine && !isOurs(asked)) {
            return true;
        }
        if (READING.contains(method)) {
            return false;
        }
        if (site.isPresent()) {
            return !OWN_SITES.contains(site.get());
        }
        String own = asked.toLowerCase(Locale.ROOT) + (port < 0 ? "" : ":" + port);
        return origin.isPresent() && !origin.get().toLowerCase(Locale.ROOT).replaceFirst("^https?://", "").equals(own);
    }

    /** Looks nothing up: a name that leads here is exactly what a foreign page would have. */
    private boolean isOurs(String asked) {
        String name = asked.toLowerCase(Locale.ROOT).replaceAll("^\\[|]$", "");
        return name.equals(host) || name.equals("localhost") || name.endsWith(".localhost") || name.equals("::1") || name.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }
}
