package dev.longtake.bench.simulator;

import dev.longtake.bench.simulator.audit.Audits;
import dev.longtake.bench.simulator.audit.Violation;
import dev.longtake.bench.simulator.faults.Fault;
import dev.longtake.bench.simulator.farm.Farm;
import dev.longtake.bench.simulator.farm.Tampering;
import dev.longtake.film.state.TransitionListener;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** One run of a simulated farm, and what the audits say of it. */
public final class Simulation {
    /** What a stage cannot decide on is a violation, too. */
    static final String DECIDED = "every-input-decided";

    private Simulation() {}

    public static Outcome run(Settings settings) {
        return run(settings, Tampering.NONE, TransitionListener.NONE, null);
    }

    /** @param trace hears what happens; null if nobody cares */
    public static Outcome run(Settings settings, Tampering tampering, TransitionListener listener, Consumer<String> trace) {
        Farm farm = new Farm(settings.seed(), settings.workers(), settings.films(), settings.faults(), tampering, listener, trace);
        List<Violation> violations;
        try {
            farm.run();
            violations = Audits.of(farm);
        } catch (RuntimeException e) {
            // In a real farm that input would be a dead letter.
            violations = List.of(new Violation(DECIDED, e + " at " + e.getStackTrace()[0]));
        }
        Map<Fault, Long> faults = new EnumMap<>(Fault.class);
        for (Fault fault : settings.faults()) {
            faults.put(fault, farm.faults().counted(fault));
        }
        Map<String, Integer> ends = new TreeMap<>();
        farm.records().forEach(r -> ends.merge(r.state().label(), 1, Integer::sum));
        return new Outcome(settings, farm.agenda().events(), faults, ends, violations);
    }
}
