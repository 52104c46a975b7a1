package dev.longtake.bench.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.bench.simulator.farm.Tampering;
import dev.longtake.bench.simulator.faults.Fault;
import dev.longtake.film.state.JobState;
import dev.longtake.film.state.RevisionState;
import dev.longtake.film.state.SegmentState;
import dev.longtake.film.state.TransitionListener;
import dev.longtake.film.state.TransitionTable;
import dev.longtake.film.state.WorkerState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Farms in which everything goes wrong lose nothing. */
class SimulatorTest {
    private static final long SEEDS = Campaign.ENOUGH;

    @Test
    void freshSeedsFindNothingWrong() {
        long first = Long.getLong("longtake.seed", System.nanoTime() & 0xffffff);
        System.out.println("longtake.seed=" + first + " (" + SEEDS + " seeds)");
        Campaign.Result result = Campaign.run(Settings.of(first), SEEDS);
        System.out.println(result.events() + " events, films " + result.ends() + ", faults " + result.faults());
        assertThat(result.bad()).as("what went wrong").isEmpty();
        assertThat(result.missed()).as("faults that never struck").isEmpty();
        assertThat(result.events() / SEEDS).as("events of a run").isGreaterThan(1_000);
        assertThat(result.ends().keySet()).as("how films ended").isEqualTo(Set.of("finished", "failed", "cancelled", "deleted"));
    }

    /** With seeds that are always the same: a row that no run uses is a row that is not needed, or not tested. */
    @Test
    void everyRowOfEveryTableIsUsed() {
        Set<String> unused = new TreeSet<>();
        List.of(RevisionState.TABLE, SegmentState.TABLE, JobState.TABLE, WorkerState.TABLE).forEach(table -> table.rows().forEach(row -> unused.add(table.name() + ": " + row)));
        TransitionListener listener = (table, from, event, to) -> unused.remove(table.name() + ": " + TransitionTable.row(from, event, to));
        for (long seed = 1; seed <= 1_000 && !unused.isEmpty(); seed++) {
            Simulation.run(Settings.of(seed), Tampering.NONE, listener, null);
        }
        assertThat(unused).isEmpty();
    }

    @Test
    void theSameSeedIsTheSameRun() {
        List<String> once = new ArrayList<>();
        List<String> again = new ArrayList<>();
        Outcome outcome = Simulation.run(Settings.of(7), Tampering.NONE, TransitionListener.NONE, once::add);
        assertThat(Simulation.run(Settings.of(7), Tampering.NONE, TransitionListener.NONE, again::add)).isEqualTo(outcome);
        assertThat(again).isEqualTo(once).anyMatch(line -> line.contains("segment 0: ready → dispatched"));
    }

    @Test
    void withoutFaultsEveryFilmIsFinishedAndNothingIsMadeTwice() {
        Campaign.Result result = Campaign.run(new Settings(1, OptionalInt.of(3), OptionalInt.of(5), Set.of()), 20);
        assertThat(result.bad()).isEmpty();
        assertThat(result.ends()).isEqualTo(Map.of("finished", 100));
    }

    /** Nothing but segments that end whoever renders them, workers that die anyway, and a queue that never knows how often it handed a job out. */
    @Test
    void aSegmentThatKillsItsWorkersEndsItsFilmAfterFewOfThemAndTheOthersGoOn() {
        Set<Fault> faults = Set.of(Fault.DEADLY_SEGMENT, Fault.QUEUE_FORGETS_DELIVERIES, Fault.SCHEDULER_CRASH, Fault.STORE_GET_FAILS, Fault.WORKER_CRASH_BEFORE_TAIL);
        long first = Long.getLong("longtake.seed", System.nanoTime() & 0xffffff);
        System.out.println("longtake.seed=" + first);
        Campaign.Result result = Campaign.run(new Settings(first, OptionalInt.empty(), OptionalInt.of(8), faults), 100);
        assertThat(result.bad()).isEmpty();
        assertThat(result.faults().get(Fault.DEADLY_SEGMENT)).isPositive();
        assertThat(result.faults().get(Fault.QUEUE_FORGETS_DELIVERIES)).isPositive();
        assertThat(result.ends().keySet()).isEqualTo(Set.of("finished", "failed"));
    }

    @Test
    void whatGoesWrongIsShownAsShortAsItIsFound() {
        Tampering loses = Mutations.losesFilms();
        Outcome bad = Simulation.run(Settings.of(1), loses, TransitionListener.NONE, null);
        Shrinker.Shrunk shrunk = Shrinker.shrink(bad, () -> loses);
        assertThat(shrunk.outcome().violations()).isNotEmpty();
        assertThat(shrunk.outcome().events()).isLessThanOrEqualTo(bad.events());
        assertThat(shrunk.outcome().settings().faults().size()).isLessThan(bad.settings().faults().size());
        assertThat(shrunk.trace().stream().collect(Collectors.joining("\n"))).contains("film: assembling → finished");
    }
}
