package dev.longtake.media.fragment;

import java.util.function.IntPredicate;

/** Finds a film's newest fragment by asking which are there. They are put one after the other, so below one that is there none is missing. */
public final class Newest {
    private Newest() {}

    /**
     * The number of the newest fragment: in about twice as many questions as its distance from a known one has binary digits.
     *
     * @param known   one that is there, or -1
     * @param isThere asked for numbers above that
     * @return -1 if there is none
     */
    public static int from(int known, IntPredicate isThere) {
        int low = known;
        int step = 1;
        while (isThere.test(low + step)) {
            low += step;
            step *= 2;
        }
        int high = low + step;
        while (high - low > 1) {
            int middle = low + (high - low) / 2;
            if (isThere.test(middle)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
