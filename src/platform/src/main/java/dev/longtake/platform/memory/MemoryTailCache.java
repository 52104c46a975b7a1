package dev.longtake.platform.memory;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.platform.cache.TailCache;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A tail cache in memory, for tests and simulations. */
public final class MemoryTailCache implements TailCache {
    private final Map<String, byte[]> tails = new ConcurrentHashMap<>();

    @Override
    public void put(String tenant, AttemptRef attempt, byte[] tail) {
        tails.put(ObjectKeys.cachedTail(tenant, attempt), tail.clone());
    }

    @Override
    public void remove(String tenant, AttemptRef attempt) {
        tails.remove(ObjectKeys.cachedTail(tenant, attempt));
    }

    @Override
    public Optional<byte[]> get(String tenant, AttemptRef attempt) {
        return Optional.ofNullable(tails.get(ObjectKeys.cachedTail(tenant, attempt)));
    }

    /** Forgets everything, as a Redis that lost its data does. */
    public void clear() {
        tails.clear();
    }
}
