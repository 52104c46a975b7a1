package dev.longtake.engine;

/** A segment on its way through the sampler. Created by {@link SegmentEngine#begin}; used by the engine thread only. */
public interface SegmentRun {
    SegmentRequest request();

    /** Sampling steps already taken, {@code 0..steps}. */
    int stepsTaken();

    default boolean done() {
        return stepsTaken() >= request().settings().steps();
    }
}
