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
 * @param waiting    segments that took it over before it had a clip
 */
public record StoredAttempt(AttemptRef attempt, Optional<AttemptRef> parent, String worker, int newFrom, Instant accepted, String clipDigest, List<Waiting> waiting) {

    /** A segment of a film. */
    public record Waiting(FilmRef film, int index) {}

    StoredAttempt clipped(String digest) {
        return new StoredAttempt(attempt, parent, worker, newFrom, accepted, digest, List.of());
    }

    StoredAttempt awaitedBy(FilmRef film, int index) {
        List<Waiting> all = new ArrayList<>(waiting);
        all.add(new Waiting(film, index));
        return new StoredAttempt(attempt, parent, worker, newFrom, accepted, clipDigest, List.copyOf(all));
    }
}
