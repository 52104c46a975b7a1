package dev.longtake.gateway.access;

import dev.longtake.contract.AccessKey;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Tells who is asking by what he shows. What he shows is in no message of this class. */
public final class Authenticator {
    private static final String SCHEME = "bearer ";

    private final AccessPolicy policy;
    private final KeyTable keys;
    private final Optional<Tokens> tokens;
    private final Clock clock;

    /** @param tokens of an issuer, if there is one */
    public Authenticator(AccessPolicy policy, KeyTable keys, Optional<Tokens> tokens, Clock clock) {
        this.policy = policy;
        this.keys = keys;
        this.tokens = tokens;
        this.clock = clock;
    }

    /** Nobody knows who asks. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    /** It cannot be said now: the keys are not read yet, or the issuer does not answer. */
    public static final class AwayException extends Exception {
        private static final long serialVersionUID = 1L;

        AwayException(String message) {
            super(message);
        }
    }

    /** @param headers every {@code Authorization} that was sent */
    public Identity identify(List<String> headers) throws RefusedException, AwayException {
        if (!policy.isRequired()) {
            return Identity.ANYBODY;
        }
        if (headers.size() != 1) {
            throw new RefusedException(headers.isEmpty() ? "Send a key or token: Authorization: Bearer …" : "Send one Authorization header.");
        }
        String header = headers.get(0);
        if (!header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            throw new RefusedException("Send a key or token: Authorization: Bearer …");
        }
        String shown = header.substring(SCHEME.length()).strip();
        if (shown.startsWith(Secret.PREFIX)) {
            return key(Secret.of(shown).orElseThrow(Authenticator::noSuchKey));
        }
        return tokens.orElseThrow(() -> new RefusedException("This farm takes its own keys alone: Authorization: Bearer lt_…")).identify(shown);
    }

    private static RefusedException noSuchKey() {
        return new RefusedException("There is no such key.");
    }

    private Identity key(Secret secret) throws RefusedException, AwayException {
        if (policy.bootstrap().stream().anyMatch(secret::has)) {
            return new Identity(Identity.DEFAULT_TENANT, "bootstrap", Set.of(Scope.OPERATOR), Instant.MAX, Optional.empty());
        }
        if (!keys.isComplete()) {
            throw new AwayException("The keys are not read yet.");
        }
        AccessKey key = keys.find(secret.id()).filter(k -> secret.has(k.sha256())).orElseThrow(Authenticator::noSuchKey);
        if (key.revoked().isPresent()) {
            throw new RefusedException("The key was revoked at " + key.revoked().get() + ".");
        }
        if (!clock.instant().isBefore(key.expires())) {
            throw new RefusedException("The key expired at " + key.expires() + ".");
        }
        Set<Scope> scopes = key.scopes().stream().flatMap(s -> Scope.of(s).stream()).collect(Collectors.toSet());
        return new Identity(key.tenant(), "key:" + key.id(), scopes, key.expires(), Optional.of(key.id()));
    }

    /** Whether who was let in would be let in again now: what lasts longer than a request has to ask. */
    public boolean isStillGood(Identity identity) {
        return clock.instant().isBefore(identity.until()) && (identity.key().isEmpty() || keys.find(identity.key().get()).filter(k -> k.revoked().isEmpty()).isPresent());
    }
}
