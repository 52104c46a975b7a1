package dev.longtake.bench.simulator;

import dev.longtake.bench.simulator.audit.Violation;
import dev.longtake.bench.simulator.faults.Fault;
import dev.longtake.bench.simulator.farm.Tampering;
import dev.longtake.film.state.TransitionListener;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Looks for a smaller run that goes wrong in the same way: with fewer kinds of faults, with fewer films. */
public final class Shrinker {
    private static final int MOST_FILMS = 8;

    private final Supplier<Tampering> tampering;
    private final String audit;
    private Outcome smallest;

    /** @param trace what happened, line by line */
    public record Shrunk(Outcome outcome, List<String> trace) {}

    private Shrinker(Outcome bad, Supplier<Tampering> tampering) {
        this.tampering = tampering;
        this.audit = bad.violations().get(0).audit();
        this.smallest = bad;
    }

    /** @param bad a run with a violation */
    public static Shrunk shrink(Outcome bad) {
        return shrink(bad, () -> Tampering.NONE);
    }

    static Shrunk shrink(Outcome bad, Supplier<Tampering> tampering) {
        Shrinker shrinker = new Shrinker(bad, tampering);
        shrinker.withoutFaults();
        shrinker.withFewerFilms();
        List<String> trace = new ArrayList<>();
        Outcome again = Simulation.run(shrinker.smallest.settings(), tampering.get(), TransitionListener.NONE, trace::add);
        return new Shrunk(again, trace);
    }

    private void withoutFaults() {
        for (Fault fault : Fault.values()) {
            if (smallest.settings().faults().contains(fault)) {
                Set<Fault> fewer = EnumSet.noneOf(Fault.class);
                fewer.addAll(smallest.settings().faults());
                fewer.remove(fault);
                attempt(smallest.settings().withFaults(fewer));
            }
        }
    }

    private void withFewerFilms() {
        int most = smallest.settings().films().orElse(MOST_FILMS);
        for (int films = 1; films < most; films++) {
            if (attempt(smallest.settings().withFilms(films))) {
                return;
            }
        }
    }

    private boolean attempt(Settings settings) {
        Outcome outcome = Simulation.run(settings, tampering.get(), TransitionListener.NONE, null);
        if (outcome.events() <= smallest.events() && outcome.violations().stream().map(Violation::audit).anyMatch(audit::equals)) {
            smallest = outcome;
            return true;
        }
        return false;
    }
}
