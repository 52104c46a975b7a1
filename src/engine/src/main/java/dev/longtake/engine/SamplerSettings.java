package dev.longtake.engine;

/**
 * Settings of the masked sampler.
 *
 * @param steps       sampling steps, 1..256
 * @param guidance    classifier-free guidance weight, 0..20; 1 means no guidance
 * @param temperature of the code distribution, greater than 0 up to 10
 */
public record SamplerSettings(int steps, double guidance, double temperature) {
    public static final int MAX_STEPS = 256;
    public static final double MAX_GUIDANCE = 20;
    public static final double MAX_TEMPERATURE = 10;

    public SamplerSettings {
        if (steps < 1 || steps > MAX_STEPS) {
            throw new IllegalArgumentException("steps must be 1.." + MAX_STEPS + ", not " + steps);
        }
        if (!(guidance >= 0 && guidance <= MAX_GUIDANCE)) {
            throw new IllegalArgumentException("guidance must be 0.." + MAX_GUIDANCE + ", not " + guidance);
        }
        if (!(temperature > 0 && temperature <= MAX_TEMPERATURE)) {
            throw new IllegalArgumentException("temperature must be above 0, up to " + MAX_TEMPERATURE + ", not " + temperature);
        }
    }
}
