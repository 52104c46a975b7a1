package dev.longtake.bench.simulator.farm;

import dev.longtake.bench.simulator.faults.Fault;
import dev.longtake.bench.simulator.farm.JobQueue.Held;
import dev.longtake.bench.simulator.farm.SimulatedStore.AwayException;
import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.Lane;
import dev.longtake.contract.Message;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.SegmentJob;
import dev.longtake.contract.SegmentReport;
import dev.longtake.contract.SegmentReport.Cause;
import dev.longtake.contract.WorkerHeartbeat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A worker as {@code dev.longtake.worker} is one: tail in, tokens, tail and report out, an answer, then the clip. Between any two steps
 * its process may end or stand still.
 */
final class Worker {
    private static final String TROUBLE = "out of memory";
    private static final int DEADLY_DELIVERIES = 4;

    /** What it does with a job, in order. */
    private enum Step {
        BEGIN(null, null, 300),
        SAMPLE(null, null, 2_500),
        TOKENS(Fault.WORKER_CRASH_BEFORE_TOKENS, Fault.WORKER_CRASH_AFTER_TOKENS, 40),
        TAIL(Fault.WORKER_CRASH_BEFORE_TAIL, Fault.WORKER_CRASH_AFTER_TAIL, 40),
        REPORT(Fault.WORKER_CRASH_BEFORE_REPORT, Fault.WORKER_CRASH_AFTER_REPORT, 40),
        ANSWER(Fault.WORKER_CRASH_BEFORE_ANSWER, Fault.WORKER_CRASH_AFTER_ANSWER, 40),
        CLIP(Fault.WORKER_CRASH_BEFORE_CLIP, Fault.WORKER_CRASH_AFTER_CLIP, 400),
        CLIP_ANSWER(Fault.WORKER_CRASH_BEFORE_CLIP_ANSWER, Fault.WORKER_CRASH_AFTER_CLIP_ANSWER, 40);

        private final Fault before;
        private final Fault after;
        /** Milliseconds that pass before it, at most. */
        private final int takes;

        Step(Fault before, Fault after, int takes) {
            this.before = before;
            this.after = after;
            this.takes = takes;
        }
    }

    private static final int CRASH = 400;
    private static final int FREEZE = 1_500;

    private final Farm farm;
    private final String name;
    private final List<Lane> lanes;
    private final int slots;
    private final boolean broken;
    private final List<Hand> hands = new ArrayList<>();
    /** Rises with every process: what an earlier one had begun goes no further. */
    private int process;
    private boolean alive = true;
    private boolean draining;
    private long frozenUntil;
    private long restsUntil;
    private long clockError;

    /** A job in work. */
    private static final class Hand {
        private final Held held;
        private Optional<Thing.Tail> from = Optional.empty();
        private String tailFrom = "none";
        private Thing.Tokens tokens;
        private Thing.Tail tail;
        private SegmentReport.Rendered report;
        private Thing.Clip clip;
        private boolean done;

        Hand(Held held) {
            this.held = held;
        }

        SegmentJob job() {
            return held.job();
        }

        String key(Step step) {
            return job().attempt().attempt() + "/" + held.deliveries() + "/" + step;
        }
    }

    Worker(Farm farm, int number, List<Lane> lanes, int slots, boolean broken) {
        this.farm = farm;
        this.name = "w" + number;
        this.lanes = lanes;
        this.slots = slots;
        this.broken = broken;
    }

    private String id() {
        return name + "-" + process;
    }

    private boolean up() {
        return alive && farm.now() >= frozenUntil;
    }

    private Instant clock() {
        return farm.instant().plusMillis(clockError);
    }

    void drain() {
        draining |= alive;
    }

    /** Its clock is wrong for a while. */
    void clockJumps(long millis, long lasting) {
        clockError = millis;
        farm.agenda().in(lasting, () -> clockError = 0);
    }

    /** Says that it lives, takes what it has room for, leaves when it is done. */
    void beat() {
        if (!up()) {
            return;
        }
        if (draining && hands.isEmpty()) {
            send(WorkerHeartbeat.State.GONE);
            end(farm.upTo(20_000));
            return;
        }
        send(draining ? WorkerHeartbeat.State.DRAINING : WorkerHeartbeat.State.READY);
        take();
    }

    private void send(WorkerHeartbeat.State state) {
        List<WorkerHeartbeat.Running> running = hands.stream().map(h -> new WorkerHeartbeat.Running(h.job().film(), h.job().index(), h.job().attempt(), h.job().dispatch(), 1, 8)).toList();
        farm.beat(new WorkerHeartbeat(Message.VERSION, id(), Farm.POOL, lanes, slots, Stories.BUNDLE, "cpu", state, running, clock()));
    }

    void take() {
        while (up() && !draining && hands.size() < slots && farm.now() >= restsUntil) {
            int born = process;
            Optional<Held> held = farm.queue().take(lanes, h -> born == process && up());
            if (held.isEmpty()) {
                return;
            }
            SegmentJob job = held.get().job();
            if (job.deadline().isBefore(clock()) || farm.isCancelled(job.dispatch())) {
                farm.queue().accept(held.get());
                continue;
            }
            Hand hand = new Hand(held.get());
            hands.add(hand);
            farm.trace(() -> id() + " takes " + what(job) + ", delivery " + hand.held.deliveries());
            // Before it begins: what ends it is to be known by that.
            send(WorkerHeartbeat.State.READY);
            next(hand, job.work() instanceof SegmentJob.Work.Render ? Step.BEGIN : Step.CLIP);
        }
    }

    private static String what(SegmentJob job) {
        return "segment " + job.index() + " of " + job.film().filmKey() + " r" + job.film().revision() + ", attempt " + job.attempt().attempt();
    }

    void cancel(String dispatch) {
        if (up()) {
            hands.stream().filter(h -> h.job().dispatch().equals(dispatch)).toList().forEach(this::drop);
        }
    }

    void rest(long millis) {
        restsUntil = farm.now() + millis;
    }

    boolean is(String id) {
        return id().equals(id);
    }

    private void next(Hand hand, Step step) {
        int born = process;
        farm.agenda().in(farm.upTo(step.takes), () -> run(born, hand, step));
    }

    private void run(int born, Hand hand, Step step) {
        if (born != process || hand.done) {
            return;
        }
        if (!up()) {
            farm.agenda().at(frozenUntil, () -> run(born, hand, step));
            return;
        }
        String key = hand.key(step);
        if (step.before != null && crashes(step.before, key)) {
            return;
        }
        if (farm.faults().strikes(Fault.WORKER_ZOMBIE, key, FREEZE)) {
            frozenUntil = farm.now() + 20_000 + farm.faults().amount(Fault.WORKER_ZOMBIE, key, 900_000);
            farm.trace(() -> id() + " freezes before " + step);
            run(born, hand, step);
            return;
        }
        Optional<Step> then;
        try {
            then = act(hand, step);
        } catch (AwayException e) {
            fail(hand, Cause.OUTSIDE, e.getMessage());
            return;
        }
        if (step.after != null && crashes(step.after, key)) {
            return;
        }
        then.ifPresent(s -> next(hand, s));
    }

    private boolean crashes(Fault fault, String key) {
        if (!farm.faults().strikes(fault, key, CRASH)) {
            return false;
        }
        farm.trace(() -> id() + " dies: " + fault.label());
        end(5_000 + farm.upTo(20_000));
        return true;
    }

    private void end(long pause) {
        process++;
        alive = false;
        draining = false;
        hands.clear();
        farm.agenda().in(pause, () -> alive = true);
    }

    private void drop(Hand hand) {
        hand.done = true;
        hands.remove(hand);
        farm.queue().accept(hand.held);
        farm.wake();
    }

    private void fail(Hand hand, Cause cause, String reason) {
        SegmentJob job = hand.job();
        drop(hand);
        farm.report(new SegmentReport.Failed(Message.VERSION, job.film(), job.index(), job.attempt(), id(), cause, reason, clock()));
    }

    private Optional<Step> act(Hand hand, Step step) throws AwayException {
        return switch (step) {
            case BEGIN -> begin(hand, (SegmentJob.Work.Render) hand.job().work());
            case SAMPLE -> sample(hand, (SegmentJob.Work.Render) hand.job().work());
            case TOKENS -> {
                hand.tokens = (Thing.Tokens) farm.store().putIfAbsent(tokens(hand), new Thing.Tokens(hand.job().attempt(), farm.number(), hand.from));
                yield Optional.of(Step.TAIL);
            }
            case TAIL -> {
                Thing.Tail made = new Thing.Tail(hand.job().attempt(), hand.tokens.made());
                hand.tail = (Thing.Tail) farm.store().putIfAbsent(ObjectKeys.tail(tenant(hand), hand.job().attempt()), made);
                farm.tails().put(tenant(hand), hand.tail);
                yield Optional.of(Step.REPORT);
            }
            case REPORT -> {
                farm.store().putIfAbsent(report(hand), new Thing.Report(rendered(hand)));
                yield Optional.of(Step.ANSWER);
            }
            case ANSWER -> {
                hand.report = hand.report == null ? rendered(hand) : hand.report;
                farm.report(hand.report);
                // The slot is free; the clip follows on its own.
                hands.remove(hand);
                farm.queue().accept(hand.held);
                farm.wake();
                yield Optional.of(Step.CLIP);
            }
            case CLIP -> clip(hand);
            case CLIP_ANSWER -> {
                SegmentJob job = hand.job();
                drop(hand);
                farm.report(new SegmentReport.Clipped(Message.VERSION, job.film(), job.index(), job.attempt(), id(), hand.clip.digest(), 1, 0.1, clock()));
                yield Optional.empty();
            }
        };
    }

    private static String tenant(Hand hand) {
        return hand.job().film().tenant();
    }

    private static String tokens(Hand hand) {
        return ObjectKeys.tokens(tenant(hand), hand.job().attempt());
    }

    private static String report(Hand hand) {
        return ObjectKeys.report(tenant(hand), hand.job().attempt());
    }

    private Optional<Step> begin(Hand hand, SegmentJob.Work.Render work) throws AwayException {
        if (hand.held.deliveries() > 1) {
            Optional<Thing.Report> stored = farm.store().get(report(hand), Thing.Report.class);
            if (stored.isPresent()) {
                hand.report = stored.get().report();
                return Optional.of(Step.ANSWER);
            }
            if (hand.held.deliveries() >= DEADLY_DELIVERIES) {
                fail(hand, Cause.POISON, (hand.held.deliveries() - 1) + " workers ended or froze while they rendered it");
                return Optional.empty();
            }
        }
        Optional<AttemptRef> parent = farm.tampering().parent(hand.job(), work.parent());
        if (parent.isPresent()) {
            Optional<Thing.Tail> cached = farm.tails().get(tenant(hand), parent.get());
            hand.from = cached.isPresent() ? cached : farm.store().get(ObjectKeys.tail(tenant(hand), parent.get()), Thing.Tail.class);
            hand.tailFrom = cached.isPresent() ? "redis" : "store";
            if (hand.from.isEmpty()) {
                fail(hand, Cause.SOFT, "no tail of attempt " + parent.get().attempt());
                return Optional.empty();
            }
        }
        if (farm.tampering().reportsEarly()) {
            hand.tokens = new Thing.Tokens(hand.job().attempt(), farm.number(), hand.from);
            farm.report(rendered(hand));
        }
        return Optional.of(Step.SAMPLE);
    }

    private Optional<Step> sample(Hand hand, SegmentJob.Work.Render work) {
        String key = hand.key(Step.SAMPLE);
        if (work.prompt().contains(Stories.POISON)) {
            farm.faults().count(Fault.POISON_SEGMENT);
            fail(hand, Cause.POISON, "no such word");
        } else if (work.prompt().contains(Stories.DEADLY)) {
            farm.faults().count(Fault.DEADLY_SEGMENT);
            farm.deathOf(hand.job());
            end(5_000 + farm.upTo(20_000));
        } else if (broken && farm.faults().strikes(Fault.WORKER_BROKEN, key, 1) || farm.faults().strikes(Fault.WORKER_FAILS, key, 60)) {
            fail(hand, Cause.SOFT, TROUBLE);
        } else if (draining && farm.chance(3)) {
            SegmentJob job = hand.job();
            drop(hand);
            farm.report(new SegmentReport.Released(Message.VERSION, job.film(), job.index(), job.attempt(), id(), clock()));
        } else if (farm.faults().strikes(Fault.WORKER_HANGS, key, 600)) {
            int born = process;
            farm.agenda().in(900_000, () -> run(born, hand, Step.TOKENS));
        } else {
            return Optional.of(Step.TOKENS);
        }
        return Optional.empty();
    }

    private SegmentReport.Rendered rendered(Hand hand) {
        SegmentJob job = hand.job();
        SegmentJob.Work.Render work = (SegmentJob.Work.Render) job.work();
        return new SegmentReport.Rendered(Message.VERSION, job.film(), job.index(), job.attempt(), work.parent(), id(), work.bundle(), "tokens-" + hand.tokens.made(),
                "tail-" + hand.tokens.made(), hand.tailFrom, work.parent().isPresent() ? 5 : 0, work.newFrames(), new SegmentReport.Timing(0, 1, 0, 0), clock());
    }

    /** Whoever comes second to a clip adopts the first, unless that could not be used. */
    private Optional<Step> clip(Hand hand) throws AwayException {
        String key = hand.key(Step.CLIP);
        if (broken && farm.faults().strikes(Fault.WORKER_BROKEN, key, 3) || farm.faults().strikes(Fault.WORKER_FAILS, key, 80)) {
            fail(hand, Cause.SOFT, TROUBLE);
            return Optional.empty();
        }
        Optional<Thing.Tokens> tokens = farm.store().get(tokens(hand), Thing.Tokens.class);
        if (tokens.isEmpty()) {
            fail(hand, Cause.SOFT, "no tokens of attempt " + hand.job().attempt().attempt());
            return Optional.empty();
        }
        SegmentJob.Work work = hand.job().work();
        int frames = work instanceof SegmentJob.Work.Render r ? r.newFrames() : work instanceof SegmentJob.Work.EncodeClip e ? e.newFrames() : ((SegmentJob.Work.ReplaceClip) work).newFrames();
        Thing.Clip made = new Thing.Clip(hand.job().attempt(), tokens.get().made(), farm.number(), frames, false);
        String object = ObjectKeys.clip(tenant(hand), hand.job().attempt());
        Thing.Clip there = (Thing.Clip) farm.store().putIfAbsent(object, made);
        if (there != made && (work instanceof SegmentJob.Work.ReplaceClip || farm.tampering().replacesClips())) {
            farm.store().put(object, made);
            there = made;
        }
        hand.clip = there;
        if (farm.faults().isOn(Fault.CLIP_DAMAGED) && farm.faults().amount(Fault.CLIP_DAMAGED, key, 150) == 1) {
            farm.agenda().in(farm.upTo(3_000), () -> farm.store().damage(tenant(hand), hand.job().attempt()));
        }
        return Optional.of(Step.CLIP_ANSWER);
    }
}
