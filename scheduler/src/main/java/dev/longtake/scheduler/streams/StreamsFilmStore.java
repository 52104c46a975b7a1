package dev.longtake.scheduler.streams;

import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Json;
import dev.longtake.contract.UnreadableMessageException;
import dev.longtake.scheduler.stage.FilmRecord;
import dev.longtake.scheduler.stage.FilmStore;
import dev.longtake.scheduler.stage.SegmentRecord;
import dev.longtake.scheduler.stage.StoredAttempt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** The film stage's state in a Kafka Streams store: one JSON value a record, ordered keys. */
final class StreamsFilmStore implements FilmStore {
    private static final String LAST = "\uffff";

    private final KeyValueStore<String, byte[]> store;

    StreamsFilmStore(KeyValueStore<String, byte[]> store) {
        this.store = store;
    }

    /** Several values under one key. */
    private record StoredAttempts(List<StoredAttempt> attempts) {}

    /** A timer with its time. */
    private record TimerRecord(Timer timer, Instant due) {}

    private static String filmKey(String tenant, String film) {
        return "film/" + tenant + "/" + film;
    }

    private static String segmentPrefix(FilmRef film) {
        return "segment/" + film.tenant() + "/" + film.film() + "/" + film.revision() + "/";
    }

    private static String timerKey(Timer timer) {
        return "timer/" + timer.film().tenant() + "/" + timer.film().film() + "/" + timer.film().revision() + "/" + timer.kind() + "/" + timer.index();
    }

    @Override
    public Optional<FilmRecord> film(String tenant, String film) {
        return get(store, filmKey(tenant, film), FilmRecord.class);
    }

    @Override
    public void put(FilmRecord film) {
        store.put(filmKey(film.ref().tenant(), film.ref().film()), Json.write(film));
    }

    @Override
    public Optional<SegmentRecord> segment(FilmRef film, int index) {
        return get(store, segmentPrefix(film) + "%08d".formatted(index), SegmentRecord.class);
    }

    @Override
    public void put(SegmentRecord segment) {
        store.put(segmentPrefix(segment.film()) + "%08d".formatted(segment.index()), Json.write(segment));
    }

    @Override
    public List<SegmentRecord> segments(FilmRef film) {
        return range(store, segmentPrefix(film), SegmentRecord.class);
    }

    @Override
    public void deleteSegments(FilmRef film) {
        keys(store, segmentPrefix(film)).forEach(store::delete);
    }

    @Override
    public List<StoredAttempt> stored(String tenant, String segmentKey) {
        return get(store, "stored/" + tenant + "/" + segmentKey, StoredAttempts.class).map(StoredAttempts::attempts).orElse(List.of());
    }

    @Override
    public void putStored(String tenant, String segmentKey, List<StoredAttempt> attempts) {
        store.put("stored/" + tenant + "/" + segmentKey, Json.write(new StoredAttempts(attempts)));
    }

    @Override
    public void timer(Timer timer, Optional<Instant> due) {
        String key = timerKey(timer);
        if (due.isPresent()) {
            store.put(key, Json.write(new TimerRecord(timer, due.get())));
        } else if (store.get(key) != null) {
            store.delete(key);
        }
    }

    @Override
    public List<Timer> due(Instant now) {
        return range(store, "timer/", TimerRecord.class).stream().filter(t -> !t.due().isAfter(now)).map(TimerRecord::timer).toList();
    }

    static <T> Optional<T> get(KeyValueStore<String, byte[]> store, String key, Class<T> type) {
        return Optional.ofNullable(store.get(key)).map(bytes -> read(bytes, type));
    }

    static <T> List<T> range(KeyValueStore<String, byte[]> store, String prefix, Class<T> type) {
        List<T> values = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> it = store.range(prefix, prefix + LAST)) {
            while (it.hasNext()) {
                values.add(read(it.next().value, type));
            }
        }
        return values;
    }

    static List<String> keys(KeyValueStore<String, byte[]> store, String prefix) {
        List<String> keys = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> it = store.range(prefix, prefix + LAST)) {
            while (it.hasNext()) {
                KeyValue<String, byte[]> entry = it.next();
                keys.add(entry.key);
            }
        }
        return keys;
    }

    private static <T> T read(byte[] bytes, Class<T> type) {
        try {
            return Json.read(bytes, type);
        } catch (UnreadableMessageException e) {
            throw new IllegalStateException("the scheduler's own state is unreadable: " + e.getMessage(), e);
        }
    }
}
