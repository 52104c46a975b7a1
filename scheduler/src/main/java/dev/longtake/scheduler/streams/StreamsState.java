package dev.longtake.scheduler.streams;

import dev.longtake.contract.Json;
import dev.longtake.contract.UnreadableMessageException;
import dev.longtake.scheduler.stage.StateMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * State in a Kafka Streams store, one JSON value a record. What is walked through is also kept decoded, since a stage looks at all of
 * it many times a second. Changes reach the store, and so its changelog, only by {@link #commit}: a decision that fails half-way
 * leaves nothing behind.
 */
final class StreamsState implements StateMap {
    private static final String LAST = "\uffff";

    private final KeyValueStore<String, byte[]> store;
    private final Map<String, Class<?>> walked;
    private final TreeMap<String, Object> decoded = new TreeMap<>();
    /** What was changed since the last commit, as it is now; empty for deleted. */
    private final Map<String, Optional<Object>> changes = new LinkedHashMap<>();
    /** What those were before, of what is kept decoded. */
    private final Map<String, Optional<Object>> before = new LinkedHashMap<>();

    /** @param walked prefixes of what is walked through, and its types */
    StreamsState(KeyValueStore<String, byte[]> store, Map<String, Class<?>> walked) {
        this.store = store;
        this.walked = walked;
        walked.forEach((prefix, type) -> {
            try (KeyValueIterator<String, byte[]> all = store.range(prefix, prefix + LAST)) {
                while (all.hasNext()) {
                    KeyValue<String, byte[]> entry = all.next();
                    decoded.put(entry.key, read(entry.value, type));
                }
            }
        });
    }

    private boolean isWalked(String key) {
        return walked.containsKey(key.substring(0, key.indexOf('/') + 1));
    }

    @Override
    public <T> Optional<T> get(String key, Class<T> type) {
        Optional<Object> changed = changes.get(key);
        if (changed != null) {
            return changed.map(type::cast);
        }
        return isWalked(key) ? Optional.ofNullable(decoded.get(key)).map(type::cast) : Optional.ofNullable(store.get(key)).map(bytes -> read(bytes, type));
    }

    @Override
    public void put(String key, Object value) {
        change(key, Optional.of(value));
    }

    @Override
    public void delete(String key) {
        change(key, Optional.empty());
    }

    private void change(String key, Optional<Object> value) {
        if (isWalked(key)) {
            Object old = value.isPresent() ? decoded.put(key, value.get()) : decoded.remove(key);
            before.putIfAbsent(key, Optional.ofNullable(old));
        }
        changes.put(key, value);
    }

    @Override
    public <T> List<T> range(String prefix, Class<T> type) {
        if (!isWalked(prefix)) {
            throw new IllegalArgumentException("what lies under " + prefix + " is only looked up");
        }
        List<T> found = new ArrayList<>();
        for (Map.Entry<String, Object> e : decoded.tailMap(prefix, true).entrySet()) {
            if (!e.getKey().startsWith(prefix)) {
                break;
            }
            found.add(type.cast(e.getValue()));
        }
        return found;
    }

    /** Writes what was changed. */
    void commit() {
        // All is written as JSON before any of it is stored: what cannot be written must not be stored by half.
        Map<String, Optional<byte[]>> written = new LinkedHashMap<>();
        changes.forEach((key, value) -> {
            if (!Objects.equals(before.get(key), value)) {
                written.put(key, value.map(Json::write));
            }
        });
        written.forEach((key, bytes) -> bytes.ifPresentOrElse(b -> store.put(key, b), () -> store.delete(key)));
        changes.clear();
        before.clear();
    }

    /** Forgets what was changed. */
    void rollback() {
        before.forEach((key, value) -> value.ifPresentOrElse(v -> decoded.put(key, v), () -> decoded.remove(key)));
        changes.clear();
        before.clear();
    }

    private static <T> T read(byte[] bytes, Class<T> type) {
        try {
            return Json.read(bytes, type);
        } catch (UnreadableMessageException e) {
            throw new IllegalStateException("the scheduler's own state is unreadable: " + e.getMessage(), e);
        }
    }
}
