package dev.longtake.scheduler.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.AssemblyReport;
import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Lane;
import dev.longtake.contract.LaneEvent;
import dev.longtake.contract.Lineage;
import dev.longtake.contract.Message;
import dev.longtake.contract.SegmentJob;
import dev.longtake.contract.SegmentReport;
import dev.longtake.contract.WorkerControl;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.state.RevisionState;
import dev.longtake.scheduler.memory.MemoryDispatchStore;
import dev.longtake.scheduler.memory.MemoryFilmStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Both stages against workers that crash, freeze and come back, a queue that drops, doubles and delays, stores that go away and poisonous
 * prompts, all from a seed and under a virtual clock. Audited: every film ends; each segment is one attempt whose objects were complete
 * before it was accepted; each child used its accepted parent's attempt; nothing stays out for ever; a replay decides the same.
 */
class ChaosTest {
    private static final String POOL = "cpu";
    private static final int SEEDS = Integer.getInteger("longtake.chaos.seeds", 300);

    @Test
    void everyFilmEndsAndEachSegmentIsOneAttempt() {
        long first = Long.getLong("longtake.seed", System.nanoTime() & 0xffffff);
        System.out.println("longtake.seed=" + first + " (" + SEEDS + " seeds)");
        Map<String, Integer> ends = new TreeMap<>();
        long events = 0;
        for (long seed = first; seed < first + SEEDS; seed++) {
            Run run = new Run(seed);
            run.go();
            run.audit(ends);
            events += run.inputs.size();
            if (seed % 10 == 0) {
                run.auditReplay();
            }
        }
        System.out.println("ends " + ends + ", events " + events);
        assertThat(ends.keySet()).contains("finished", "failed", "cancelled");
    }

    /** A message on its way, or something that happens at a time. */
    private record Due(Instant at, long order, Runnable what) {}

    private record Input(Instant now, Message message) {}

    private static final class Worker {
        final String id;
        boolean alive = true;
        SegmentJob job;

        Worker(String id) {
            this.id = id;
        }
    }

    private static final class Run {
        private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
        private final long seed;
        private final Random random;
        private final MemoryFilmStore films = new MemoryFilmStore();
        private final MemoryDispatchStore dispatch = new MemoryDispatchStore();
        private final Map<String, FilmPlan> plans = new HashMap<>();
        private final PriorityQueue<Due> agenda = new PriorityQueue<>((a, b) -> a.at().equals(b.at()) ? Long.compare(a.order(), b.order()) : a.at().compareTo(b.at()));
        private final List<Input> inputs = new ArrayList<>();
        private final List<String> decisions = new ArrayList<>();
        private final List<SegmentJob> topic = new ArrayList<>();
        private final List<Worker> workers = new ArrayList<>();
        private final Map<String, SegmentReport.Rendered> complete = new HashMap<>();
        private final Map<FilmRef, Lineage> finished = new HashMap<>();
        private final Set<String> cancelled = new HashSet<>();
        private final boolean poison;
        private final FilmStage filmStage;
        private final DispatchStage dispatchStage;
        private Instant now = START;
        private long order;
        private int incarnation;

        Run(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.poison = random.nextInt(4) == 0;
            this.filmStage = new FilmStage(films, this::plan, StageSettings.DEFAULT, this::film);
            this.dispatchStage = new DispatchStage(dispatch, StageSettings.DEFAULT, this::dispatched);
        }

        private FilmPlan plan(String key, String digest) throws PlanSource.UnusablePlanException {
            FilmPlan plan = plans.get(key);
            if (plan == null) {
                throw new PlanSource.UnusablePlanException("no object " + key);
            }
            return plan;
        }

        private boolean chance(int oneIn) {
            return random.nextInt(oneIn) == 0;
        }

        private void at(Duration delay, Runnable what) {
            agenda.add(new Due(now.plus(delay), order++, what));
        }

        private Duration millis(int most) {
            return Duration.ofMillis(1 + random.nextInt(most));
        }

        void go() {
            int count = 1 + random.nextInt(4);
            for (int i = 0; i < count; i++) {
                FilmRef ref = new FilmRef("tenant" + random.nextInt(2), "film" + i, 1);
                String key = "plan" + i;
                if (!chance(25)) {
                    plans.put(key, Plans.random(random, poison && i == 0));
                }
                Lane lane = chance(2) ? Lane.BATCH : Lane.INTERACTIVE;
                at(millis(20_000), () -> toFilm(new FilmCommand.Submit(1, ref, key, "d", "t", lane, POOL, now)));
                if (chance(6)) {
                    at(millis(60_000), () -> toFilm(new FilmCommand.Cancel(1, ref, now)));
                }
            }
            for (int i = 0; i < 1 + random.nextInt(3); i++) {
                workers.add(new Worker("w" + i));
            }
            at(Duration.ofMillis(500), this::tick);
            at(Duration.ofMillis(300), this::heartbeats);
            Instant end = START.plus(Duration.ofHours(4));
            while (!agenda.isEmpty() && now.isBefore(end)) {
                Due due = agenda.poll();
                now = due.at();
                due.what().run();
                if (over()) {
                    return;
                }
            }
        }

        private boolean over() {
            return now.isAfter(START.plusSeconds(30)) && films.films().size() > 0 && films.films().stream().allMatch(f -> f.state().isFinal())
                    && dispatch.jobs(POOL).isEmpty() && agenda.stream().noneMatch(d -> d.at().isBefore(now.plusSeconds(90)) && d.order() < 12);
        }

        private void tick() {
            filmStage.tick(now);
            inputs.add(new Input(now, null));
            dispatchStage.tick(now);
            at(Duration.ofMillis(500), this::tick);
        }

        private void heartbeats() {
            for (Worker w : workers) {
                if (w.alive) {
                    List<WorkerHeartbeat.Running> running = w.job == null ? List.of()
                            : List.of(new WorkerHeartbeat.Running(w.job.film(), w.job.index(), w.job.attempt(), w.job.dispatch(), 1, 8));
                    WorkerHeartbeat beat = new WorkerHeartbeat(1, w.id, POOL, List.of(Lane.values()), 1, "cafe", "cpu", WorkerHeartbeat.State.READY, running, now);
                    at(millis(50), () -> dispatchStage.on(beat, now));
                }
                take(w);
            }
            at(Duration.ofSeconds(1), this::heartbeats);
        }

        private void take(Worker w) {
            if (!w.alive || w.job != null || topic.isEmpty()) {
                return;
            }
            SegmentJob job = topic.remove(0);
            if (cancelled.contains(job.dispatch())) {
                return;
            }
            w.job = job;
            int mine = incarnation;
            at(millis(4_000), () -> work(w, job, mine));
        }

        /** The worker gets somewhere with its job, or something happens to it. */
        private void work(Worker w, SegmentJob job, int mine) {
            int fate = random.nextInt(40);
            if (fate == 0) {
                crash(w, job);
                return;
            }
            if (fate == 1) {
                // Frozen past its lock: the queue hands the job to another; the worker wakes up later and reports all the same.
                w.alive = false;
                at(Duration.ofSeconds(15), () -> topic.add(job));
                at(Duration.ofSeconds(20 + random.nextInt(60)), () -> {
                    w.alive = true;
                    done(w, job);
                });
                return;
            }
            if (fate == 2) {
                fail(w, job, SegmentReport.Cause.SOFT);
            } else if (fate < 5) {
                fail(w, job, SegmentReport.Cause.OUTSIDE);
            } else if (fate == 5) {
                w.job = null;
                toFilmLater(new SegmentReport.Released(1, job.film(), job.index(), job.attempt(), w.id, now));
            } else if (job.work() instanceof SegmentJob.Work.Render r && r.prompt().contains("poison")) {
                fail(w, job, SegmentReport.Cause.POISON);
            } else {
                done(w, job);
            }
        }

        private void crash(Worker w, SegmentJob job) {
            boolean stored = chance(2);
            w.alive = false;
            w.job = null;
            incarnation++;
            if (stored && job.work() instanceof SegmentJob.Work.Render) {
                complete.put(job.attempt().attempt(), rendered(w, job));
            }
            at(Duration.ofSeconds(2 + random.nextInt(4)), () -> {
                if (!chance(10)) {
                    topic.add(job);
                }
            });
            at(Duration.ofSeconds(5 + random.nextInt(20)), () -> w.alive = true);
        }

        private void fail(Worker w, SegmentJob job, SegmentReport.Cause cause) {
            w.job = null;
            toFilmLater(new SegmentReport.Failed(1, job.film(), job.index(), job.attempt(), w.id, cause, cause + " trouble", now));
        }

        private SegmentReport.Rendered rendered(Worker w, SegmentJob job) {
            SegmentJob.Work.Render r = (SegmentJob.Work.Render) job.work();
            return new SegmentReport.Rendered(1, job.film(), job.index(), job.attempt(), r.parent(), w.id, r.bundle(), "t-" + w.id + order, "l", "redis",
                    r.parent().isPresent() ? 5 : 0, r.newFrames(), new SegmentReport.Timing(0, 1, 0, 0), now);
        }

        private void done(Worker w, SegmentJob job) {
            w.job = null;
            String attempt = job.attempt().attempt();
            if (job.work() instanceof SegmentJob.Work.Render) {
                complete.putIfAbsent(attempt, rendered(w, job));
                toFilmLater(complete.get(attempt));
                if (chance(20)) {
                    return;
                }
            }
            at(millis(2_000), () -> toFilmLater(new SegmentReport.Clipped(1, job.film(), job.index(), job.attempt(), w.id, "c-" + attempt, 1, 0.1, now)));
        }

        /** Reports arrive late, doubled and out of order. */
        private void toFilmLater(Message message) {
            at(millis(400), () -> toFilm(message));
            if (chance(15)) {
                at(millis(30_000), () -> toFilm(message));
            }
        }

        private void toFilm(Message message) {
            inputs.add(new Input(now, message));
            feed(filmStage, message, now);
        }

        private static void feed(FilmStage stage, Message message, Instant now) {
            if (message instanceof FilmCommand c) {
                stage.on(c, now);
            } else if (message instanceof SegmentReport r) {
                stage.on(r, now);
            } else if (message instanceof AssemblyReport r) {
                stage.on(r, now);
            } else {
                stage.tick(now);
            }
        }

        private void film(FilmEffect effect) {
            decisions.add(effect.toString());
            if (effect instanceof FilmEffect.ToLane lane) {
                // One partition: lane events keep their order.
                LaneEvent event = lane.event();
                at(Duration.ofMillis(10), () -> dispatchStage.on(event, now));
            } else if (effect instanceof FilmEffect.Assemble assemble) {
                for (Lineage.Entry e : assemble.lineage().segments()) {
                    assertThat(complete).as("seed %d: assembled from complete attempts", seed).containsKey(e.attempt().attempt());
                }
                if (chance(10)) {
                    return;
                }
                boolean bad = chance(6);
                at(millis(3_000), () -> toFilm(bad
                        ? new AssemblyReport.Failed(1, assemble.film(), assemble.assembly(), "clip 0 is unreadable", chance(2) ? List.of(0) : List.of(), chance(3), now)
                        : new AssemblyReport.Assembled(1, assemble.film(), assemble.assembly(), "film", "d", 1, assemble.lineage().frames(), 1, now)));
                finished.put(assemble.film(), assemble.lineage());
            }
        }

        private void dispatched(DispatchEffect effect) {
            if (effect instanceof DispatchEffect.Send send) {
                int fate = random.nextInt(50);
                if (fate != 0) {
                    at(millis(100), () -> topic.add(send.job()));
                }
                if (fate == 1) {
                    at(millis(5_000), () -> topic.add(send.job()));
                }
            } else if (effect instanceof DispatchEffect.Report report) {
                at(Duration.ofMillis(5), () -> toFilm(report.report()));
            } else if (effect instanceof DispatchEffect.Control control && control.control() instanceof WorkerControl.CancelAttempt cancel) {
                cancelled.add(cancel.dispatch());
                workers.stream().filter(w -> w.alive && w.job != null && w.job.dispatch().equals(cancel.dispatch())).forEach(w -> w.job = null);
            }
        }

        void audit(Map<String, Integer> ends) {
            for (FilmRecord film : films.films()) {
                assertThat(film.state().isFinal()).as("seed %d: %s ended (is %s, %s of %s clipped, segments %s)", seed, film.ref(), film.state(), film.clipped(), film.segments(), films.segments(film.ref())).isTrue();
                ends.merge(film.state().label(), 1, Integer::sum);
                if (film.state() == RevisionState.FAILED) {
                    assertThat(film.reason()).as("seed %d: a failed film says why", seed).isPresent();
                }
                if (film.state() == RevisionState.FINISHED) {
                    FilmPlan plan = plans.get(film.planKey());
                    List<Lineage.Entry> segments = finished.get(film.ref()).segments();
                    assertThat(segments).as("seed %d: all segments", seed).hasSize(plan.segments().size());
                    for (Lineage.Entry e : segments) {
                        Optional<AttemptRef> parent = plan.segments().get(e.index()).startsChain() ? Optional.empty() : Optional.of(segments.get(e.index() - 1).attempt());
                        assertThat(e.parent()).as("seed %d: segment %d used its parent's accepted attempt", seed, e.index()).isEqualTo(parent);
                        assertThat(complete.get(e.attempt().attempt()).parent()).as("seed %d: its tokens did, too", seed).isEqualTo(parent);
                        assertThat(e.clipDigest()).as("seed %d: its clip is durable", seed).isEqualTo("c-" + e.attempt().attempt());
                    }
                }
            }
            assertThat(dispatch.jobs(POOL)).as("seed %d: nothing stays out for ever", seed).isEmpty();
            assertThat(films.timers()).as("seed %d: no timer is left", seed).isZero();
        }

        /** The same inputs at the same times give the same decisions. */
        void auditReplay() {
            List<String> again = new ArrayList<>();
            FilmStage replay = new FilmStage(new MemoryFilmStore(), this::plan, StageSettings.DEFAULT, e -> again.add(e.toString()));
            inputs.forEach(i -> feed(replay, i.message(), i.now()));
            assertThat(again).as("seed %d: replay", seed).isEqualTo(decisions);
        }
    }
}
