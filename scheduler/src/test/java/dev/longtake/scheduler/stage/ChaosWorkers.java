package dev.longtake.scheduler.stage;

import dev.longtake.contract.Lane;
import dev.longtake.contract.SegmentJob;
import dev.longtake.contract.SegmentReport;
import dev.longtake.contract.WorkerControl;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.scheduler.stage.dispatch.DispatchEffect;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The workers of a simulated farm and the queue they take from: crashes, freezes, zombies, drains, bad machines, dropped and doubled jobs. */
final class ChaosWorkers {
    /** What was stored of each attempt: written once. */
    final Map<String, SegmentReport.Rendered> complete = new HashMap<>();

    private final ChaosRun run;
    private final Map<Lane, List<SegmentJob>> topics = new EnumMap<>(Lane.class);
    private final List<Worker> workers = new ArrayList<>();
    private final Set<String> cancelled = new HashSet<>();

    private static final class Worker {
        String id;
        final List<Lane> lanes;
        final boolean bad;
        boolean alive = true;
        boolean draining;
        Instant restsUntil = ChaosRun.START;
        SegmentJob job;

        Worker(String id, List<Lane> lanes, boolean bad) {
            this.id = id;
            this.lanes = lanes;
            this.bad = bad;
        }
    }

    ChaosWorkers(ChaosRun run) {
        this.run = run;
        for (Lane lane : Lane.values()) {
            topics.put(lane, new ArrayList<>());
        }
    }

    void begin() {
        int count = 1 + run.random.nextInt(3);
        for (int i = 0; i < count; i++) {
            // The first serves everything and is sound, so that every film can end.
            List<Lane> lanes = i == 0 || run.chance(2) ? List.of(Lane.values()) : List.of(Lane.values()[run.random.nextInt(2)]);
            workers.add(new Worker("w" + i, lanes, i > 0 && run.chance(4)));
        }
        run.at(Duration.ofMillis(300), this::heartbeats);
        workers.stream().filter(w -> run.chance(w.bad ? 2 : 5)).forEach(w -> run.at(run.upTo(60_000), () -> w.draining = true));
    }

    private void heartbeats() {
        for (Worker w : workers) {
            if (w.draining && w.alive && run.chance(10)) {
                // Killed before its last word.
                w.alive = false;
                w.draining = false;
                w.job = null;
                run.at(Duration.ofSeconds(20), () -> {
                    w.id = w.id + "-";
                    w.alive = true;
                });
            } else if (w.draining && w.alive && w.job == null) {
                beat(w, WorkerHeartbeat.State.GONE);
                w.alive = false;
                w.draining = false;
                run.at(run.upTo(20_000), () -> {
                    w.id = w.id + "'";
                    w.alive = true;
                });
            }
            if (w.alive) {
                beat(w, w.draining ? WorkerHeartbeat.State.DRAINING : WorkerHeartbeat.State.READY);
            }
            take(w);
        }
        run.at(Duration.ofSeconds(1), this::heartbeats);
    }

    private void beat(Worker w, WorkerHeartbeat.State state) {
        List<WorkerHeartbeat.Running> running = w.job == null ? List.of() : List.of(new WorkerHeartbeat.Running(w.job.film(), w.job.index(), w.job.attempt(), w.job.dispatch(), 1, 8));
        // Its own clock is wrong by a year.
        WorkerHeartbeat beat = new WorkerHeartbeat(1, w.id, ChaosRun.POOL, w.lanes, 1, "cafe", "cpu", state, running, run.now.minus(Duration.ofDays(365)));
        run.at(run.upTo(50), () -> run.toDispatch(beat));
    }

    void send(DispatchEffect.Send send) {
        int fate = run.random.nextInt(50);
        List<SegmentJob> topic = topics.get(send.lane());
        if (fate != 0) {
            run.at(run.upTo(100), () -> topic.add(send.job()));
        }
        if (fate == 1) {
            run.at(run.upTo(5_000), () -> topic.add(send.job()));
        }
    }

    void obey(WorkerControl control) {
        if (control instanceof WorkerControl.CancelAttempt cancel) {
            cancelled.add(cancel.dispatch());
            workers.stream().filter(w -> w.alive && w.job != null && w.job.dispatch().equals(cancel.dispatch())).forEach(w -> w.job = null);
        } else if (control instanceof WorkerControl.Bench bench) {
            workers.stream().filter(w -> w.id.equals(bench.worker())).forEach(w -> {
                w.restsUntil = run.now.plusMillis((long) (bench.seconds() * 1e3));
                w.draining = run.chance(3);
            });
        }
    }

    private void take(Worker w) {
        Optional<List<SegmentJob>> topic = w.lanes.stream().map(topics::get).filter(t -> !t.isEmpty()).findFirst();
        if (!w.alive || w.draining || w.job != null || topic.isEmpty() || run.now.isBefore(w.restsUntil)) {
            return;
        }
        SegmentJob job = topic.get().remove(0);
        if (!cancelled.contains(job.dispatch()) && !job.deadline().isBefore(run.now)) {
            w.job = job;
            run.at(run.upTo(4_000), () -> work(w, job, topic.get()));
        }
    }

    /** The worker gets somewhere with its job, or something happens to it. */
    private void work(Worker w, SegmentJob job, List<SegmentJob> topic) {
        if (w.job != job) {
            return;
        }
        int fate = w.bad && !run.chance(5) ? 2 : run.random.nextInt(60);
        if (fate == 0 && run.chance(4)) {
            // It hangs, and says that all is well.
            run.at(Duration.ofMinutes(15), () -> done(w, job));
        } else if (fate == 0) {
            crash(w, job, topic);
        } else if (fate == 1) {
            freeze(w, job, topic);
        } else if (fate == 2) {
            fail(w, job, SegmentReport.Cause.SOFT);
        } else if (fate < 5 || run.storeAway()) {
            fail(w, job, SegmentReport.Cause.OUTSIDE);
        } else if (fate == 5) {
            w.job = null;
            run.report(new SegmentReport.Released(1, job.film(), job.index(), job.attempt(), w.id, run.now));
        } else if (job.work() instanceof SegmentJob.Work.Render r && r.prompt().contains("poison")) {
            fail(w, job, SegmentReport.Cause.POISON);
        } else {
            done(w, job);
        }
    }

    private void crash(Worker w, SegmentJob job, List<SegmentJob> topic) {
        w.alive = false;
        w.job = null;
        if (run.chance(2) && job.work() instanceof SegmentJob.Work.Render) {
            complete.putIfAbsent(job.attempt().attempt(), rendered(w, job));
        }
        run.at(Duration.ofSeconds(2 + run.random.nextInt(4)), () -> {
            if (!run.chance(10)) {
                topic.add(0, job);
            }
        });
        run.at(Duration.ofSeconds(5 + run.random.nextInt(20)), () -> {
            w.id = w.id + "+";
            w.alive = true;
        });
    }

    /** Frozen past its lock: the queue hands the job to another; it wakes up later and reports all the same. */
    private void freeze(Worker w, SegmentJob job, List<SegmentJob> topic) {
        w.alive = false;
        run.at(Duration.ofSeconds(15), () -> topic.add(0, job));
        run.at(Duration.ofSeconds(20 + run.random.nextInt(1_200)), () -> {
            w.alive = true;
            done(w, job);
        });
    }

    private void fail(Worker w, SegmentJob job, SegmentReport.Cause cause) {
        w.job = null;
        run.report(new SegmentReport.Failed(1, job.film(), job.index(), job.attempt(), w.id, cause, cause + " trouble \"" + "\u0000x".repeat(2_000), run.now));
    }

    private SegmentReport.Rendered rendered(Worker w, SegmentJob job) {
        SegmentJob.Work.Render r = (SegmentJob.Work.Render) job.work();
        return new SegmentReport.Rendered(1, job.film(), job.index(), job.attempt(), r.parent(), w.id, r.bundle(), "t-" + w.id, "l", "redis", r.parent().isPresent() ? 5 : 0,
                r.newFrames(), new SegmentReport.Timing(0, 1, 0, 0), run.now);
    }

    private void done(Worker w, SegmentJob job) {
        w.job = null;
        String attempt = job.attempt().attempt();
        if (job.work() instanceof SegmentJob.Work.Render) {
            complete.putIfAbsent(attempt, rendered(w, job));
            run.report(complete.get(attempt));
            if (run.chance(20)) {
                return;
            }
        }
        run.at(run.upTo(2_000), () -> run.report(new SegmentReport.Clipped(1, job.film(), job.index(), job.attempt(), w.id, "c-" + attempt, 1, 0.1, run.now)));
    }
}
