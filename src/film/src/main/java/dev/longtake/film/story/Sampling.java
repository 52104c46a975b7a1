package dev.longtake.film.story;

import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What a story says about the sampler, for the whole film or for one scene; what is absent is left to the film, and there to the model.
 * K, the frames handed on, is not among it: a model is trained for one.
 *
 * @param steps       sampling steps, 1..{@value #MAX_STEPS}
 * @param guidance    how closely frames follow their prompt, 0..20; 1 means no guidance
 * @param temperature of the code distribution, above 0, up to 10
 */
public record Sampling(OptionalInt steps, OptionalDouble guidance, OptionalDouble temperature) {
    public static final int MAX_STEPS = 256;
    public static final double MAX_GUIDANCE = 20;
    public static final double MAX_TEMPERATURE = 10;
    public static final Sampling NONE = new Sampling(OptionalInt.empty(), OptionalDouble.empty(), OptionalDouble.empty());

    /** The ranges, as problems name them. */
    public static final String STEPS_RANGE = "a whole number from 1 to 256";
    public static final String GUIDANCE_RANGE = "a number from 0 to 20";
    public static final String TEMPERATURE_RANGE = "a number above 0, up to 10";

    public Sampling {
        Objects.requireNonNull(steps, "steps");
        Objects.requireNonNull(guidance, "guidance");
        Objects.requireNonNull(temperature, "temperature");
    }

    public boolean isNone() {
        return equals(NONE);
    }

    /** This, and the other's where this says nothing. */
    public Sampling or(Sampling other) {
        return new Sampling(steps.isPresent() ? steps : other.steps, guidance.isPresent() ? guidance : other.guidance, temperature.isPresent() ? temperature : other.temperature);
    }
}
