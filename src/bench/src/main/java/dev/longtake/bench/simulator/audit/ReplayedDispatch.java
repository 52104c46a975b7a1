package dev.longtake.bench.simulator.audit;

import dev.longtake.bench.simulator.farm.DispatchNode;
import dev.longtake.bench.simulator.farm.Input;
import dev.longtake.bench.simulator.farm.Stages;
import dev.longtake.film.state.TransitionListener;
import dev.longtake.scheduler.memory.MemoryState;
import dev.longtake.scheduler.stage.dispatch.DispatchEffect;
import dev.longtake.scheduler.stage.dispatch.DispatchStage;
import dev.longtake.scheduler.stage.dispatch.DispatchStore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Tells a fresh dispatch stage all that the farm's was told: it decides the same. What the farm's sent keeps quota and fair share. */
final class ReplayedDispatch implements Audit {
    @Override
    public List<String> names() {
        return List.of(Shares.QUOTA, Shares.WAITING, Replays.NAME);
    }

    @Override
    public void check(Evidence evidence, Consumer<Violation> found) {
        DispatchNode node = evidence.farm().dispatch();
        MemoryState state = new MemoryState();
        DispatchStore store = new DispatchStore(state);
        List<DispatchEffect> effects = new ArrayList<>();
        DispatchStage stage = new DispatchStage(store, evidence.farm().dispatchLimits(), effects::add, TransitionListener.NONE);
        for (Input input : node.log()) {
            Stages.tell(stage, input.message(), input.now());
        }
        Replays.compare("dispatch stage", node.effects(), effects, node.state(), state, found);
        Shares shares = new Shares(evidence.farm().dispatchLimits(), found);
        node.rounds().forEach(shares::look);
    }
}
