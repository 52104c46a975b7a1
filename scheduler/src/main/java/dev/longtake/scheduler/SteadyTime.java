package dev.longtake.scheduler;

import java.time.Instant;
import java.time.InstantSource;

/**
 * Time that never goes back: a clock that is set back delays no timer. It follows the system's clock forward, since workers compare the
 * deadlines of their jobs with it, and a machine that slept has a clock that is right and a counter of nanoseconds that is not.
 */
final class SteadyTime implements InstantSource {
    private final InstantSource clock;
    private Instant last;
    private long nanos = System.nanoTime();

    SteadyTime(InstantSource clock) {
        this.clock = clock;
        this.last = clock.instant();
    }

    @Override
    public synchronized Instant instant() {
        long passed = System.nanoTime();
        Instant counted = last.plusNanos(passed - nanos);
        Instant shown = clock.instant();
        nanos = passed;
        last = shown.isAfter(counted) ? shown : counted;
        return last;
    }
}
