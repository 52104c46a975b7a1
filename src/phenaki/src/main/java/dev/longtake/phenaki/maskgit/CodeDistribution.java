package dev.longtake.phenaki.maskgit;

/** Draws a code from logits. */
final class CodeDistribution {
    private CodeDistribution() {}

    /** @param code the drawn one. @param logProbability its log-probability under the tempered distribution */
    record Draw(int code, double logProbability) {}

    /**
     * @param logits   all rows' logits, float32
     * @param from     where this row begins
     * @param count    vocabulary
     * @param uniform  in (0, 1)
     */
    static Draw draw(float[] logits, int from, int count, double temperature, double uniform) {
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            largest = Math.max(largest, logits[from + i]);
        }
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Math.exp((logits[from + i] - largest) / temperature);
        }
        double target = uniform * sum;
        double reached = 0;
        int code = -1;
        for (int i = 0; i < count; i++) {
            double p = Math.exp((logits[from + i] - largest) / temperature);
            reached += p;
            if (reached >= target && p > 0) {
                code = i;
                break;
            }
        }
        if (code < 0) {
            // NaN logits, or rounding at the far end.
            if (Double.isNaN(sum)) {
                throw new IllegalStateException("the transformer gave logits that are not numbers");
            }
            code = count - 1;
        }
        return new Draw(code, (logits[from + code] - largest) / temperature - Math.log(sum));
    }
}
