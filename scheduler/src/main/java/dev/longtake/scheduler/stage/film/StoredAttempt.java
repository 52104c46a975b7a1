package dev.longtake.scheduler.stage.film;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An accepted attempt, for films to come. Keys are deterministic while bytes are not, so it may be taken over only where its recorded
 * parent is the attempt that the film itself uses.
 *
 * @param accepted   when it was accepted
 * @param clipDigest empty while its clip is not durable
 * @param holds      segments that are this attempt, of all revisions that were not let go of; absent in state of before they were counted,
 *                   which stands for one that never lets go, since nobody knows who uses it
 * @param waiting    segments that took it over before it had a clip
 */
public record StoredAttempt(AttemptRef attempt, Optional<AttemptRef> parent, String worker, int newFrom, Instant accepted, String clipDigest, Optional<Integer> holds, List<Waiting> waiting) {

    /** A segment of a film. */
    public record Waiting(FilmRef film, int index) {}

    StoredAttempt clipped(String digest) {
        return new StoredAttempt(attempt, parent, worker, newFrom, accepted, digest, holds, List.of());
    }

    /** How many segments are this attempt. */
    public int held() {
        return holds.orElse(1);
    }

    StoredAttempt held(int times) {
        return new StoredAttempt(attempt, parent, worker, newFrom, accepted, clipDigest, Optional.of(times), waiting);
    }

    StoredAttempt awaitedBy(FilmRef film, int index) {
        List<Waiting> all = new ArrayList<>(waiting);
        all.add(new Waiting(film, index));
        return new StoredAttempt(attempt, parent, worker, newFrom, accepted, clipDigest, holds, List.copyOf(all));
    }
}
