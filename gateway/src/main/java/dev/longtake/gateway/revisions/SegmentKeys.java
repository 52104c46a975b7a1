package dev.longtake.gateway.revisions;

import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.PlannedSegment;
import dev.longtake.film.plan.SegmentKey;
import java.util.Arrays;

/**
 * The keys of a plan, eight bytes each, so that two plans of the longest film can be compared in little memory. Two keys that begin alike
 * would count as one: for the 115,000 segments of the longest film that happens once in some thousand million comparisons, and only a number that is
 * shown would be wrong by one.
 */
final class SegmentKeys {
    private static final int HEX_DIGITS = 16;

    private final long[] sorted;

    private SegmentKeys(long[] sorted) {
        this.sorted = sorted;
    }

    static SegmentKeys of(FilmPlan plan) {
        long[] keys = plan.segments().stream().map(PlannedSegment::key).mapToLong(SegmentKeys::beginning).toArray();
        Arrays.sort(keys);
        return new SegmentKeys(keys);
    }

    static SegmentKeys none() {
        return new SegmentKeys(new long[0]);
    }

    boolean has(SegmentKey key) {
        return Arrays.binarySearch(sorted, beginning(key)) >= 0;
    }

    int bytes() {
        return Long.BYTES * sorted.length;
    }

    /** How many of these are not among others. */
    int without(SegmentKeys others) {
        return (int) Arrays.stream(sorted).filter(key -> Arrays.binarySearch(others.sorted, key) < 0).count();
    }

    private static long beginning(SegmentKey key) {
        return Long.parseUnsignedLong(key.hex(), 0, HEX_DIGITS, 16);
    }
}
