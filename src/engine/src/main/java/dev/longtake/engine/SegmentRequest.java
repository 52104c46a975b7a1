package dev.longtake.engine;

import java.util.Objects;
import java.util.Optional;

/**
 * One segment as the engine sees it.
 *
 * @param prompt    the scene's prompt
 * @param negative  what the film should move away from; empty for the model's own unconditional state
 * @param seed      the segment's seed; every random draw is keyed by (seed, step, token)
 * @param settings  sampler settings
 * @param newFrames frames this segment adds to the film: {@code 1..window} for a start, {@code 1..window-K} for a continuation
 * @param start     how the window begins
 */
public record SegmentRequest(String prompt, Optional<String> negative, long seed, SamplerSettings settings, int newFrames, Start start) {

    public SegmentRequest {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(negative, "negative");
        Objects.requireNonNull(settings, "settings");
        Objects.requireNonNull(start, "start");
    }

    /** How a window begins. */
    public sealed interface Start {
        /** From nothing: the first segment of a chain. */
        record Fresh() implements Start {}

        /** From a given picture, kept as the first frame (one frame of the bundle's size). */
        record Image(Frames frame) implements Start {}

        /** From the last K frames of the segment before. */
        record Continuation(Frames tail) implements Start {}
    }
}
