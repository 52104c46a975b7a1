package dev.longtake.bench.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.bench.simulator.audit.Audits;
import dev.longtake.bench.simulator.audit.Violation;
import dev.longtake.bench.simulator.faults.Fault;
import dev.longtake.film.state.TransitionListener;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A farm that breaks a promise is caught by the audit of that promise. */
class MutationTest {
    private static final long SEEDS = 60;

    static Set<String> audits() {
        return Mutations.all().keySet();
    }

    @Test
    void everyAuditHasItsMutation() {
        Set<String> known = new TreeSet<>(Audits.names());
        known.add(Simulation.DECIDED);
        assertThat(new TreeSet<>(audits())).isEqualTo(known);
    }

    /** A scheduler that was rolled back decides otherwise than it said: seldom, so it is looked for in many runs in which little else goes wrong. */
    @Test
    void withoutItsGraceTheJanitorRemovesWhatIsNeeded() {
        Set<Fault> faults = EnumSet.of(Fault.SCHEDULER_STALE_STANDBY, Fault.SCHEDULER_SPLIT, Fault.SCHEDULER_CRASH, Fault.CLOCK_JUMP, Fault.FILM_EXPIRES, Fault.FILM_DELETED,
                Fault.MESSAGE_REORDERED, Fault.REVISE, Fault.RETRY, Fault.CANCEL);
        for (long seed = 1; seed <= 2_000; seed++) {
            Settings settings = Settings.of(seed).withFilms(12).withFaults(faults);
            Outcome broken = Simulation.run(settings, Mutations.waitsForNobody(), TransitionListener.NONE, null);
            if (!broken.violations().isEmpty()) {
                System.out.println("seed " + seed + " shows it");
                assertThat(broken.violations()).extracting(Violation::audit).contains("held-is-there");
                assertThat(Simulation.run(settings).violations()).isEmpty();
                return;
            }
        }
        assertThat(false).as("2,000 runs showed nothing").isTrue();
    }

    @ParameterizedTest
    @MethodSource("audits")
    void aBrokenFarmIsCaught(String audit) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Outcome outcome = Simulation.run(Settings.of(seed), Mutations.all().get(audit).get(), TransitionListener.NONE, null);
            if (outcome.violations().stream().map(Violation::audit).anyMatch(audit::equals)) {
                return;
            }
        }
        assertThat(false).as("%s found nothing in %d runs", audit, SEEDS).isTrue();
    }
}
