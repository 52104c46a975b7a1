package dev.longtake.gateway.access;

import dev.longtake.contract.AccessKey;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Every key there is, as {@code access-keys} says it. What was revoked stays so, in whichever order it is heard. */
public final class KeyTable {
    private final Map<String, AccessKey> keys = new ConcurrentHashMap<>();
    private volatile boolean complete;

    /** @param key null if it is forgotten */
    public void put(String id, AccessKey key) {
        if (key == null) {
            keys.remove(id);
        } else {
            // The gateway that revoked a key knows it before it hears of the key's making, if it has just started.
            keys.merge(id, key, (known, heard) -> known.revoked().isPresent() ? known : heard);
        }
    }

    public Optional<AccessKey> find(String id) {
        return Optional.ofNullable(keys.get(id));
    }

    /** Keys of a tenant, or of all, oldest first. */
    public List<AccessKey> list(Optional<String> tenant) {
        return keys.values().stream().filter(k -> tenant.isEmpty() || k.tenant().equals(tenant.get())).sorted(Comparator.comparing(AccessKey::created).thenComparing(AccessKey::id)).toList();
    }

    /** Every key that was there at the start is known. */
    public void complete() {
        complete = true;
    }

    public boolean isComplete() {
        return complete;
    }
}
