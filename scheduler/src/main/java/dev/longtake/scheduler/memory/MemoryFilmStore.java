package dev.longtake.scheduler.memory;

import dev.longtake.contract.FilmRef;
import dev.longtake.scheduler.stage.FilmRecord;
import dev.longtake.scheduler.stage.FilmStore;
import dev.longtake.scheduler.stage.SegmentRecord;
import dev.longtake.scheduler.stage.StoredAttempt;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The film stage's state in memory, for tests and simulations. */
public final class MemoryFilmStore implements FilmStore {
    private final Map<String, FilmRecord> films = new LinkedHashMap<>();
    private final Map<FilmRef, TreeMap<Integer, SegmentRecord>> segments = new HashMap<>();
    private final Map<String, List<StoredAttempt>> stored = new HashMap<>();
    private final Map<Timer, Instant> timers = new LinkedHashMap<>();

    @Override
    public Optional<FilmRecord> film(String tenant, String film) {
        return Optional.ofNullable(films.get(tenant + "/" + film));
    }

    @Override
    public void put(FilmRecord film) {
        films.put(film.ref().filmKey(), film);
    }

    @Override
    public Optional<SegmentRecord> segment(FilmRef film, int index) {
        return Optional.ofNullable(segments.getOrDefault(film, new TreeMap<>()).get(index));
    }

    @Override
    public void put(SegmentRecord segment) {
        segments.computeIfAbsent(segment.film(), f -> new TreeMap<>()).put(segment.index(), segment);
    }

    @Override
    public List<SegmentRecord> segments(FilmRef film) {
        return List.copyOf(segments.getOrDefault(film, new TreeMap<>()).values());
    }

    @Override
    public void deleteSegments(FilmRef film) {
        segments.remove(film);
    }

    @Override
    public List<StoredAttempt> stored(String tenant, String segmentKey) {
        return stored.getOrDefault(tenant + "/" + segmentKey, List.of());
    }

    @Override
    public void putStored(String tenant, String segmentKey, List<StoredAttempt> attempts) {
        stored.put(tenant + "/" + segmentKey, List.copyOf(attempts));
    }

    @Override
    public void timer(Timer timer, Optional<Instant> due) {
        due.ifPresentOrElse(d -> timers.put(timer, d), () -> timers.remove(timer));
    }

    @Override
    public List<Timer> due(Instant now) {
        return timers.entrySet().stream().filter(e -> !e.getValue().isAfter(now)).map(Map.Entry::getKey).toList();
    }

    /** All films, for audits. */
    public List<FilmRecord> films() {
        return List.copyOf(films.values());
    }

    /** Timers still set, for audits. */
    public int timers() {
        return timers.size();
    }
}
