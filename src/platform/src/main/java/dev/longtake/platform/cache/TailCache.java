package dev.longtake.platform.cache;

import dev.longtake.contract.AttemptRef;
import java.util.Optional;

/**
 * The fast copy of tails, in Redis, with an expiry. Everything here can be lost: a cache that is away answers "empty" within a
 * bounded time and never throws, because the tail also lies beside its attempt in the object store.
 */
public interface TailCache {
    void put(String tenant, AttemptRef attempt, byte[] tail);

    /** Removes a tail; one that cannot be removed now goes when its time is up. */
    void remove(String tenant, AttemptRef attempt);

    Optional<byte[]> get(String tenant, AttemptRef attempt);
}
