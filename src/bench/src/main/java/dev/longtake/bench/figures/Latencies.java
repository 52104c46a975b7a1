package dev.longtake.bench.figures;

import java.util.Arrays;

/** Times of many requests, in nanoseconds. Not for several threads at once. */
public final class Latencies {
    private static final double MILLI = 1e6;

    private long[] nanos = new long[1 << 12];
    private int count;

    public void add(long time) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, count * 2);
        }
        nanos[count++] = time;
    }

    public void addAll(Latencies other) {
        for (int i = 0; i < other.count; i++) {
            add(other.nanos[i]);
        }
    }

    public int count() {
        return count;
    }

    /**
     * By nearest rank: the smallest time that at least this share of the requests did not exceed.
     *
     * @param share above 0, up to 1
     * @return milliseconds
     */
    public double millis(double share) {
        if (count == 0 || !(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("no quantile " + share + " of " + count);
        }
        Arrays.sort(nanos, 0, count);
        return nanos[(int) Math.ceil(share * count) - 1] / MILLI;
    }
}
