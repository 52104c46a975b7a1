package dev.longtake.scheduler.stage;

import dev.longtake.contract.FilmRef;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The film stage's state, whatever keeps it. */
public interface FilmStore {
    Optional<FilmRecord> film(String tenant, String film);

    void put(FilmRecord film);

    Optional<SegmentRecord> segment(FilmRef film, int index);

    void put(SegmentRecord segment);

    /** All segment records of a revision, by index. */
    List<SegmentRecord> segments(FilmRef film);

    void deleteSegments(FilmRef film);

    /** Accepted attempts at a segment key of a tenant, oldest first. */
    List<StoredAttempt> stored(String tenant, String segmentKey);

    void putStored(String tenant, String segmentKey, List<StoredAttempt> attempts);

    /** Sets, or with an empty instant clears, when something has to be looked at again. */
    void timer(Timer timer, Optional<Instant> due);

    /** Timers that are due. */
    List<Timer> due(Instant now);

    /** What a timer is for. @param index the segment, or -1 for the film as a whole */
    record Timer(FilmRef film, Kind kind, int index) {}

    /** Kinds of timers. */
    enum Kind {
        /** A segment's pause before its next attempt is over. */
        RETRY,
        /** A clip should have been reported by now. */
        CLIP,
        /** An assembly should have been reported by now, or is to be tried again. */
        ASSEMBLY
    }
}
