package dev.longtake.contract;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A key of the HTTP interface, as every gateway knows it. The secret itself is in no message.
 *
 * @param id      public; part of the secret's text, so that it is found without trying all
 * @param tenant  whose films it opens
 * @param name    what it is for, in its owner's words
 * @param scopes  what it may do; one that a reader does not know grants nothing there
 * @param sha256  lower-case hex SHA-256 of the secret's text
 * @param by      who made it
 * @param revoked since when it is good for nothing; never taken back
 */
public record AccessKey(int version, String id, String tenant, String name, List<String> scopes, String sha256, String by, Instant created, Instant expires,
                        @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Instant> revoked) implements Message {
    public AccessKey {
        scopes = List.copyOf(scopes);
    }

    public AccessKey revokedAt(Instant at) {
        return new AccessKey(version, id, tenant, name, scopes, sha256, by, created, expires, Optional.of(at));
    }

    /** A digest of a good secret opens nothing, but it has no business in a log either. */
    @Override
    public String toString() {
        return "AccessKey[" + id + " of " + tenant + "]";
    }
}
