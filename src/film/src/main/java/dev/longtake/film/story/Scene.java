package dev.longtake.film.story;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One prompt, a duration, and how it begins.
 *
 * @param prompt   what is seen
 * @param negative what the film should move away from
 * @param seconds  duration
 * @param start    how it begins; the first scene of a film always starts a chain
 * @param seed     the scene's own seed
 * @param sampling its own sampler settings; go before the film's
 */
public record Scene(String prompt, Optional<String> negative, double seconds, Start start, OptionalLong seed, Sampling sampling) {
    public static final double DEFAULT_SECONDS = 3;

    /** How a scene begins. */
    public enum Start {
        /** Conditioned on the last frames of the scene before. */
        CONTINUE,
        /** A hard cut: a fresh start. */
        CUT
    }

    public Scene {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(negative, "negative");
        Objects.requireNonNull(start, "start");
        Objects.requireNonNull(seed, "seed");
        Objects.requireNonNull(sampling, "sampling");
    }

    /** A scene that is sampled as its film is. */
    public Scene(String prompt, Optional<String> negative, double seconds, Start start, OptionalLong seed) {
        this(prompt, negative, seconds, start, seed, Sampling.NONE);
    }
}
