package dev.longtake.bench.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.bench.simulator.audit.Audits;
import dev.longtake.bench.simulator.audit.Violation;
import dev.longtake.film.state.TransitionListener;
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
