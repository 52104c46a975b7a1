package dev.longtake.bench.simulator.farm;

import dev.longtake.bench.simulator.faults.Fault;
import dev.longtake.contract.Message;
import dev.longtake.scheduler.memory.MemoryState;
import dev.longtake.scheduler.stage.StateMap;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A scheduler process for one stage, with what befalls it: it dies with decisions that were not committed, another takes over from state
 * that is behind, a fenced one goes on talking, its clock jumps. All decisions are the stage's.
 *
 * <p>Everything the surviving line of processes was told is kept, so that it can be told again.
 *
 * @param <S> the stage
 * @param <E> what it wants done
 */
public abstract class SchedulerNode<S, E> {
    static final long TICK = 500;

    protected final Farm farm;
    private final String name;
    private final List<Input> log = new ArrayList<>();
    private final List<E> effects = new ArrayList<>();
    private final List<Message> waiting = new ArrayList<>();
    private final List<Fenced> fenced = new ArrayList<>();
    private MemoryState state = new MemoryState();
    private S stage;
    private boolean down;
    /** What is decided now will not be committed, and nobody ever hears of it. */
    private boolean holding;
    private Checkpoint checkpoint;
    private long clockError;

    /** Where a takeover begins again. */
    private record Checkpoint(MemoryState state, int inputs, int effects, int reads) {}

    /** A scheduler that does not know that another has taken its place. */
    private final class Fenced {
        private final S its;
        private final long clock;
        private final String key;
        private int said;

        Fenced(String key) {
            this.key = key;
            this.clock = farm.faults().amount(Fault.SCHEDULER_SPLIT, key + "clock", 4_000) - 2_000;
            this.its = stage(state.copy(), this::leak, false);
        }

        private void leak(E effect) {
            saidByFenced(effect);
            String at = key + "/" + said++;
            if (farm.faults().strikes(Fault.SCHEDULER_SPLIT, at, 2)) {
                farm.agenda().in(farm.faults().amount(Fault.SCHEDULER_SPLIT, at, 5_000), () -> release(effect));
            }
        }

        void hear(Message message) {
            tell(its, message, now().plusMillis(clock));
        }
    }

    SchedulerNode(Farm farm, String name) {
        this.farm = farm;
        this.name = name;
    }

    /** Begins, and arranges what will go wrong. */
    void begin() {
        stage = stage(state, this::emit, true);
        farm.agenda().background(TICK, this::ticks);
        for (Fault fault : List.of(Fault.SCHEDULER_CRASH, Fault.SCHEDULER_STALE_STANDBY, Fault.SCHEDULER_SPLIT, Fault.CLOCK_JUMP)) {
            for (int i = 0; i < 2; i++) {
                String key = name + i;
                if (farm.faults().isOn(fault) && farm.faults().amount(fault, key + "whether", 3) == 1) {
                    farm.agenda().in(farm.faults().amount(fault, key + "when", Farm.TROUBLED), () -> befall(fault, key));
                }
            }
        }
    }

    private void befall(Fault fault, String key) {
        switch (fault) {
            case SCHEDULER_CRASH -> {
                if (checkpoint == null && !down) {
                    holding = true;
                    dies(fault, farm.faults().amount(fault, key, 1_000));
                }
            }
            case SCHEDULER_STALE_STANDBY -> {
                if (checkpoint == null && !down) {
                    dies(fault, farm.faults().amount(fault, key, 10_000));
                }
            }
            case SCHEDULER_SPLIT -> {
                if (!down) {
                    Fenced twin = new Fenced(name + key);
                    fenced.add(twin);
                    farm.trace(() -> name + ": a second scheduler believes that it owns the partition");
                    farm.agenda().in(farm.faults().amount(fault, key, 20_000), () -> fenced.remove(twin));
                }
            }
            default -> {
                farm.faults().count(Fault.CLOCK_JUMP);
                clockError += farm.faults().amount(fault, key, 1_200_000);
                farm.trace(() -> name + ": its clock jumps to " + now());
            }
        }
    }

    private void dies(Fault fault, long in) {
        checkpoint = new Checkpoint(state.copy(), log.size(), effects.size(), reads());
        farm.agenda().in(in, () -> {
            farm.faults().count(fault);
            farm.trace(() -> name + " dies: " + fault.label() + ", " + (log.size() - checkpoint.inputs()) + " inputs behind");
            down = true;
            holding = false;
            farm.agenda().in(1_000 + farm.faults().amount(fault, name + farm.now(), 9_000), this::takeOver);
        });
    }

    /** Another process goes on from the checkpoint: it is told again what came after it, and decides at another time. */
    private void takeOver() {
        List<Message> again = new ArrayList<>();
        log.subList(checkpoint.inputs(), log.size()).stream().filter(i -> i.message() != null && !i.within()).forEach(i -> again.add(i.message()));
        log.subList(checkpoint.inputs(), log.size()).clear();
        effects.subList(checkpoint.effects(), effects.size()).clear();
        forgetReads(checkpoint.reads());
        state = checkpoint.state();
        checkpoint = null;
        clockError = 0;
        down = false;
        restarted();
        stage = stage(state, this::emit, true);
        farm.trace(() -> name + " is taken over");
        again.addAll(waiting);
        waiting.clear();
        again.forEach(this::hear);
    }

    private Instant now() {
        return farm.instant().plusMillis(clockError);
    }

    private void ticks() {
        farm.agenda().background(TICK, this::ticks);
        if (!down && isTime(now())) {
            tick(now(), false);
        }
    }

    private void tick(Instant now, boolean within) {
        ticked(now);
        decide(null, now, within);
        fenced.forEach(f -> f.hear(null));
    }

    /** A message arrives on the partition. */
    void hear(Message message) {
        if (down) {
            waiting.add(message);
            return;
        }
        Instant now = now();
        decide(message, now, false);
        fenced.forEach(f -> f.hear(message));
        if (isTimeAfter(now)) {
            tick(now, true);
        }
    }

    private void decide(Message message, Instant now, boolean within) {
        record(message, now, within);
        deciding(message);
        tell(stage, message, now);
        decided(stage, message, now);
    }

    protected final void record(Message message, Instant now, boolean within) {
        log.add(new Input(now, message, within, effects.size(), farm.store().writes()));
    }

    private void emit(E effect) {
        effects.add(effect);
        said(effect);
        if (!holding) {
            release(effect);
        }
    }

    /** A stage over this state. @param primary whether it is the one that counts */
    protected abstract S stage(StateMap over, Consumer<E> told, boolean primary);

    protected abstract void tell(S whom, Message message, Instant now);

    /** An effect becomes visible. */
    protected abstract void release(E effect);

    /** An effect of the scheduler that counts, whether or not it is visible yet. */
    protected void said(E effect) {}

    /** An effect of a fenced scheduler: what it writes besides messages is written, whatever becomes of those. */
    protected void saidByFenced(E effect) {}

    /** A decision was taken; what belongs to it may follow. */
    protected void decided(S whom, Message message, Instant now) {}

    /** A decision is about to be taken. */
    protected void deciding(Message message) {}

    protected int reads() {
        return 0;
    }

    protected void forgetReads(int after) {}

    /** Whether timers are looked at now, by themselves. */
    protected abstract boolean isTime(Instant now);

    /** Whether timers are looked at after a message. */
    protected abstract boolean isTimeAfter(Instant now);

    protected abstract void ticked(Instant now);

    protected abstract void restarted();

    public List<Input> log() {
        return log;
    }

    public List<E> effects() {
        return effects;
    }

    public MemoryState state() {
        return state;
    }

    boolean settled() {
        return !down && checkpoint == null;
    }
}
