package dev.longtake.bench.figures;

import java.util.Arrays;

/** The same number, measured several times. */
public record Rounds(double... values) {
    public Rounds {
        if (values.length == 0) {
            throw new IllegalArgumentException("nothing was measured");
        }
    }

    /** Of an even number of rounds the mean of the two in the middle. */
    public double median() {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** (Largest − smallest) ÷ median; 0 where the median is 0. */
    public double spread() {
        double median = median();
        return median == 0 ? 0 : (Arrays.stream(values).max().orElseThrow() - Arrays.stream(values).min().orElseThrow()) / median;
    }
}
