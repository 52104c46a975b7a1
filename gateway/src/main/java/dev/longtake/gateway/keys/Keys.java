package dev.longtake.gateway.keys;

import dev.longtake.contract.AccessKey;
import dev.longtake.contract.Message;
import dev.longtake.contract.Topics;
import dev.longtake.gateway.access.Identity;
import dev.longtake.gateway.access.KeyTable;
import dev.longtake.gateway.access.Scope;
import dev.longtake.gateway.access.Secret;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.queue.QueueUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Makes, lists and revokes keys. A key holds from when it is durable in {@code access-keys}; every gateway hears of it, and of its end, as
 * soon as the queue tells. A tenant may have several at once: clients go over to the new one while the old still holds.
 */
public final class Keys {
    private final KeyTable table;
    private final Publisher publisher;
    private final Clock clock;
    private final Limits limits;

    /** @param most keys of a tenant. @param memory how long one that is good for nothing is still known */
    public record Limits(int most, Duration memory) {}

    public Keys(KeyTable table, Publisher publisher, Clock clock, Limits limits) {
        this.table = table;
        this.publisher = publisher;
        this.clock = clock;
        this.limits = limits;
    }

    /** A key that is wished for. */
    public record Wish(String tenant, String name, List<Scope> scopes, Instant expires) {}

    /** The caller may not give what it does not have. */
    public static final class NotYoursException extends Exception {
        private static final long serialVersionUID = 1L;

        NotYoursException(String message) {
            super(message);
        }
    }

    /** The tenant has as many as it may have. */
    public static final class TooManyException extends Exception {
        private static final long serialVersionUID = 1L;

        TooManyException(String message) {
            super(message);
        }
    }

    /** @throws QueueUnavailableException if nothing was made because the queue is away */
    public KeyView create(Identity by, Wish wish) throws NotYoursException, TooManyException {
        requireRead();
        if (!wish.tenant().equals(by.tenant()) && !by.may(Scope.OPERATOR)) {
            throw new NotYoursException("Only an operator makes keys of other tenants.");
        }
        Optional<Scope> beyond = wish.scopes().stream().filter(s -> !by.may(s)).findFirst();
        if (beyond.isPresent()) {
            throw new NotYoursException("Nobody gives a scope that he does not have: " + beyond.get().label() + ".");
        }
        Instant now = clock.instant();
        forgetOld(wish.tenant(), now);
        if (table.list(Optional.of(wish.tenant())).size() >= limits.most()) {
            throw new TooManyException("The tenant has " + limits.most() + " keys; revoked and expired ones count until they are forgotten, " + limits.memory().toDays() + " days later.");
        }
        Secret secret = Secret.draw();
        AccessKey key = new AccessKey(Message.VERSION, secret.id(), wish.tenant(), wish.name(), wish.scopes().stream().map(Scope::label).sorted().toList(), secret.sha256(), by.actor(), now,
                wish.expires(), Optional.empty());
        publisher.send(Topics.ACCESS_KEYS, key.id(), key);
        table.put(key.id(), key);
        return KeyView.of(key, now, Optional.of(secret.text()));
    }

    private void forgetOld(String tenant, Instant now) {
        table.list(Optional.of(tenant)).stream().filter(k -> k.revoked().orElse(k.expires()).plus(limits.memory()).isBefore(now)).forEach(k -> {
            publisher.put(Topics.ACCESS_KEYS, k.id(), null);
            table.put(k.id(), null);
        });
    }

    /** Right after a start a key that still holds elsewhere would be said not to be there. */
    private void requireRead() {
        if (!table.isComplete()) {
            throw new QueueUnavailableException("the keys are not read yet", null);
        }
    }

    /** Keys that the caller may see, oldest first. @param tenant only those of this one */
    public List<KeyView> list(Identity by, Optional<String> tenant) {
        requireRead();
        Instant now = clock.instant();
        return table.list(by.may(Scope.OPERATOR) ? tenant : Optional.of(by.tenant())).stream().filter(k -> tenant.isEmpty() || k.tenant().equals(tenant.get()))
                .map(k -> KeyView.of(k, now, Optional.empty())).toList();
    }

    /** Nobody ends a key that opens more than his own: an administrator of the operators' tenant would lock them out. */
    private static boolean holdsAll(Identity by, AccessKey key) {
        return key.scopes().stream().allMatch(label -> Scope.of(label).map(by::may).orElse(true));
    }

    /** @return empty if the caller can see no such key, or may not end it. @throws QueueUnavailableException if it still holds because the queue is away */
    public Optional<KeyView> revoke(Identity by, String id) {
        requireRead();
        Optional<AccessKey> known = table.find(id).filter(k -> by.may(Scope.OPERATOR) || k.tenant().equals(by.tenant()) && holdsAll(by, k));
        if (known.isEmpty()) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        AccessKey revoked = known.get().revoked().isPresent() ? known.get() : known.get().revokedAt(now);
        publisher.send(Topics.ACCESS_KEYS, id, revoked);
        table.put(id, revoked);
        return Optional.of(KeyView.of(revoked, now, Optional.empty()));
    }
}
