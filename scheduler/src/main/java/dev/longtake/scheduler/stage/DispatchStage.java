package dev.longtake.scheduler.stage;

import dev.longtake.contract.Lane;
import dev.longtake.contract.LaneEvent;
import dev.longtake.contract.SegmentJob;
import dev.longtake.contract.SegmentReport;
import dev.longtake.contract.WorkerControl;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.film.state.JobState;
import dev.longtake.film.state.WorkerState;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Hands the ready jobs of a pool to its workers' topics.
 *
 * <p>Only a short runway lies in the queue: a job for each free slot and one more behind each busy one. The rest stays here, so that
 * priority, cancelling and fair share act at once. Lanes are served in strict order; inside a lane the tenant with the fewest jobs out
 * is next, and inside a tenant the oldest film. A job is given up when its deadline passes, or when a worker had room for it for too
 * long and did not take it: then the queue has dropped it.
 *
 * <p>Called by one thread at a time. Every decision depends only on the store, the input and {@code now}.
 */
public final class DispatchStage {
    private final DispatchStore store;
    private final StageSettings settings;
    private final Consumer<DispatchEffect> effects;

    public DispatchStage(DispatchStore store, StageSettings settings, Consumer<DispatchEffect> effects) {
        this.store = store;
        this.settings = settings;
        this.effects = effects;
    }

    public void on(LaneEvent event, Instant now) {
        String attempt = event.attempt().attempt();
        if (event instanceof LaneEvent.Ready ready) {
            if (store.job(ready.pool(), attempt).isEmpty()) {
                long arrived = store.jobs(ready.pool()).stream().mapToLong(JobRecord::arrived).max().orElse(0) + 1;
                store.put(new JobRecord(ready.pool(), ready.lane(), ready.job(), ready.submitted(), arrived, JobState.TABLE.initial(), Optional.empty(), Optional.empty(),
                        Optional.empty(), false));
            }
        } else if (event instanceof LaneEvent.Settled) {
            store.deleteJob(event.pool(), attempt);
        } else {
            store.job(event.pool(), attempt).filter(JobRecord::outstanding)
                    .ifPresent(job -> effects.accept(new DispatchEffect.Control(new WorkerControl.CancelAttempt(1, job.job().attempt(), job.job().dispatch(), now))));
            store.deleteJob(event.pool(), attempt);
        }
        fill(event.pool(), now);
    }

    public void on(WorkerHeartbeat beat, Instant now) {
        WorkerState state = switch (beat.state()) {
            case READY -> WorkerState.READY;
            case DRAINING -> WorkerState.DRAINING;
            case GONE -> WorkerState.GONE;
        };
        Set<String> shown = new HashSet<>();
        for (WorkerHeartbeat.Running running : beat.running()) {
            store.job(beat.pool(), running.attempt().attempt()).filter(JobRecord::outstanding).ifPresent(job -> {
                shown.add(job.attempt());
                store.put(job.to(JobState.RUNNING, Optional.of(beat.worker()), true));
            });
        }
        putDown(beat.pool(), beat.worker(), shown);
        if (state == WorkerState.GONE) {
            store.deleteWorker(beat.pool(), beat.worker());
        } else {
            store.put(new WorkerRecord(beat.pool(), beat.worker(), beat.lanes(), beat.slots(), beat.running().size(), state, now));
        }
        fill(beat.pool(), now);
    }

    /** Jobs that a worker no longer shows: reported soon, or handed to another by the queue. */
    private void putDown(String pool, String worker, Set<String> shown) {
        for (JobRecord job : store.jobs(pool)) {
            if (job.worker().equals(Optional.of(worker)) && !shown.contains(job.attempt())) {
                JobState.TABLE.next(job.state(), JobState.Event.PUT_DOWN).ifPresent(to -> store.put(job.to(to, Optional.empty(), job.started())));
            }
        }
    }

    /** Looks at silent workers, deadlines and jobs that nobody takes. */
    public void tick(Instant now) {
        for (String pool : store.pools()) {
            for (WorkerRecord worker : store.workers(pool)) {
                if (worker.heard().plus(settings.workerTimeout()).isBefore(now)) {
                    putDown(pool, worker.worker(), Set.of());
                    store.deleteWorker(pool, worker.worker());
                }
            }
            for (JobRecord job : store.jobs(pool)) {
                if (job.outstanding()) {
                    check(job, now);
                }
            }
            fill(pool, now);
        }
    }

    private void check(JobRecord job, Instant now) {
        if (job.job().deadline().isBefore(now)) {
            lose(job, job.started() ? "its deadline passed" : "no worker took it up before its deadline", now);
            return;
        }
        boolean room = job.state() == JobState.SENT
                && store.workers(job.pool()).stream().anyMatch(w -> w.takes(job.lane()) && w.busy() < w.slots());
        if (!room) {
            if (job.unclaimed().isPresent()) {
                store.put(job.unclaimedSince(Optional.empty()));
            }
        } else if (job.unclaimed().isEmpty()) {
            store.put(job.unclaimedSince(Optional.of(now)));
        } else if (job.unclaimed().get().plus(settings.pickupPatience()).isBefore(now)) {
            lose(job, "a worker had room for it, and it did not arrive", now);
        }
    }

    private void lose(JobRecord job, String reason, Instant now) {
        store.deleteJob(job.pool(), job.attempt());
        effects.accept(new DispatchEffect.Control(new WorkerControl.CancelAttempt(1, job.job().attempt(), job.job().dispatch(), now)));
        effects.accept(new DispatchEffect.Report(
                new SegmentReport.Lost(1, job.job().film(), job.job().index(), job.job().attempt(), job.job().dispatch(), job.started(), reason, now)));
    }

    /** Sends jobs until the runway is full. */
    private void fill(String pool, Instant now) {
        List<WorkerRecord> workers = store.workers(pool);
        if (workers.isEmpty()) {
            return;
        }
        List<JobRecord> jobs = store.jobs(pool);
        for (Lane lane : Lane.values()) {
            int slots = workers.stream().filter(w -> w.takes(lane)).mapToInt(WorkerRecord::slots).sum();
            int busy = workers.stream().filter(w -> w.takes(lane)).mapToInt(w -> Math.min(w.busy(), w.slots())).sum();
            // Jobs of other lanes that the same workers may take count against this lane's room, too.
            int room = slots + busy - (int) jobs.stream().filter(j -> j.outstanding() && sharesWorkers(workers, j.lane(), lane)).count();
            if (room <= 0) {
                continue;
            }
            Map<String, Integer> out = new HashMap<>();
            jobs.stream().filter(j -> j.outstanding() && j.lane() == lane).forEach(j -> out.merge(j.tenant(), 1, Integer::sum));
            List<JobRecord> queued = new java.util.ArrayList<>(jobs.stream().filter(j -> j.state() == JobState.QUEUED && j.lane() == lane).toList());
            for (; room > 0 && !queued.isEmpty(); room--) {
                JobRecord next = queued.stream().min(Comparator.comparingInt((JobRecord j) -> out.getOrDefault(j.tenant(), 0))
                        .thenComparing(JobRecord::submitted).thenComparingLong(JobRecord::arrived)).orElseThrow();
                queued.remove(next);
                out.merge(next.tenant(), 1, Integer::sum);
                send(next, now);
            }
            jobs = store.jobs(pool);
        }
    }

    private static boolean sharesWorkers(List<WorkerRecord> workers, Lane a, Lane b) {
        return a == b || workers.stream().anyMatch(w -> w.takes(a) && w.takes(b));
    }

    private void send(JobRecord queued, Instant now) {
        SegmentJob offered = queued.job();
        SegmentJob job = new SegmentJob(1, offered.film(), offered.index(), offered.scene(), offered.attempt(), offered.work(), now.plus(settings.jobDeadline()),
                Ids.dispatch(queued.attempt(), now.toEpochMilli()));
        store.put(queued.sent(job, now));
        effects.accept(new DispatchEffect.Send(queued.pool(), queued.lane(), job));
        effects.accept(new DispatchEffect.Report(new SegmentReport.Dispatched(1, job.film(), job.index(), job.attempt(), job.dispatch(), now)));
    }
}
