package dev.longtake.scheduler.stage.film;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.LaneEvent;
import dev.longtake.contract.SegmentReport;
import dev.longtake.contract.SegmentReport.Cause;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.PlannedSegment;
import dev.longtake.film.state.RevisionState;
import dev.longtake.film.state.SegmentState;
import dev.longtake.scheduler.stage.Ids;
import dev.longtake.scheduler.stage.film.FilmStore.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The segments of one film while one input is being decided: which is next, which attempt it is, and its clip. */
final class Rendering {
    private static final int PROMPT_BYTES = 100;
    private static final int REASON_BYTES = 600;

    private final FilmChange film;
    private final FilmPlan plan;

    Rendering(FilmChange film, FilmPlan plan) {
        this.film = film;
        this.plan = plan;
    }

    /** Begins chains until enough are open. */
    void openChains() {
        List<Integer> starts = plan.chainStarts();
        while (!film.paused() && film.record().chains() < film.limits().openChains() && film.record().next() < starts.size()) {
            int first = starts.get(film.record().next());
            film.change(f -> f.open(f.chains() + 1, f.next() + 1));
            enter(first, Optional.empty());
        }
    }

    /** The chain's segment at {@code index} is next: take stored attempts over as long as there are any, then make one ready. */
    private void enter(int index, Optional<AttemptRef> parent) {
        Optional<AttemptRef> from = parent;
        for (int at = index; ; at++) {
            String key = plan.segments().get(at).key().hex();
            SegmentRecord waiting = SegmentRecord.waiting(film.ref(), at, key, from);
            Optional<StoredAttempt> stored = film.store().stored(film.ref().tenant(), key, from);
            if (stored.isEmpty()) {
                prepare(waiting);
                return;
            }
            reuse(waiting, stored.get());
            from = Optional.of(stored.get().attempt());
            if (!plan.continues(at)) {
                closeChain();
                return;
            }
        }
    }

    private void follow(int index, AttemptRef parent) {
        if (film.paused()) {
            film.store().put(SegmentRecord.waiting(film.ref(), index, plan.segments().get(index).key().hex(), Optional.of(parent)));
        } else {
            enter(index, Optional.of(parent));
        }
    }

    /** Looks at every segment that nothing is waited for: what came due while the film was paused. */
    void goOn() {
        if (film.paused()) {
            return;
        }
        for (SegmentRecord segment : film.store().segments(film.ref())) {
            if (!film.isSet(Kind.SEGMENT, segment.index())) {
                due(segment);
            }
        }
        openChains();
    }

    private void closeChain() {
        film.change(f -> f.open(f.chains() - 1, f.next()));
    }

    private void reuse(SegmentRecord waiting, StoredAttempt stored) {
        move(waiting.is(stored.attempt(), stored.worker(), stored.newFrom(), true), SegmentState.Event.REUSE).ifPresent(taken -> {
            film.progress(p -> p.accepted(true));
            StoredAttempt held = stored.held(stored.held() + 1);
            film.store().put(film.ref().tenant(), stored.clipDigest().isEmpty() ? held.awaitedBy(film.ref(), taken.index()) : held);
            if (stored.clipDigest().isEmpty()) {
                // Whoever rendered it owes its clip; only when that is overdue, it is asked for.
                Duration owed = Duration.between(film.now(), stored.accepted().plus(film.limits().clipPatience()));
                film.set(Kind.SEGMENT, taken.index(), owed.isNegative() ? Duration.ZERO : owed);
            } else {
                clip(taken, stored.clipDigest());
            }
        });
    }

    private void prepare(SegmentRecord waiting) {
        SegmentRecord next = made(waiting);
        while (Keeping.isBarred(film.store(), film.ref().tenant(), next.newest().orElseThrow())) {
            // A scheduler that was replaced had made it; what came of it is being swept away.
            next = made(next);
        }
        move(next, SegmentState.Event.PREPARE).ifPresent(this::offer);
    }

    private SegmentRecord made(SegmentRecord segment) {
        return segment.with(Ids.attempt(film.ref(), film.record().order().submitted(), segment.index(), segment.made(), segment.parent()));
    }

    /** Offering a job that is known changes nothing, so it is done again when nothing was heard of it for long. */
    private void offer(SegmentRecord ready) {
        film.emit(new FilmEffect.ToLane(Jobs.render(film, plan, ready)));
        film.set(Kind.SEGMENT, ready.index(), film.limits().offerPatience());
    }

    void dispatched(SegmentRecord segment, AttemptRef attempt) {
        if (segment.newest().equals(Optional.of(attempt)) && move(segment, SegmentState.Event.DISPATCH).isPresent()) {
            film.progress(p -> p.scene(planned(segment).scene()));
        }
    }

    /** @return false if the report came too late to count */
    boolean rendered(SegmentRecord segment, SegmentReport.Rendered report) {
        if (segment.state().hasAttempt()) {
            return segment.accepted().equals(Optional.of(report.attempt()));
        }
        if (!segment.parent().equals(report.parent()) || report.newFrames() != planned(segment).newFrames()) {
            failed(segment, report.attempt(), Cause.SOFT, "worker " + report.worker() + " rendered something else than was asked for");
            return false;
        }
        Optional<SegmentRecord> accepted = move(segment.is(report.attempt(), report.worker(), report.newFrom(), false), SegmentState.Event.ACCEPT);
        if (accepted.isEmpty()) {
            return false;
        }
        if (segment.state() != SegmentState.WAITING) {
            segment.newest().filter(newest -> !newest.equals(report.attempt())).ifPresent(film::withdraw);
        }
        film.store().put(film.ref().tenant(), new StoredAttempt(report.attempt(), report.parent(), report.worker(), report.newFrom(), film.now(), "", Optional.of(1), List.of()));
        judge(report.attempt(), report.worker(), true);
        film.progress(p -> p.accepted(false).spent(report.timing().generating(), report.timing().decoding(), report.timing().waiting() + report.timing().storing()));
        film.set(Kind.SEGMENT, segment.index(), film.limits().clipPatience());
        film.recovered();
        if (plan.continues(segment.index())) {
            follow(segment.index() + 1, report.attempt());
        } else {
            closeChain();
        }
        openChains();
        return true;
    }

    private void judge(AttemptRef attempt, String worker, boolean done) {
        film.emit(new FilmEffect.ToLane(new LaneEvent.Judged(1, film.record().order().pool(), film.ref(), attempt, worker, done, film.now())));
    }

    /** The clip of an attempt is durable: so is this segment's, if it is that attempt. */
    void clipped(SegmentRecord segment, AttemptRef attempt, String digest, double encodeSeconds) {
        if (segment.state() == SegmentState.ACCEPTED && segment.accepted().equals(Optional.of(attempt))) {
            film.clear(Kind.SEGMENT, segment.index());
            film.progress(p -> p.spent(0, encodeSeconds, 0));
            clip(segment, digest);
        }
    }

    private void clip(SegmentRecord segment, String digest) {
        move(segment.with(segment.clip().durable(digest)), SegmentState.Event.CLIP).ifPresent(s -> {
            film.progress(p -> p.clipped(1));
            // However it was learnt of: a film all of whose clips are there is not stalled for want of one.
            film.recovered();
        });
    }

    /** A clip turned out to be missing or unreadable: it is encoded again. */
    void clipLost(SegmentRecord segment) {
        move(segment.with(segment.clip().unusable()), SegmentState.Event.CLIP_LOST).ifPresent(lost -> {
            film.progress(p -> p.clipped(-1));
            film.store().stored(film.ref().tenant(), lost.accepted().orElseThrow()).ifPresent(s -> film.store().put(film.ref().tenant(), s.clipped("")));
            encodeClip(lost);
        });
    }

    private void encodeClip(SegmentRecord segment) {
        film.store().put(segment.with(segment.clip().awaited()));
        film.emit(new FilmEffect.ToLane(Jobs.encodeClip(film, plan, segment)));
        film.set(Kind.SEGMENT, segment.index(), film.limits().offerPatience());
    }

    /** @param report says that the attempt, or the clip of the accepted one, came to nothing */
    void failed(SegmentRecord segment, SegmentReport report) {
        if (report instanceof SegmentReport.Failed failed) {
            failed(segment, failed.attempt(), failed.cause(), failed.reason());
            if (failed.cause() == Cause.SOFT) {
                judge(failed.attempt(), failed.worker(), false);
            }
        } else if (report instanceof SegmentReport.Lost lost && lost.started()) {
            failed(segment, lost.attempt(), Cause.SOFT, lost.reason());
        } else {
            again(segment, report.attempt());
        }
        if (!film.over() && segment.state() == SegmentState.ACCEPTED && segment.accepted().equals(Optional.of(report.attempt()))) {
            clipFailed(segment, report);
        }
    }

    private void failed(SegmentRecord segment, AttemptRef attempt, Cause cause, String reason) {
        if (!inFlight(segment, attempt)) {
            return;
        }
        SegmentRecord tried = segment.tried(segment.tries() + (cause == Cause.SOFT ? 1 : 0));
        if (cause == Cause.POISON || tried.tries() >= film.limits().maxTries()) {
            giveUp(tried, Jobs.render(film, plan, tried), Texts.brief(reason, REASON_BYTES) + (cause == Cause.POISON ? "" : " (after " + tried.tries() + " tries)"));
            return;
        }
        move(tried, SegmentState.Event.RELEASE);
        film.set(Kind.SEGMENT, segment.index(), cause == Cause.OUTSIDE ? film.outage(reason) : film.limits().pause(tried.tries()));
    }

    /** An attempt that nobody began comes to another worker at once. */
    private void again(SegmentRecord segment, AttemptRef attempt) {
        if (inFlight(segment, attempt)) {
            move(segment, SegmentState.Event.RELEASE).ifPresent(waiting -> {
                if (film.paused()) {
                    film.clear(Kind.SEGMENT, waiting.index());
                } else {
                    prepare(waiting);
                }
            });
        }
    }

    private static boolean inFlight(SegmentRecord segment, AttemptRef attempt) {
        return (segment.state() == SegmentState.READY || segment.state() == SegmentState.DISPATCHED) && segment.newest().equals(Optional.of(attempt));
    }

    private void clipFailed(SegmentRecord segment, SegmentReport report) {
        if (segment.clip().failed().contains(report.at())) {
            return;
        }
        boolean outside = report instanceof SegmentReport.Failed f && f.cause() == Cause.OUTSIDE;
        boolean counts = report instanceof SegmentReport.Failed ? !outside : report instanceof SegmentReport.Lost l && l.started();
        String reason = report instanceof SegmentReport.Failed f ? f.reason() : report instanceof SegmentReport.Lost lost ? lost.reason() : "";
        SegmentRecord tried = segment.with(segment.clip().failed(report.at(), counts));
        boolean poison = report instanceof SegmentReport.Failed f && f.cause() == Cause.POISON;
        if (poison || tried.clip().tries() >= film.limits().maxTries()) {
            giveUp(tried, Jobs.encodeClip(film, plan, tried), "its clip cannot be encoded: " + Texts.brief(reason, REASON_BYTES) + (poison ? "" : " (after " + tried.clip().tries() + " tries)"));
            return;
        }
        film.store().put(tried);
        Duration pause = outside ? film.outage(reason) : counts ? film.limits().pause(tried.clip().tries()) : Duration.ZERO;
        film.set(Kind.SEGMENT, segment.index(), pause);
    }

    private void giveUp(SegmentRecord segment, LaneEvent.Ready job, String reason) {
        move(segment, SegmentState.Event.GIVE_UP);
        PlannedSegment planned = planned(segment);
        String why = "scene " + (planned.scene() + 1) + " (\"" + Texts.brief(plan.prompt(planned), PROMPT_BYTES) + "\"), segment " + (segment.index() + 1) + ": " + reason;
        film.emit(new FilmEffect.GiveUp(job.pool(), job.lane(), job.job(), why));
        film.giveUp(why);
    }

    /** The segment's time is up: whatever it waits for has come, or has to be asked for again. */
    void due(SegmentRecord segment) {
        switch (segment.state()) {
            case WAITING -> {
                if (segment.made() == 0) {
                    enter(segment.index(), segment.parent());
                } else {
                    prepare(segment);
                }
            }
            case READY, DISPATCHED -> offer(segment);
            case ACCEPTED -> film.store().stored(film.ref().tenant(), segment.accepted().orElseThrow()).map(StoredAttempt::clipDigest).filter(digest -> !digest.isEmpty())
                    .ifPresentOrElse(digest -> clip(segment, digest), () -> encodeClip(segment));
            case CLIPPED, FAILED -> film.clear(Kind.SEGMENT, segment.index());
        }
    }

    /** Whether every clip is durable, just now. */
    boolean complete() {
        return film.record().progress().clipped() == plan.segments().size() && film.move(RevisionState.Event.ALL_CLIPPED, Optional.empty());
    }

    private PlannedSegment planned(SegmentRecord segment) {
        return plan.segments().get(segment.index());
    }

    private Optional<SegmentRecord> move(SegmentRecord segment, SegmentState.Event event) {
        return film.move(segment, planned(segment).scene(), event);
    }
}
