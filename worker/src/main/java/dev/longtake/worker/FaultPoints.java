package dev.longtake.worker;

import dev.longtake.contract.SegmentJob;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Places where a fault test may end the process, by name and by segment, on a job's first delivery: the same test always dies in the
 * same place, and the next delivery lives.
 */
final class FaultPoints {
    static final String BEFORE_TOKENS = "before-tokens";
    static final String AFTER_TOKENS = "after-tokens";
    static final String BEFORE_REPORT = "before-report";
    static final String AFTER_REPORT = "after-report";
    static final String BEFORE_CLIP = "before-clip";
    static final String AFTER_CLIP = "after-clip";

    private final Set<String> armed;
    private final Runnable halt;

    FaultPoints(Optional<List<String>> armed, Runnable halt) {
        this.armed = armed.map(Set::copyOf).orElse(Set.of());
        this.halt = halt;
    }

    void at(String point, SegmentJob job, int deliveries) {
        if (deliveries == 1 && armed.contains(point + ":" + job.index())) {
            halt.run();
        }
    }
}
