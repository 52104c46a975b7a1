package dev.longtake.scheduler.stage.film;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmRef;
import dev.longtake.film.state.SegmentState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the film stage keeps of an active segment.
 *
 * @param key      the segment's key, lower-case hex
 * @param attempts attempts made ready, newest last: a report of any of them may still be accepted
 * @param made     how many there were; only the newest are kept
 * @param tries    attempts that count as failed
 * @param accepted the attempt this segment is
 * @param parent   the accepted attempt of its parent
 * @param worker   who rendered it; empty if none has yet
 * @param reused   taken over from earlier work
 */
public record SegmentRecord(FilmRef film, int index, String key, SegmentState state, List<String> attempts, int made, int tries, Optional<AttemptRef> accepted,
                            Optional<AttemptRef> parent, String worker, int newFrom, boolean reused, Clip clip) {
    private static final int ATTEMPTS_KEPT = 32;

    /**
     * @param digest SHA-256 of the clip; empty while it is not durable
     * @param asked  whether a job for it was handed out, besides the clip that whoever renders owes
     * @param tries  tries at it that failed
     * @param failed when the newest of them were reported, each on its own clock: the same report may come again, and after others
     * @param replace whether the one that is there cannot be used
     */
    public record Clip(String digest, boolean asked, int tries, List<Instant> failed, boolean replace) {
        private static final int FAILURES_KEPT = 16;
        static final Clip NONE = new Clip("", false, 0, List.of(), false);

        Clip durable(String now) {
            return new Clip(now, false, tries, failed, false);
        }

        Clip unusable() {
            return new Clip("", false, tries, failed, true);
        }

        Clip awaited() {
            return new Clip("", true, tries, failed, replace);
        }

        Clip failed(Instant at, boolean counts) {
            List<Instant> all = new ArrayList<>(failed);
            all.add(at);
            return new Clip("", false, tries + (counts ? 1 : 0), List.copyOf(all.subList(Math.max(0, all.size() - FAILURES_KEPT), all.size())), replace);
        }
    }

    static SegmentRecord waiting(FilmRef film, int index, String key, Optional<AttemptRef> parent) {
        return new SegmentRecord(film, index, key, SegmentState.TABLE.initial(), List.of(), 0, 0, Optional.empty(), parent, "", 0, false, Clip.NONE);
    }

    /** The attempt in work, or the last that was. */
    public Optional<AttemptRef> newest() {
        return attempts.isEmpty() ? Optional.empty() : Optional.of(new AttemptRef(key, attempts.get(attempts.size() - 1)));
    }

    /** Every attempt that this segment is or may still become. */
    List<AttemptRef> known() {
        List<AttemptRef> all = new ArrayList<>(attempts.stream().map(a -> new AttemptRef(key, a)).toList());
        accepted.ifPresent(all::add);
        return all;
    }

    boolean knows(AttemptRef attempt) {
        return attempt.segmentKey().equals(key) && (attempts.contains(attempt.attempt()) || accepted.equals(Optional.of(attempt)));
    }

    SegmentRecord in(SegmentState to) {
        return new SegmentRecord(film, index, key, to, attempts, made, tries, accepted, parent, worker, newFrom, reused, clip);
    }

    SegmentRecord with(String attempt) {
        List<String> all = new ArrayList<>(attempts);
        all.add(attempt);
        return new SegmentRecord(film, index, key, state, List.copyOf(all.subList(Math.max(0, all.size() - ATTEMPTS_KEPT), all.size())), made + 1, tries, accepted, parent, worker,
                newFrom, reused, clip);
    }

    SegmentRecord tried(int count) {
        return new SegmentRecord(film, index, key, state, attempts, made, count, accepted, parent, worker, newFrom, reused, clip);
    }

    SegmentRecord is(AttemptRef attempt, String by, int from, boolean again) {
        return new SegmentRecord(film, index, key, state, attempts, made, tries, Optional.of(attempt), parent, by, from, again, clip);
    }

    SegmentRecord with(Clip now) {
        return new SegmentRecord(film, index, key, state, attempts, made, tries, accepted, parent, worker, newFrom, reused, now);
    }
}
