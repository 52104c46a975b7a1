package dev.longtake.phenaki.maskgit;

/**
 * Classifier-free guidance (Ho and Salimans, arXiv 2207.12598; Phenaki §2.2): logits = u + w·(c − u), with a weight that ramps up over
 * the steps, so that early tokens keep their variety.
 */
public final class Guidance {
    private Guidance() {}

    /** Weight of a step: {@code guidance · min(1, (step+1)/steps + ramp)}. */
    public static double weight(double guidance, double ramp, int step, int steps) {
        return guidance * Math.min(1, (step + 1) / (double) steps + ramp);
    }
}
