package dev.longtake.bench.simulator.farm;

import dev.longtake.contract.Lane;
import dev.longtake.contract.Message;
import dev.longtake.film.state.TransitionListener;
import dev.longtake.scheduler.stage.StateMap;
import dev.longtake.scheduler.stage.dispatch.DispatchEffect;
import dev.longtake.scheduler.stage.dispatch.DispatchStage;
import dev.longtake.scheduler.stage.dispatch.DispatchStore;
import dev.longtake.scheduler.stage.dispatch.JobRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** A scheduler process with the dispatch stage, as {@code DispatchProcessor} is one. */
public final class DispatchNode extends SchedulerNode<DispatchStage, DispatchEffect> {
    private final TransitionListener listener;
    private final List<Round> rounds = new ArrayList<>();
    private Instant nextTick = Instant.MIN;

    /**
     * A decision that sent jobs.
     *
     * @param effects effects there were after it
     * @param waiting tenants that still had a job waiting afterwards, by lane
     * @param out     jobs that each tenant then had out
     */
    public record Round(int effects, List<DispatchEffect.Send> sent, Map<Lane, Set<String>> waiting, Map<String, Integer> out) {}

    DispatchNode(Farm farm, TransitionListener listener) {
        super(farm, "dispatch stage");
        this.listener = listener;
    }

    @Override
    protected DispatchStage stage(StateMap over, Consumer<DispatchEffect> told, boolean primary) {
        return new DispatchStage(new DispatchStore(farm.tampering().dispatchState(over)), farm.tampering().dispatchLimits(farm.dispatchLimits()), told,
                primary ? listener : TransitionListener.NONE);
    }

    @Override
    protected void tell(DispatchStage whom, Message message, Instant now) {
        Stages.tell(whom, message, now);
    }

    @Override
    protected void decided(DispatchStage whom, Message message, Instant now) {
        int before = log().get(log().size() - 1).effects();
        List<DispatchEffect.Send> sent = effects().subList(before, effects().size()).stream().filter(DispatchEffect.Send.class::isInstance).map(DispatchEffect.Send.class::cast).toList();
        if (sent.isEmpty()) {
            return;
        }
        Map<Lane, Set<String>> waiting = new EnumMap<>(Lane.class);
        Map<String, Integer> out = new HashMap<>();
        for (JobRecord job : new DispatchStore(state()).jobs(Farm.POOL)) {
            if (job.outstanding()) {
                out.merge(job.tenant(), 1, Integer::sum);
            } else {
                waiting.computeIfAbsent(job.lane(), l -> new TreeSet<>()).add(job.tenant());
            }
        }
        rounds.add(new Round(effects().size(), sent, waiting, out));
    }

    /** All decisions that sent jobs. */
    public List<Round> rounds() {
        return rounds;
    }

    @Override
    protected void release(DispatchEffect effect) {
        for (DispatchEffect told : farm.tampering().told(effect)) {
            if (told instanceof DispatchEffect.Send send) {
                farm.job(send);
            } else if (told instanceof DispatchEffect.Report report) {
                farm.report(report.report());
            } else if (told instanceof DispatchEffect.Control control) {
                farm.control(control.control());
            }
        }
    }

    @Override
    protected boolean isTime(Instant now) {
        return !now.isBefore(nextTick);
    }

    @Override
    protected boolean isTimeAfter(Instant now) {
        return isTime(now);
    }

    @Override
    protected void ticked(Instant now) {
        nextTick = now.plusMillis(TICK);
    }

    @Override
    protected void restarted() {
        rounds.removeIf(r -> r.effects() > effects().size());
        nextTick = Instant.MIN;
    }
}
