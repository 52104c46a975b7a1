package dev.longtake.gateway.keys;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.longtake.contract.AccessKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A key as HTTP shows it.
 *
 * @param state  {@code good}, {@code expired} or {@code revoked}
 * @param by     who made it
 * @param secret what a caller shows; only in the answer to its making, and nowhere ever after
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record KeyView(String id, String tenant, String name, List<String> scopes, String state, String by, Instant created, Instant expires, Optional<Instant> revoked, Optional<String> secret) {
    static KeyView of(AccessKey key, Instant now, Optional<String> secret) {
        String state = key.revoked().isPresent() ? "revoked" : now.isBefore(key.expires()) ? "good" : "expired";
        return new KeyView(key.id(), key.tenant(), key.name(), key.scopes(), state, key.by(), key.created(), key.expires(), key.revoked(), secret);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "KeyView[" + id + "]";
    }
}
