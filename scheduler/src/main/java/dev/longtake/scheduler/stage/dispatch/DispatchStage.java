package dev.longtake.scheduler.stage.dispatch;

import dev.longtake.contract.Lane;
import dev.longtake.contract.LaneEvent;
import dev.longtake.contract.SegmentJob;
import dev.longtake.contract.SegmentReport;
import dev.longtake.contract.WorkerControl;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.film.state.JobState;
import dev.longtake.film.state.TransitionListener;
import dev.longtake.film.state.WorkerState;
import dev.longtake.scheduler.stage.Ids;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Hands the ready jobs of a pool to its workers' topics.
 *
 * <p>Only a short runway lies in the queue ({@link Runway}). The rest stays here, so that priority, cancelling and fair share act at
 * once. Lanes are served in strict order; inside a lane tenants share fairly ({@link FairShare}), and inside a tenant the oldest film is
 * next. A job of a worker that vanished is left to the queue, which hands it to another; it is given up when its deadline passes, or when
 * the queue has evidently dropped it: a worker has had room for it, or has taken what was sent after it.
 *
 * <p>A job that kills its workers is told by how many of them ended or froze with it in hand ({@link JobRecord#deaths}). That is counted
 * here, from heartbeats: every worker says what it takes before it begins, and the queue's own count is forgotten when a broker restarts.
 *
 * <p>Called by one thread at a time. Every decision depends only on the store, the input and {@code now}; the times that others wrote
 * into their messages are never compared with it.
 */
public final class DispatchStage {
    private final DispatchStore store;
    private final DispatchLimits limits;
    private final Consumer<DispatchEffect> effects;
    private final TransitionListener listener;

    public DispatchStage(DispatchStore store, DispatchLimits limits, Consumer<DispatchEffect> effects, TransitionListener listener) {
        this.store = store;
        this.limits = limits;
        this.effects = effects;
        this.listener = listener;
    }

    public void on(LaneEvent event, Instant now) {
        Optional<JobRecord> known = store.job(event.pool(), event.film(), event.attempt());
        if (event instanceof LaneEvent.Ready ready) {
            if (known.isEmpty()) {
                PoolRecord pool = store.pool(ready.pool()).counted();
                store.put(pool);
                store.put(JobRecord.queued(ready, pool.sequence(), store.deaths(ready.pool(), ready.job()), now));
            }
        } else if (event instanceof LaneEvent.Judged judged) {
            judge(judged.pool(), judged.worker(), judged.attempt().segmentKey(), judged.done(), now);
        } else if (event instanceof LaneEvent.Moved moved) {
            known.filter(job -> job.state() == JobState.QUEUED).ifPresent(job -> store.put(job.in(moved.lane())));
        } else if (event instanceof LaneEvent.Settled) {
            known.ifPresent(job -> {
                remember(job, now);
                end(job, JobState.Event.SETTLE);
            });
        } else {
            known.ifPresent(job -> {
                if (job.outstanding()) {
                    cancel(job, now);
                }
                end(job, JobState.Event.WITHDRAW);
            });
        }
        fill(event.pool(), now);
    }

    public void on(WorkerHeartbeat beat, Instant now) {
        WorkerRecord worker = store.worker(beat.pool(), beat.worker()).orElseGet(() -> WorkerRecord.unknown(beat, now));
        WorkerState state = switch (beat.state()) {
            case READY -> worker.state();
            case DRAINING -> WorkerState.TABLE.next(worker.state(), WorkerState.Event.DRAIN, listener).orElse(worker.state());
            case GONE -> WorkerState.TABLE.next(worker.state(), WorkerState.Event.LEAVE, listener).orElse(worker.state());
        };
        if (state == WorkerState.GONE) {
            store.delete(worker);
        } else {
            store.put(worker.heard(beat, state, now));
        }
        Set<String> shown = new HashSet<>();
        for (WorkerHeartbeat.Running running : beat.running()) {
            // A dispatch given up since then may still be shown; it says nothing of the present one. Nor does one that another scheduler gave
            // out before it was fenced off. Nobody waits for either, and nobody else would ever stop the queue from handing it on.
            store.job(beat.pool(), running.film(), running.attempt()).filter(j -> j.outstanding() && j.job().dispatch().equals(running.dispatch())).ifPresentOrElse(job -> {
                shown.add(running.dispatch());
                pickedUp(job, beat.worker(), now);
            }, () -> effects.accept(new DispatchEffect.Control(new WorkerControl.CancelAttempt(1, running.attempt(), running.dispatch(), now))));
        }
        putDown(beat.pool(), beat.worker(), shown, job -> JobState.TABLE.next(job.state(), JobState.Event.PUT_DOWN, listener).ifPresent(to -> store.put(job.putDown(to, now))));
        if (store.pools().stream().noneMatch(beat.pool()::equals)) {
            store.put(PoolRecord.empty(beat.pool()));
        }
        fill(beat.pool(), now);
    }

    private void pickedUp(JobRecord job, String worker, Instant now) {
        JobState.TABLE.next(job.state(), JobState.Event.PICKED_UP, listener).ifPresent(to -> putUnlessDeadly(job.shownBy(worker, to, now), now));
        if (job.state() == JobState.SENT) {
            // The queue hands out in order: what was sent before this one, and still lies there, is not there any more.
            store.jobs(job.pool()).stream()
                    .filter(j -> j.state() == JobState.SENT && j.lane() == job.lane() && j.order() < job.order() && j.since().plus(limits.pickupPatience()).isBefore(now))
                    .forEach(j -> lose(j, "jobs sent after it were taken up, and it was not", now));
        }
    }

    /** Jobs that a worker no longer shows: reported soon, or handed to another by the queue. */
    private void putDown(String pool, String worker, Set<String> shown, Consumer<JobRecord> how) {
        store.jobs(pool).stream().filter(job -> job.worker().equals(Optional.of(worker)) && !shown.contains(job.job().dispatch())).forEach(how);
    }

    /** A job that has cost too many workers is given to no other: the queue would go on handing it out until its deadline. */
    private void putUnlessDeadly(JobRecord job, Instant now) {
        store.put(job);
        if (job.deaths() >= limits.deadlyWorkers()) {
            cancel(job, now);
            end(job, JobState.Event.LOSE);
            String last = job.ended().orElseThrow().get(job.deaths() - 1);
            effects.accept(new DispatchEffect.Report(new SegmentReport.Failed(1, job.job().film(), job.job().index(), job.job().attempt(), last, SegmentReport.Cause.POISON,
                    job.deaths() + " workers ended or froze while they worked on it", now)));
        }
    }

    /** Looks at silent and resting workers, deadlines and jobs that nobody takes. */
    public void tick(Instant now) {
        store.pools().forEach(pool -> tick(pool, now));
    }

    private void tick(String pool, Instant now) {
        for (WorkerRecord worker : store.workers(pool)) {
            if (worker.heard().plus(limits.workerTimeout()).isBefore(now)) {
                WorkerState.TABLE.next(worker.state(), WorkerState.Event.VANISH, listener);
                putDown(pool, worker.worker(), Set.of(),
                        job -> JobState.TABLE.next(job.state(), JobState.Event.PUT_DOWN, listener).ifPresent(to -> putUnlessDeadly(job.orphaned(to, now), now)));
                store.delete(worker);
            } else if (worker.rests().filter(until -> !until.isAfter(now)).isPresent()) {
                // On probation: one more failure, and it rests again.
                WorkerState.TABLE.next(worker.state(), WorkerState.Event.TRY_AGAIN, listener).ifPresent(to ->
                        store.put(worker.resting(to, Optional.empty()).failing(worker.failed().subList(Math.min(1, worker.failed().size()), worker.failed().size()))));
            }
        }
        // The next attempt follows within a pause; whatever takes longer than a job may has another story.
        store.deaths(pool).stream().filter(d -> d.at().plus(limits.jobDeadline()).isBefore(now)).forEach(store::delete);
        List<WorkerRecord> workers = store.workers(pool);
        store.jobs(pool).stream().filter(JobRecord::outstanding).forEach(job -> check(job, workers, now));
        fill(pool, now);
    }

    private void check(JobRecord job, List<WorkerRecord> workers, Instant now) {
        if (job.job().deadline().isBefore(now)) {
            job.worker().ifPresent(w -> judge(job.pool(), w, job.job().attempt().segmentKey(), false, now));
            lose(job, job.started() ? "its deadline passed" : "no worker took it up before its deadline", now);
            return;
        }
        boolean room = job.state() == JobState.SENT && workers.stream().anyMatch(w -> w.takes(job.lane()) && w.busy() < w.slots());
        if (!room) {
            if (job.room().isPresent()) {
                store.put(job.roomSince(Optional.empty()));
            }
        } else if (job.room().isEmpty()) {
            store.put(job.roomSince(Optional.of(now)));
        } else if (job.room().get().plus(limits.pickupPatience()).isBefore(now)) {
            lose(job, "a worker had room for it, and it did not arrive", now);
        }
    }

    private void lose(JobRecord job, String reason, Instant now) {
        cancel(job, now);
        remember(job, now);
        end(job, JobState.Event.LOSE);
        effects.accept(new DispatchEffect.Report(
                new SegmentReport.Lost(1, job.job().film(), job.job().index(), job.job().attempt(), job.job().dispatch(), job.started(), reason, now)));
    }

    private void remember(JobRecord job, Instant now) {
        if (job.deaths() > 0) {
            store.put(DeathsRecord.of(job, now));
        }
    }

    private void cancel(JobRecord job, Instant now) {
        effects.accept(new DispatchEffect.Control(new WorkerControl.CancelAttempt(1, job.job().attempt(), job.job().dispatch(), now)));
    }

    private void end(JobRecord job, JobState.Event event) {
        JobState.TABLE.next(job.state(), event, listener).ifPresent(ended -> store.delete(job));
    }

    private void judge(String pool, String id, String segmentKey, boolean done, Instant now) {
        store.worker(pool, id).ifPresent(worker -> {
            WorkerRecord judged = worker.failing(done ? List.of() : worker.failedOn(segmentKey, limits.benchAfter()));
            if (!judged.equals(worker)) {
                store.put(judged);
            }
            if (judged.failed().size() >= limits.benchAfter() && isFitter(pool, judged)) {
                WorkerState.TABLE.next(judged.state(), WorkerState.Event.BENCH, listener).ifPresent(to -> {
                    store.put(judged.resting(to, Optional.of(now.plus(limits.benchPause()))));
                    effects.accept(new DispatchEffect.Control(new WorkerControl.Bench(1, id, limits.benchPause().toMillis() / 1e3,
                            "failed on " + judged.failed().size() + " jobs in a row that others did not fail on", now)));
                });
            }
        });
    }

    /** Whether another worker is there that has not failed on the same work. So the last one that works is never benched. */
    private boolean isFitter(String pool, WorkerRecord failing) {
        return store.workers(pool).stream().anyMatch(other -> !other.worker().equals(failing.worker())
                && failing.lanes().stream().anyMatch(other::takes) && failing.failed().stream().noneMatch(other.failed()::contains));
    }

    /** Sends jobs until the runway is full. */
    private void fill(String pool, Instant now) {
        List<JobRecord> jobs = store.jobs(pool);
        if (jobs.stream().allMatch(JobRecord::outstanding)) {
            return;
        }
        Runway runway = new Runway(store.workers(pool), jobs);
        Map<String, Long> out = jobs.stream().filter(JobRecord::outstanding).collect(Collectors.groupingBy(JobRecord::tenant, Collectors.counting()));
        for (Lane lane : Lane.values()) {
            jobs.stream().filter(j -> j.state() == JobState.SENT && j.lane() == lane).forEach(j -> runway.take(lane));
            PoolRecord record = store.pool(pool);
            FairShare share = new FairShare(record.clock(lane), jobs.stream().filter(j -> j.state() == JobState.QUEUED && j.lane() == lane).toList(), out, limits);
            while (runway.has(lane)) {
                Optional<JobRecord> next = share.next();
                if (next.isEmpty()) {
                    break;
                }
                runway.take(lane);
                out.merge(next.get().tenant(), 1L, Long::sum);
                record = record.counted().with(lane, share.clock());
                send(next.get(), record.sequence(), now);
            }
            store.put(record);
        }
    }

    private void send(JobRecord queued, long number, Instant now) {
        SegmentJob offered = queued.job();
        SegmentJob job = new SegmentJob(1, offered.film(), offered.index(), offered.scene(), offered.attempt(), offered.work(), now.plus(limits.jobDeadline()),
                Ids.dispatch(offered.film(), offered.attempt().attempt(), number, now));
        JobState.TABLE.next(queued.state(), JobState.Event.SEND, listener).ifPresent(to -> store.put(queued.sent(job, number, to, now)));
        effects.accept(new DispatchEffect.Send(queued.pool(), queued.lane(), job));
        effects.accept(new DispatchEffect.Report(new SegmentReport.Dispatched(1, job.film(), job.index(), job.attempt(), job.dispatch(), now)));
    }
}
