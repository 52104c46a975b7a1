package dev.longtake.contract;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.Optional;

/** What became of an attempt. Said by workers, and by the dispatch stage ({@link Dispatched}, {@link Lost}, and {@link Failed} of what kills its workers). */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = SegmentReport.Dispatched.class, name = "dispatched"),
    @JsonSubTypes.Type(value = SegmentReport.Lost.class, name = "lost"),
    @JsonSubTypes.Type(value = SegmentReport.Rendered.class, name = "rendered"),
    @JsonSubTypes.Type(value = SegmentReport.Clipped.class, name = "clipped"),
    @JsonSubTypes.Type(value = SegmentReport.Failed.class, name = "failed"),
    @JsonSubTypes.Type(value = SegmentReport.Released.class, name = "released")
})
public sealed interface SegmentReport extends Message {
    FilmRef film();

    int index();

    AttemptRef attempt();

    Instant at();

    /** The dispatch stage put the job on its topic. */
    record Dispatched(int version, FilmRef film, int index, AttemptRef attempt, String dispatch, Instant at) implements SegmentReport {}

    /** The dispatch stage gave the dispatch up. @param started whether a worker ever showed it: only then it counts as a try */
    record Lost(int version, FilmRef film, int index, AttemptRef attempt, String dispatch, boolean started, String reason, Instant at)
            implements SegmentReport {}

    /**
     * Tokens and tail are durable in the object store: the attempt can be accepted.
     *
     * @param parent       the attempt whose tail was used; empty if the segment starts a chain
     * @param tokensDigest SHA-256 of the tokens object
     * @param tailDigest   SHA-256 of the tail object
     * @param tailFrom     where the parent's tail was read: {@code redis}, {@code store} or {@code none}
     * @param newFrom      first new frame in the decoded window
     * @param newFrames    frames added to the film
     */
    record Rendered(int version, FilmRef film, int index, AttemptRef attempt, Optional<AttemptRef> parent, String worker, String bundle,
                    String tokensDigest, String tailDigest, String tailFrom, int newFrom, int newFrames, Timing timing, Instant at)
            implements SegmentReport {}

    /** The clip of an attempt is durable. @param clipDigest SHA-256 of the clip object */
    record Clipped(int version, FilmRef film, int index, AttemptRef attempt, String worker, String clipDigest, long bytes, double encodeSeconds,
                   Instant at) implements SegmentReport {}

    /** The worker could not do it, or several workers ended of it. @param worker who failed; the last that ended */
    record Failed(int version, FilmRef film, int index, AttemptRef attempt, String worker, Cause cause, String reason, Instant at)
            implements SegmentReport {}

    /** The worker gave the job back unharmed (drain): not counted as a try, and tried again at once. */
    record Released(int version, FilmRef film, int index, AttemptRef attempt, String worker, Instant at) implements SegmentReport {}

    /** Why an attempt failed, which decides what follows. */
    enum Cause {
        /** Something went wrong in this worker; another try may work. Counted. */
        SOFT,
        /** The engine says the input itself is bad, or it has ended too many workers: never tried again. */
        POISON,
        /** A store or queue was away: tried again, and not counted against the segment. */
        OUTSIDE
    }

    /**
     * Seconds spent on an attempt.
     *
     * @param waiting    from the job's arrival at the worker to its first sampling step, tail read included
     * @param generating in sampling steps, text and tail encoding included
     * @param decoding   decoding tokens to frames
     * @param storing    writing tokens and tail
     */
    record Timing(double waiting, double generating, double decoding, double storing) {}
}
