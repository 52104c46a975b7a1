package dev.longtake.scheduler.stage;

import dev.longtake.contract.AssemblyReport;
import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.LaneEvent;
import dev.longtake.contract.Lineage;
import dev.longtake.contract.SegmentReport;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.PlannedSegment;
import dev.longtake.film.state.RevisionState;
import dev.longtake.film.state.SegmentState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Decides, for one tenant's films, which segment is next and which attempt counts.
 *
 * <p>Invariants: a chain has at most one segment in flight; a child is made ready only once its parent has an accepted attempt, and its
 * job names that attempt; the first complete report of any attempt this film ever made ready is accepted, and nothing after it
 * changes which attempt a segment is; every input may come twice, late or never, and none is an error.
 *
 * <p>Called by one thread at a time. Every decision depends only on the store, the input and {@code now}.
 */
public final class FilmStage {
    private final FilmStore store;
    private final PlanSource plans;
    private final StageSettings settings;
    private final Consumer<FilmEffect> effects;

    public FilmStage(FilmStore store, PlanSource plans, StageSettings settings, Consumer<FilmEffect> effects) {
        this.store = store;
        this.plans = plans;
        this.settings = settings;
        this.effects = effects;
    }

    public void on(FilmCommand command, Instant now) {
        if (command instanceof FilmCommand.Submit submit) {
            submit(submit, now);
        } else {
            active(command.film()).ifPresent(film -> end(new FilmChange(film, now), RevisionState.Event.CANCEL, Optional.empty()));
        }
    }

    private void submit(FilmCommand.Submit submit, Instant now) {
        if (store.film(submit.film().tenant(), submit.film().film()).map(f -> f.ref().revision() >= submit.film().revision()).orElse(false)) {
            return;
        }
        FilmRecord queued = new FilmRecord(submit.film(), submit.planKey(), submit.planDigest(), submit.title(), submit.lane(), submit.pool(), RevisionState.TABLE.initial(),
                Optional.empty(), "", "", 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, FilmState.Seconds.NONE, List.of(), 0, 0, 0, Optional.empty(), 0, submit.at(), now,
                Optional.empty(), Optional.empty());
        FilmChange film = new FilmChange(queued, now);
        Optional<FilmPlan> plan = plan(film);
        if (plan.isPresent()) {
            film.planned(plan.get());
            film.move(RevisionState.Event.PLANNED, Optional.empty());
            openChains(film, plan.get());
            completeIfClipped(film, plan.get());
        }
        finish(film);
    }

    /** The film's plan; without one the film fails. */
    private Optional<FilmPlan> plan(FilmChange film) {
        try {
            return Optional.of(plans.plan(film.record().planKey(), film.record().planDigest()));
        } catch (PlanSource.UnusablePlanException e) {
            giveUp(film, "the film's plan is unusable: " + e.getMessage());
            return Optional.empty();
        }
    }

    public void on(SegmentReport report, Instant now) {
        Optional<FilmRecord> active = active(report.film());
        Optional<FilmPlan> plan = Optional.empty();
        boolean frees = !(report instanceof SegmentReport.Dispatched) && !(report instanceof SegmentReport.Lost);
        if (active.isEmpty()) {
            // The film is over: whoever still runs it keeps a place in the runway until told so.
            store.film(report.film().tenant(), report.film().film()).filter(f -> frees).ifPresent(f -> {
                settle(f.pool(), report, now);
                late(report, now);
            });
            return;
        }
        FilmChange film = new FilmChange(active.get(), now);
        Optional<SegmentRecord> segment = store.segment(report.film(), report.index());
        if (frees) {
            settle(film.record().pool(), report, now);
        }
        boolean known = segment.map(s -> s.attempts().contains(report.attempt().attempt()) || s.accepted().equals(Optional.of(report.attempt()))).orElse(false);
        if (!known) {
            late(report, now);
            return;
        }
        plan = plan(film);
        if (plan.isPresent()) {
            report(film, plan.get(), segment.get(), report);
        }
        finish(film);
    }

    private void report(FilmChange film, FilmPlan plan, SegmentRecord segment, SegmentReport report) {
        if (report instanceof SegmentReport.Rendered rendered) {
            rendered(film, plan, segment, rendered);
        } else if (report instanceof SegmentReport.Clipped clipped) {
            clipped(film, plan, segment, clipped);
        } else if (report instanceof SegmentReport.Dispatched) {
            if (isCurrent(segment, report.attempt()) && move(film, plan, segment, SegmentState.Event.DISPATCH).isPresent()) {
                film.begun(plan.segments().get(segment.index()).scene());
            }
        } else if (report instanceof SegmentReport.Lost lost) {
            failed(film, plan, segment, report.attempt(), lost.started() ? SegmentReport.Cause.SOFT : null, lost.reason());
        } else if (report instanceof SegmentReport.Failed failed) {
            failed(film, plan, segment, report.attempt(), failed.cause(), failed.reason());
        } else if (report instanceof SegmentReport.Released) {
            failed(film, plan, segment, report.attempt(), null, "given back by a worker that leaves");
        }
    }

    private void rendered(FilmChange film, FilmPlan plan, SegmentRecord segment, SegmentReport.Rendered report) {
        boolean first = !segment.state().hasAttempt() && segment.parent().equals(report.parent());
        if (!first) {
            if (!segment.accepted().equals(Optional.of(report.attempt()))) {
                late(report, film.now());
            }
            return;
        }
        if (!isCurrent(segment, report.attempt()) && segment.state() != SegmentState.WAITING) {
            segment.currentAttempt().ifPresent(current -> withdraw(film, new AttemptRef(report.attempt().segmentKey(), current)));
        }
        store.timer(new FilmStore.Timer(film.ref(), FilmStore.Kind.RETRY, segment.index()), Optional.empty());
        SegmentRecord accepted = segment.withAccepted(report.attempt(), report.worker(), report.newFrom(), false);
        move(film, plan, accepted, SegmentState.Event.ACCEPT);
        remember(film, plan, accepted);
        film.accepted(false);
        film.spent(report.timing().generating(), report.timing().decoding(), report.timing().waiting() + report.timing().storing());
        store.timer(new FilmStore.Timer(film.ref(), FilmStore.Kind.CLIP, segment.index()), Optional.of(film.now().plus(settings.clipPatience())));
        recovered(film);
        advance(film, plan, segment.index());
    }

    private void clipped(FilmChange film, FilmPlan plan, SegmentRecord segment, SegmentReport.Clipped report) {
        if (segment.state() != SegmentState.ACCEPTED || !segment.accepted().equals(Optional.of(report.attempt()))) {
            return;
        }
        SegmentRecord clipped = segment.withClip(report.clipDigest());
        move(film, plan, clipped, SegmentState.Event.CLIP);
        remember(film, plan, clipped);
        store.timer(new FilmStore.Timer(film.ref(), FilmStore.Kind.CLIP, segment.index()), Optional.empty());
        film.clipped();
        film.spent(0, report.encodeSeconds(), 0);
        recovered(film);
        completeIfClipped(film, plan);
    }

    /** @param cause null if it does not count as a try */
    private void failed(FilmChange film, FilmPlan plan, SegmentRecord segment, AttemptRef attempt, SegmentReport.Cause cause, String reason) {
        if (segment.state() == SegmentState.ACCEPTED && segment.accepted().equals(Optional.of(attempt))) {
            clipFailed(film, plan, segment, cause, reason);
            return;
        }
        if (segment.state().hasAttempt() || !isCurrent(segment, attempt)) {
            return;
        }
        if (segment.state() == SegmentState.WAITING) {
            return;
        }
        int tries = segment.tries() + (cause == SegmentReport.Cause.SOFT ? 1 : 0);
        if (cause == SegmentReport.Cause.POISON || tries >= settings.maxTries()) {
            move(film, plan, segment.withTries(tries), SegmentState.Event.GIVE_UP);
            giveUp(film, describe(plan, segment.index()) + ": " + reason + (cause == SegmentReport.Cause.POISON ? "" : " (after " + tries + " tries)"));
            return;
        }
        Optional<SegmentRecord> waiting = move(film, plan, segment.withTries(tries), SegmentState.Event.RELEASE);
        if (cause == null) {
            waiting.ifPresent(s -> ready(film, plan, s));
            return;
        }
        int outages = outage(film, cause, reason);
        Instant due = film.now().plus(settings.pause(cause == SegmentReport.Cause.OUTSIDE ? outages : tries));
        store.timer(new FilmStore.Timer(film.ref(), FilmStore.Kind.RETRY, segment.index()), Optional.of(due));
    }

    private void clipFailed(FilmChange film, FilmPlan plan, SegmentRecord segment, SegmentReport.Cause cause, String reason) {
        int tries = segment.clipTries() + (cause == SegmentReport.Cause.SOFT || cause == SegmentReport.Cause.POISON ? 1 : 0);
        if (tries >= settings.maxTries()) {
            move(film, plan, segment.withClipTries(tries), SegmentState.Event.GIVE_UP);
            giveUp(film, describe(plan, segment.index()) + ": its clip cannot be encoded: " + reason);
            return;
        }
        store.put(segment.withClipTries(tries));
        int outages = outage(film, cause, reason);
        store.timer(new FilmStore.Timer(film.ref(), FilmStore.Kind.CLIP, segment.index()), Optional.of(film.now().plus(settings.pause(Math.max(outages, tries)))));
    }

    /** Counts a failure from outside, and shows the film as stalled once it is no blip. @return failures from outside in a row */
    private int outage(FilmChange film, SegmentReport.Cause cause, String reason) {
        if (cause != SegmentReport.Cause.OUTSIDE) {
            return film.record().outages();
        }
        int outages = film.outage();
        if (outages >= settings.outagesToStall()) {
            film.move(RevisionState.Event.OUTAGE, Optional.of(reason));
        }
        return outages;
    }

    private void recovered(FilmChange film) {
        film.noOutage();
        film.move(RevisionState.Event.RECOVERED, Optional.empty());
    }

    public void on(AssemblyReport report, Instant now) {
        Optional<FilmRecord> active = active(report.film());
        if (active.isEmpty() || active.get().assembly().isEmpty()) {
            return;
        }
        FilmChange film = new FilmChange(active.get(), now);
        FilmStore.Timer timer = new FilmStore.Timer(film.ref(), FilmStore.Kind.ASSEMBLY, -1);
        if (report instanceof AssemblyReport.Assembled assembled) {
            // Any assembly will do: all were told to join the same clips, and clips lost since have put the film back to rendering.
            if (RevisionState.TABLE.next(film.record().state(), RevisionState.Event.ASSEMBLED).isPresent()) {
                film.finished(assembled.filmKey());
                end(film, RevisionState.Event.ASSEMBLED, Optional.empty());
            }
            return;
        }
        AssemblyReport.Failed failed = (AssemblyReport.Failed) report;
        if (!film.record().assembly().equals(Optional.of(failed.assembly())) || film.record().state() == RevisionState.RENDERING) {
            return;
        }
        Optional<FilmPlan> plan = plan(film);
        if (plan.isPresent()) {
            if (failed.outside()) {
                int outages = outage(film, SegmentReport.Cause.OUTSIDE, failed.reason());
                store.timer(timer, Optional.of(now.plus(settings.pause(outages))));
            } else if (film.record().assemblies() >= settings.maxTries()) {
                giveUp(film, "the film cannot be joined: " + failed.reason());
            } else if (failed.badClips().isEmpty()) {
                store.timer(timer, Optional.of(now.plus(settings.pause(film.record().assemblies()))));
            } else {
                store.timer(timer, Optional.empty());
                film.move(RevisionState.Event.CLIP_LOST, Optional.of(failed.reason()));
                for (int index : failed.badClips()) {
                    clipLost(film, plan.get(), index);
                }
                completeIfClipped(film, plan.get());
            }
        }
        finish(film);
    }

    private void clipLost(FilmChange film, FilmPlan plan, int index) {
        store.segment(film.ref(), index).filter(s -> s.state() == SegmentState.CLIPPED).ifPresent(segment -> {
            SegmentRecord lost = segment.withClip("");
            remember(film, plan, lost);
            move(film, plan, lost, SegmentState.Event.CLIP_LOST).ifPresent(s -> encodeClip(film, plan, s));
            film.unclipped();
        });
    }

    /** Looks at every timer that is due. */
    public void tick(Instant now) {
        for (FilmStore.Timer timer : store.due(now)) {
            store.timer(timer, Optional.empty());
            active(timer.film()).ifPresent(record -> {
                FilmChange film = new FilmChange(record, now);
                plan(film).ifPresent(plan -> due(film, plan, timer));
                finish(film);
            });
        }
    }

    private void due(FilmChange film, FilmPlan plan, FilmStore.Timer timer) {
        switch (timer.kind()) {
            case RETRY -> store.segment(film.ref(), timer.index()).filter(s -> s.state() == SegmentState.WAITING).ifPresent(s -> ready(film, plan, s));
            case CLIP -> store.segment(film.ref(), timer.index()).filter(s -> s.state() == SegmentState.ACCEPTED).ifPresent(s -> encodeClip(film, plan, s));
            case ASSEMBLY -> {
                if (film.record().state() == RevisionState.ASSEMBLING || film.record().state() == RevisionState.STALLED) {
                    assemble(film, plan);
                }
            }
        }
    }

    /** Begins chains until enough are open; a stored attempt with the right parent is taken over instead of rendered. */
    private void openChains(FilmChange film, FilmPlan plan) {
        if (film.record().heads().size() >= settings.openChains()) {
            return;
        }
        List<Integer> starts = plan.chainStarts();
        while (film.record().heads().size() < settings.openChains() && film.record().nextChain() < starts.size()) {
            int first = starts.get(film.record().nextChain());
            film.openChain(first);
            enter(film, plan, first, Optional.empty());
        }
    }

    /** The chain's segment at {@code index} is next: reuse it and go on, or make it ready. */
    private void enter(FilmChange film, FilmPlan plan, int index, Optional<AttemptRef> parent) {
        int at = index;
        Optional<AttemptRef> from = parent;
        while (true) {
            PlannedSegment planned = plan.segments().get(at);
            SegmentRecord waiting = SegmentRecord.waiting(film.ref(), at, planned.key().hex(), from);
            Optional<AttemptRef> wanted = from;
            Optional<StoredAttempt> found = store.stored(film.ref().tenant(), planned.key().hex()).stream().filter(s -> s.parent().equals(wanted)).findFirst();
            if (found.isEmpty()) {
                store.put(waiting);
                ready(film, plan, waiting);
                return;
            }
            reuse(film, plan, waiting, found.get());
            from = Optional.of(found.get().attempt());
            if (!plan.continues(at)) {
                film.closeChain(at);
                return;
            }
            film.head(at, at + 1);
            at++;
        }
    }

    private void reuse(FilmChange film, FilmPlan plan, SegmentRecord waiting, StoredAttempt stored) {
        SegmentRecord taken = waiting.withAccepted(stored.attempt(), stored.worker(), stored.newFrom(), true);
        film.accepted(true);
        Optional<SegmentRecord> accepted = move(film, plan, taken, SegmentState.Event.REUSE);
        if (stored.clipDigest().isEmpty()) {
            accepted.ifPresent(s -> encodeClip(film, plan, s));
        } else {
            accepted.ifPresent(s -> move(film, plan, s.withClip(stored.clipDigest()), SegmentState.Event.CLIP));
            film.clipped();
        }
    }

    /** A segment was accepted: its child is next, or its chain is done. */
    private void advance(FilmChange film, FilmPlan plan, int index) {
        if (plan.continues(index)) {
            film.head(index, index + 1);
            enter(film, plan, index + 1, store.segment(film.ref(), index).flatMap(SegmentRecord::accepted));
        } else {
            film.closeChain(index);
        }
        openChains(film, plan);
        completeIfClipped(film, plan);
    }

    private void ready(FilmChange film, FilmPlan plan, SegmentRecord segment) {
        PlannedSegment planned = plan.segments().get(segment.index());
        String attempt = Ids.attempt(film.ref(), segment.index(), segment.attempts().size());
        Optional<SegmentRecord> ready = move(film, plan, segment.withAttempt(attempt), SegmentState.Event.PREPARE);
        ready.ifPresent(s -> effects.accept(new FilmEffect.ToLane(Jobs.render(film, plan, planned, new AttemptRef(planned.key().hex(), attempt), segment.parent()))));
    }

    private void encodeClip(FilmChange film, FilmPlan plan, SegmentRecord segment) {
        PlannedSegment planned = plan.segments().get(segment.index());
        effects.accept(new FilmEffect.ToLane(Jobs.encodeClip(film, plan, planned, segment.accepted().orElseThrow(), segment.newFrom())));
        // Its job may be lost without a word, too.
        store.timer(new FilmStore.Timer(film.ref(), FilmStore.Kind.CLIP, segment.index()), Optional.of(film.now().plus(settings.jobDeadline()).plus(settings.clipPatience())));
    }

    private void completeIfClipped(FilmChange film, FilmPlan plan) {
        if (film.record().clipped() == plan.segments().size() && film.move(RevisionState.Event.ALL_CLIPPED, Optional.empty())) {
            assemble(film, plan);
        }
    }

    private void assemble(FilmChange film, FilmPlan plan) {
        List<Lineage.Entry> entries = new ArrayList<>();
        for (SegmentRecord s : store.segments(film.ref())) {
            PlannedSegment planned = plan.segments().get(s.index());
            entries.add(new Lineage.Entry(s.index(), planned.scene(), s.accepted().orElseThrow(), s.parent(), planned.seed(), planned.newFrames(), plan.prompt(planned), s.worker(),
                    s.clipDigest(), s.reused()));
        }
        FilmRecord f = film.record();
        Lineage lineage = new Lineage(1, f.ref(), f.title(), f.model(), f.bundle(), f.width(), f.height(), f.fps(), f.frames(), entries);
        String assembly = film.nextAssembly();
        Instant deadline = film.now().plus(settings.assemblyPatience());
        effects.accept(new FilmEffect.Assemble(f.ref(), assembly, lineage, deadline));
        store.timer(new FilmStore.Timer(f.ref(), FilmStore.Kind.ASSEMBLY, -1), Optional.of(deadline));
    }

    private void giveUp(FilmChange film, String reason) {
        end(film, RevisionState.Event.GIVE_UP, Optional.of(reason));
    }

    /** A revision comes to its end: whatever it still has in flight is withdrawn, and only its summary is kept. */
    private void end(FilmChange film, RevisionState.Event event, Optional<String> reason) {
        for (int head : film.record().heads()) {
            store.segment(film.ref(), head).filter(s -> s.state() == SegmentState.READY || s.state() == SegmentState.DISPATCHED).ifPresent(s -> {
                s.currentAttempt().ifPresent(a -> withdraw(film, new AttemptRef(s.key(), a)));
            });
        }
        store.segments(film.ref()).forEach(s -> {
            store.timer(new FilmStore.Timer(film.ref(), FilmStore.Kind.RETRY, s.index()), Optional.empty());
            store.timer(new FilmStore.Timer(film.ref(), FilmStore.Kind.CLIP, s.index()), Optional.empty());
        });
        store.timer(new FilmStore.Timer(film.ref(), FilmStore.Kind.ASSEMBLY, -1), Optional.empty());
        store.deleteSegments(film.ref());
        film.move(event, reason);
        finish(film);
    }

    private void finish(FilmChange film) {
        if (!film.closed()) {
            film.close(store, effects);
        }
    }

    private Optional<FilmRecord> active(FilmRef ref) {
        return store.film(ref.tenant(), ref.film()).filter(f -> f.ref().equals(ref) && !f.state().isFinal());
    }

    private static boolean isCurrent(SegmentRecord segment, AttemptRef attempt) {
        return segment.currentAttempt().equals(Optional.of(attempt.attempt()));
    }

    /** Moves a segment as the table says, and says so; empty if the table does not know the event for its state. */
    private Optional<SegmentRecord> move(FilmChange film, FilmPlan plan, SegmentRecord segment, SegmentState.Event event) {
        return SegmentState.TABLE.next(segment.state(), event).map(to -> {
            SegmentRecord moved = segment.withState(to);
            store.put(moved);
            PlannedSegment planned = plan.segments().get(segment.index());
            Optional<AttemptRef> attempt = moved.accepted().or(() -> moved.currentAttempt().map(a -> new AttemptRef(moved.key(), a)));
            effects.accept(new FilmEffect.Announce(new FilmEvent.SegmentChanged(1, film.ref(), segment.index(), planned.scene(), segment.state().label(), to.label(), attempt,
                    moved.worker().isEmpty() ? Optional.empty() : Optional.of(moved.worker()), moved.reused(), film.now())));
            return moved;
        });
    }

    private void remember(FilmChange film, FilmPlan plan, SegmentRecord segment) {
        String key = plan.segments().get(segment.index()).key().hex();
        AttemptRef attempt = segment.accepted().orElseThrow();
        List<StoredAttempt> stored = new ArrayList<>(store.stored(film.ref().tenant(), key));
        stored.removeIf(s -> s.attempt().equals(attempt));
        stored.add(new StoredAttempt(attempt, segment.parent(), segment.worker(), segment.newFrom(), segment.clipDigest()));
        store.putStored(film.ref().tenant(), key, stored);
    }

    private void withdraw(FilmChange film, AttemptRef attempt) {
        effects.accept(new FilmEffect.ToLane(new LaneEvent.Withdrawn(1, film.record().pool(), film.ref(), attempt, film.now())));
    }

    private void settle(String pool, SegmentReport report, Instant now) {
        effects.accept(new FilmEffect.ToLane(new LaneEvent.Settled(1, pool, report.film(), report.attempt(), now)));
    }

    private void late(SegmentReport report, Instant now) {
        effects.accept(new FilmEffect.Announce(new FilmEvent.LateReport(1, report.film(), report.index(), report.attempt(), report.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT), now)));
    }

    private static String describe(FilmPlan plan, int index) {
        PlannedSegment s = plan.segments().get(index);
        String prompt = plan.prompt(s);
        return "scene " + (s.scene() + 1) + " (\"" + (prompt.length() > 80 ? prompt.substring(0, 80) + "…" : prompt) + "\"), segment " + (index + 1);
    }
}
