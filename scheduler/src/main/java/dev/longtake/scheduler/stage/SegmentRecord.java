package dev.longtake.scheduler.stage;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmRef;
import dev.longtake.film.state.SegmentState;
import java.util.List;
import java.util.Optional;

/**
 * What the film stage keeps of an active segment.
 *
 * @param key      the segment's key, lower-case hex
 * @param attempts every attempt of this film ever made ready, newest last: a report of any of them may still be accepted
 * @param tries    attempts that count as failed
 * @param accepted the attempt this segment is
 * @param parent   the accepted attempt of its parent
 * @param clipTries tries at encoding its clip, beyond the worker's own
 */
public record SegmentRecord(FilmRef film, int index, String key, SegmentState state, List<String> attempts, int tries, Optional<AttemptRef> accepted, Optional<AttemptRef> parent,
                            String worker, int newFrom, String clipDigest, boolean reused, int clipTries) {

    static SegmentRecord waiting(FilmRef film, int index, String key, Optional<AttemptRef> parent) {
        return new SegmentRecord(film, index, key, SegmentState.WAITING, List.of(), 0, Optional.empty(), parent, "", 0, "", false, 0);
    }

    Optional<String> currentAttempt() {
        return attempts.isEmpty() ? Optional.empty() : Optional.of(attempts.get(attempts.size() - 1));
    }

    SegmentRecord withState(SegmentState to) {
        return new SegmentRecord(film, index, key, to, attempts, tries, accepted, parent, worker, newFrom, clipDigest, reused, clipTries);
    }

    SegmentRecord withAttempt(String attempt) {
        List<String> all = new java.util.ArrayList<>(attempts);
        all.add(attempt);
        return new SegmentRecord(film, index, key, state, List.copyOf(all), tries, accepted, parent, worker, newFrom, clipDigest, reused, clipTries);
    }

    SegmentRecord withTries(int count) {
        return new SegmentRecord(film, index, key, state, attempts, count, accepted, parent, worker, newFrom, clipDigest, reused, clipTries);
    }

    SegmentRecord withAccepted(AttemptRef attempt, String by, int from, boolean again) {
        return new SegmentRecord(film, index, key, state, attempts, tries, Optional.of(attempt), parent, by, from, clipDigest, again, clipTries);
    }

    SegmentRecord withClip(String digest) {
        return new SegmentRecord(film, index, key, state, attempts, tries, accepted, parent, worker, newFrom, digest, reused, clipTries);
    }

    SegmentRecord withClipTries(int count) {
        return new SegmentRecord(film, index, key, state, attempts, tries, accepted, parent, worker, newFrom, clipDigest, reused, count);
    }
}
