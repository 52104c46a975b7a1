package dev.longtake.phenaki.maskgit;

/**
 * Random numbers without state: a number is a function of (seed, step, token, channel), so that a draw does not depend on what else is
 * in the batch, nor on the order in which things are drawn. The mixing is SplitMix64's finaliser (Steele, Lea, Flood 2014), once for
 * each part of the counter.
 */
public final class CounterRandom {
    /** Channel of a confidence's noise; codes use their group, from 0. */
    public static final int CONFIDENCE = 1 << 16;

    private static final long GOLDEN = 0x9e3779b97f4a7c15L;
    private static final double UNIT = 0x1.0p-53;

    private CounterRandom() {}

    /** Uniform in (0, 1), both ends excluded. */
    public static double uniform(long seed, int step, int token, int channel) {
        long h = mix(seed + GOLDEN);
        h = mix(h ^ (step + 1L) * GOLDEN);
        h = mix(h ^ (token + 1L) * 0xd1b54a32d192ed03L);
        h = mix(h ^ (channel + 1L) * 0x8cb92ba72f3d8dd7L);
        return ((h >>> 11) + 0.5) * UNIT;
    }

    private static long mix(long z) {
        long a = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ a >>> 27) * 0x94d049bb133111ebL;
        return b ^ b >>> 31;
    }

    /** Standard Gumbel noise. */
    public static double gumbel(long seed, int step, int token, int channel) {
        return -Math.log(-Math.log(uniform(seed, step, token, channel)));
    }
}
