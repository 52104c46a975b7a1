package dev.longtake.bench.simulator.audit;

import dev.longtake.bench.simulator.faults.Fault;
import dev.longtake.scheduler.stage.dispatch.DispatchLimits;
import dev.longtake.scheduler.stage.film.FilmLimits;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A segment that ends whoever renders it ends few, whatever the queue remembers: as many as make it poison, and those that had taken it
 * up before the word came round. Where the scheduler's inputs are lost, or it goes on from state of before, it counts again from where
 * it was, and the bound is that of every try.
 */
final class FewDeaths implements Audit {
    private static final String NAME = "few-deaths";
    /** Workers that had it in hand when it was found to be deadly. */
    private static final int UNDER_WAY = 1;
    /** A queue that drops a job just before it would be found deadly makes each try cost one death less than that. */
    private static final int WORST = (DispatchLimits.DEFAULT.deadlyWorkers() - 1) * FilmLimits.DEFAULT.maxTries() + UNDER_WAY;
    private static final Set<Fault> FORGETFUL = Set.of(Fault.MESSAGE_LOST, Fault.SCHEDULER_STALE_STANDBY, Fault.SCHEDULER_SPLIT);

    @Override
    public List<String> names() {
        return List.of(NAME);
    }

    @Override
    public void check(Evidence evidence, Consumer<Violation> found) {
        boolean forgets = FORGETFUL.stream().anyMatch(f -> evidence.farm().faults().counted(f) > 0);
        int most = forgets ? WORST : DispatchLimits.DEFAULT.deadlyWorkers() + UNDER_WAY;
        evidence.farm().deaths().forEach((segment, deaths) -> {
            if (deaths > most) {
                found.accept(new Violation(NAME, deaths + " workers died of " + segment));
            }
        });
    }
}
