package dev.longtake.scheduler.stage.film;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.SegmentReport;
import dev.longtake.scheduler.stage.StateMap;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The film stage's records, by key. */
public final class FilmStore {
    /** What lies under which prefix, of what is small and walked through. */
    public static final Map<String, Class<?>> WALKED = Map.of("segment/", SegmentRecord.class, "timer/", Alarm.class, "parked/", Parked.class);
    /** What grows with all that was ever done, and is only looked up. */
    public static final Map<String, Class<?>> LOOKED_UP = Map.of("film/", FilmRecord.class, "stored/", Stored.class, "ended/", KeepingStore.Ended.class, "held/", KeepingStore.Held.class, "open/", KeepingStore.Open.class,
            "leaving/", KeepingStore.Leaving.class, "sweep/", KeepingStore.Sweep.class);

    private final StateMap state;
    private final KeepingStore keeping;

    public FilmStore(StateMap state) {
        this.state = state;
        this.keeping = new KeepingStore(state);
    }

    /** Records of what is over. */
    public KeepingStore keeping() {
        return keeping;
    }

    /** What a timer is for. @param index the segment, or -1 for the film as a whole */
    public record Timer(FilmRef film, Kind kind, int index) {}

    /** Kinds of timers. */
    public enum Kind {
        /** The plan is to be read again. */
        PLAN,
        /** A segment is to be looked at: its pause is over, or nothing was heard of its job or clip. */
        SEGMENT,
        /** An assembly should have been reported by now, or is to be tried again. */
        ASSEMBLY,
        /** A revision was over for as long as it is kept. */
        EXPIRE,
        /** What was to be removed should have been by now. */
        REMOVAL,
        /** The id of a film that is gone may be used again. */
        FORGET;

        /** Whether it is for what is over, and not for a film in work. */
        boolean isOfTheOver() {
            return this == EXPIRE || this == REMOVAL || this == FORGET;
        }
    }

    /** A timer with its time. */
    public record Alarm(Timer timer, Instant due) {}

    /** A report that waits until its film's plan can be read. */
    public record Parked(long number, SegmentReport report) {}

    /** The accepted attempts at one segment key. */
    public record Stored(List<StoredAttempt> attempts) {
        static final Stored NONE = new Stored(List.of());
    }

    private static String film(String tenant, String film) {
        return "film/" + tenant + "/" + film;
    }

    private static String under(String prefix, FilmRef film) {
        return prefix + film.tenant() + "/" + film.film() + "/" + film.revision() + "/";
    }

    private static String segment(FilmRef film, int index) {
        return under("segment/", film) + "%08d".formatted(index);
    }

    private static String timer(Timer timer) {
        return under("timer/", timer.film()) + timer.kind() + "/" + timer.index();
    }

    private static String stored(String tenant, String segmentKey) {
        return "stored/" + tenant + "/" + segmentKey;
    }

    public Optional<FilmRecord> film(FilmRef ref) {
        return state.get(film(ref.tenant(), ref.film()), FilmRecord.class);
    }

    /** The film if this very revision is not over. */
    Optional<FilmRecord> active(FilmRef ref) {
        return film(ref).filter(f -> f.ref().equals(ref) && !f.state().isFinal());
    }

    void put(FilmRecord film) {
        state.put(film(film.ref().tenant(), film.ref().film()), film);
    }

    void remove(FilmRef film) {
        state.delete(film(film.tenant(), film.film()));
    }

    public Optional<SegmentRecord> segmentAt(FilmRef film, int index) {
        return state.get(segment(film, index), SegmentRecord.class);
    }

    void put(SegmentRecord segment) {
        state.put(segment(segment.film(), segment.index()), segment);
    }

    /** All segment records of a revision, by index. */
    public List<SegmentRecord> segments(FilmRef film) {
        return state.range(under("segment/", film), SegmentRecord.class);
    }

    /** All segment records of a tenant. */
    List<SegmentRecord> segments(String tenant) {
        return state.range("segment/" + tenant + "/", SegmentRecord.class);
    }

    /** Forgets everything of a revision but its record. */
    void clear(FilmRef film) {
        segments(film).forEach(s -> state.delete(segment(film, s.index())));
        state.range(under("timer/", film), Alarm.class).forEach(a -> state.delete(timer(a.timer())));
        unpark(film);
    }

    /** An accepted attempt at a segment key whose parent is this one; with a clip if there is one. */
    Optional<StoredAttempt> stored(String tenant, String segmentKey, Optional<AttemptRef> parent) {
        List<StoredAttempt> fit = attempts(tenant, segmentKey).stream().filter(s -> s.parent().equals(parent)).toList();
        return fit.stream().filter(s -> !s.clipDigest().isEmpty()).findFirst().or(() -> fit.stream().findFirst());
    }

    public Optional<StoredAttempt> stored(String tenant, AttemptRef attempt) {
        return attempts(tenant, attempt.segmentKey()).stream().filter(same(attempt)).findFirst();
    }

    void put(String tenant, StoredAttempt attempt) {
        List<StoredAttempt> all = new ArrayList<>(attempts(tenant, attempt.attempt().segmentKey()));
        all.removeIf(same(attempt.attempt()));
        all.add(attempt);
        state.put(stored(tenant, attempt.attempt().segmentKey()), new Stored(List.copyOf(all)));
    }

    void remove(String tenant, AttemptRef attempt) {
        List<StoredAttempt> others = attempts(tenant, attempt.segmentKey()).stream().filter(same(attempt).negate()).toList();
        if (others.isEmpty()) {
            state.delete(stored(tenant, attempt.segmentKey()));
        } else {
            state.put(stored(tenant, attempt.segmentKey()), new Stored(others));
        }
    }

    private List<StoredAttempt> attempts(String tenant, String segmentKey) {
        return state.get(stored(tenant, segmentKey), Stored.class).orElse(Stored.NONE).attempts();
    }

    private static Predicate<StoredAttempt> same(AttemptRef attempt) {
        return s -> s.attempt().equals(attempt);
    }

    void set(Timer timer, Instant due) {
        state.put(timer(timer), new Alarm(timer, due));
    }

    boolean isSet(Timer timer) {
        return state.get(timer(timer), Alarm.class).isPresent();
    }

    void clear(Timer timer) {
        state.delete(timer(timer));
    }

    /** Timers that are due, in the order of their times. */
    public List<Timer> due(Instant now) {
        return alarms().stream().filter(a -> !a.due().isAfter(now)).sorted(Comparator.comparing(Alarm::due)).map(Alarm::timer).toList();
    }

    public List<Alarm> alarms() {
        return state.range("timer/", Alarm.class);
    }

    void park(FilmRef film, SegmentReport report) {
        List<Parked> before = parked(film);
        long number = before.isEmpty() ? 0 : before.get(before.size() - 1).number() + 1;
        state.put(under("parked/", film) + "%012d".formatted(number), new Parked(number, report));
    }

    List<Parked> parked(FilmRef film) {
        return state.range(under("parked/", film), Parked.class);
    }

    void unpark(FilmRef film) {
        parked(film).forEach(p -> state.delete(under("parked/", film) + "%012d".formatted(p.number())));
    }
}
