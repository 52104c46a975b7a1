package dev.longtake.scheduler.memory;

import dev.longtake.scheduler.stage.StateMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** State in memory, for tests and simulations. */
public final class MemoryState implements StateMap {
    private final TreeMap<String, Object> records;

    public MemoryState() {
        this(new TreeMap<>());
    }

    private MemoryState(TreeMap<String, Object> records) {
        this.records = records;
    }

    /** The same records; from now on the two change apart. */
    public MemoryState copy() {
        return new MemoryState(new TreeMap<>(records));
    }

    /** All records, for audits. */
    public Map<String, Object> records() {
        return Collections.unmodifiableMap(records);
    }

    @Override
    public <T> Optional<T> get(String key, Class<T> type) {
        return Optional.ofNullable(records.get(key)).map(type::cast);
    }

    @Override
    public void put(String key, Object value) {
        records.put(key, value);
    }

    @Override
    public void delete(String key) {
        records.remove(key);
    }

    @Override
    public <T> List<T> range(String prefix, Class<T> type) {
        List<T> found = new ArrayList<>();
        for (Map.Entry<String, Object> e : records.tailMap(prefix, true).entrySet()) {
            if (!e.getKey().startsWith(prefix)) {
                break;
            }
            found.add(type.cast(e.getValue()));
        }
        return found;
    }
}
