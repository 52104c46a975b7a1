package dev.longtake.bench.simulator.audit;

import dev.longtake.bench.simulator.farm.Farm;
import dev.longtake.bench.simulator.farm.FilmNode;
import dev.longtake.bench.simulator.farm.Input;
import dev.longtake.bench.simulator.farm.Stages;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.state.TransitionListener;
import dev.longtake.scheduler.memory.MemoryState;
import dev.longtake.scheduler.stage.film.FilmEffect;
import dev.longtake.scheduler.stage.film.FilmStage;
import dev.longtake.scheduler.stage.film.FilmStore;
import dev.longtake.scheduler.stage.film.PlanSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/** Tells a fresh film stage all that the farm's was told: it decides the same. */
final class ReplayedFilms implements Audit {
    @Override
    public List<String> names() {
        return List.of(Replays.NAME);
    }

    @Override
    public void check(Evidence evidence, Consumer<Violation> found) {
        FilmNode node = evidence.farm().films();
        Iterator<FilmNode.Read> reads = node.plansRead().iterator();
        MemoryState state = new MemoryState();
        FilmStore store = new FilmStore(state);
        List<FilmEffect> effects = new ArrayList<>();
        FilmStage stage = new FilmStage(store, (key, digest) -> plan(evidence.farm(), key, digest, reads.next()), evidence.farm().filmLimits(), effects::add, TransitionListener.NONE);
        for (Input input : node.log()) {
            Stages.tell(stage, input.message(), input.now());
        }
        Replays.compare("film stage", node.effects(), effects, node.state(), state, found);
    }

    private static FilmPlan plan(Farm farm, String key, String digest, FilmNode.Read read) throws PlanSource.UnusablePlanException, PlanSource.PlanAwayException {
        switch (read) {
            case AWAY -> throw new PlanSource.PlanAwayException(FilmNode.AWAY);
            case UNUSABLE -> throw new PlanSource.UnusablePlanException(FilmNode.unusable(key));
            default -> {
                return farm.users().planOf(digest);
            }
        }
    }
}
