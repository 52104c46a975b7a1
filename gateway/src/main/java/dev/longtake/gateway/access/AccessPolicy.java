package dev.longtake.gateway.access;

import dev.longtake.gateway.AccessConfig;
import dev.longtake.gateway.GatewayConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;

/** Whether callers have to say who they are, and whether a gateway may listen where it was told to. */
public final class AccessPolicy {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final String PREFIX = "longtake.gateway.access.";

    private final boolean required;
    private final AccessConfig.Anonymous anonymous;
    private final Set<String> bootstrap;

    /** The settings cannot be followed, or would open the farm to everybody. */
    public static final class UnsafeException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnsafeException(String field, String message, String fix) {
            super(field + ": " + message + "; " + fix);
        }
    }

    /** @throws UnsafeException if the settings contradict one another */
    public AccessPolicy(AccessConfig config) {
        this.anonymous = config.anonymous();
        this.bootstrap = config.bootstrapKeySha256().orElse(Set.of());
        for (String digest : bootstrap) {
            if (!SHA256.matcher(digest).matches()) {
                throw new UnsafeException(PREFIX + "bootstrap-key-sha256", "no SHA-256 in lower-case hex", "give what \"longtake keys bootstrap\" prints, and never the key itself");
            }
        }
        boolean tokens = config.oidc().issuer().isPresent();
        if (tokens) {
            String issuer = config.oidc().issuer().get();
            if (config.oidc().audience().isEmpty()) {
                throw new UnsafeException(PREFIX + "oidc.audience", "absent", "give the audience that tokens for this farm name, or tokens for others would open it");
            }
            requirePrivate("oidc.issuer", issuer);
            config.oidc().jwks().ifPresent(uri -> requirePrivate("oidc.jwks", uri));
        }
        this.required = tokens || !bootstrap.isEmpty() || anonymous == AccessConfig.Anonymous.NEVER;
        if (required && anonymous == AccessConfig.Anonymous.EVERYWHERE) {
            throw new UnsafeException(PREFIX + "anonymous", "everywhere, beside a bootstrap key or an issuer", "leave out one of them");
        }
    }

    /** What the environment and the system properties say, before there is an application. @throws UnsafeException as the constructor */
    public static AccessPolicy configured() {
        return new AccessPolicy(new SmallRyeConfigBuilder().addDefaultSources().addDiscoveredConverters().withValidateUnknown(false).withMapping(GatewayConfig.class).build().getConfigMapping(GatewayConfig.class).access());
    }

    /** Keys that come over a line which others can write to are anybody's keys. */
    static void requirePrivate(String field, String text) {
        try {
            URI uri = URI.create(text);
            if ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()) && uri.getHost() != null && isLoopback(uri.getHost())) {
                return;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new UnsafeException(PREFIX + field, "neither https nor on loopback", "give the issuer's https address");
    }

    /** Whether nobody is let in without a key or token. */
    public boolean isRequired() {
        return required;
    }

    /** Whether only this machine reaches the gateway, and everybody on it may do everything. */
    public boolean isForThisMachine() {
        return !required && anonymous != AccessConfig.Anonymous.EVERYWHERE;
    }

    /** Digests of keys that open everything. */
    Set<String> bootstrap() {
        return bootstrap;
    }

    /** @throws UnsafeException if everybody who reaches the host could do everything, and nobody asked for that */
    public void requireSafe(String host) {
        if (!required && anonymous != AccessConfig.Anonymous.EVERYWHERE && !isLoopback(host)) {
            throw new UnsafeException("--host", "nobody has to say who he is, and " + host + " is reached from other machines",
                    "require keys (" + PREFIX + "anonymous=never and " + PREFIX + "bootstrap-key-sha256, see \"longtake keys bootstrap\"), listen on 127.0.0.1, or say " + PREFIX + "anonymous=everywhere");
        }
    }

    /** One line for the log: what holds here. */
    public String describe(String host) {
        return required ? "callers need a key or token"
                : "no authentication is configured: whoever reaches " + host + " may do everything, and Authorization headers are not looked at";
    }

    static boolean isLoopback(String host) {
        try {
            return Arrays.stream(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
