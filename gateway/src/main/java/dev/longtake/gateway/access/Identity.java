package dev.longtake.gateway.access;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Who asks.
 *
 * @param tenant whose films it may see at all
 * @param actor  {@code key:<id>}, {@code sub:<subject>}, {@code bootstrap} or {@code anonymous}
 * @param scopes what it may do
 * @param until  when the key or token ends
 * @param key    id of the key, where it is one
 */
public record Identity(String tenant, String actor, Set<Scope> scopes, Instant until, Optional<String> key) {
    /** The tenant of everybody where nobody is asked who he is. */
    public static final String DEFAULT_TENANT = "default";

    /** Everybody, where no authentication is configured. */
    public static final Identity ANYBODY = new Identity(DEFAULT_TENANT, "anonymous", Set.of(Scope.OPERATOR), Instant.MAX, Optional.empty());

    public Identity {
        scopes = Set.copyOf(scopes);
    }

    public boolean may(Scope needed) {
        return scopes.stream().anyMatch(s -> s.grants(needed));
    }

    public boolean isAnonymous() {
        return this == ANYBODY;
    }
}
