package dev.longtake.scheduler.stage;

import java.util.List;
import java.util.Optional;

/** A stage's state: records by key. All that a stage needs of whatever keeps it, so that a test and the service run the same code. */
public interface StateMap {
    <T> Optional<T> get(String key, Class<T> type);

    void put(String key, Object value);

    void delete(String key);

    /** The records whose keys begin so, in the order of their keys. A snapshot: it may be changed while it is walked. */
    <T> List<T> range(String prefix, Class<T> type);
}
