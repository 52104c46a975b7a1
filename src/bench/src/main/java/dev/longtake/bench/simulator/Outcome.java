package dev.longtake.bench.simulator;

import dev.longtake.bench.simulator.audit.Violation;
import dev.longtake.bench.simulator.faults.Fault;
import java.util.List;
import java.util.Map;

/** How a run went. @param ends how many films ended in which state */
public record Outcome(Settings settings, long events, Map<Fault, Long> faults, Map<String, Integer> ends, List<Violation> violations) {
    @Override
    public String toString() {
        return "seed " + settings.seed() + ": " + violations;
    }
}
