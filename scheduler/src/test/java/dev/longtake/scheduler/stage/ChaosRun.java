package dev.longtake.scheduler.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.AssemblyReport;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Json;
import dev.longtake.contract.Lane;
import dev.longtake.contract.LaneEvent;
import dev.longtake.contract.Lineage;
import dev.longtake.contract.Message;
import dev.longtake.contract.SegmentReport;
import dev.longtake.contract.WorkerControl;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.state.TransitionListener;
import dev.longtake.scheduler.memory.MemoryState;
import dev.longtake.scheduler.stage.dispatch.DispatchEffect;
import dev.longtake.scheduler.stage.dispatch.DispatchLimits;
import dev.longtake.scheduler.stage.dispatch.DispatchStage;
import dev.longtake.scheduler.stage.dispatch.DispatchStore;
import dev.longtake.scheduler.stage.film.FilmStage;
import dev.longtake.scheduler.stage.film.FilmEffect;
import dev.longtake.scheduler.stage.film.FilmLimits;
import dev.longtake.scheduler.stage.film.FilmStore;
import dev.longtake.scheduler.stage.film.PlanSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/** One simulated farm: both stages, a queue, workers, a stitcher and a store, and what goes wrong with them, all from a seed. */
final class ChaosRun {
    static final String POOL = "cpu";
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration LIMIT = Duration.ofHours(24);

    final long seed;
    final Random random;
    final MemoryState filmState = new MemoryState();
    final MemoryState dispatchState = new MemoryState();
    final FilmStore films = new FilmStore(filmState);
    final DispatchStore dispatch = new DispatchStore(dispatchState);
    final Map<String, FilmPlan> plans = new HashMap<>();
    final List<Input> filmInputs = new ArrayList<>();
    final List<Input> dispatchInputs = new ArrayList<>();
    final List<String> filmEffects = new ArrayList<>();
    final List<String> dispatchEffects = new ArrayList<>();
    final List<FilmState> published = new ArrayList<>();
    final List<FilmEvent> events = new ArrayList<>();
    final Map<FilmRef, Lineage> lineages = new HashMap<>();
    final Set<FilmRef> submitted = new HashSet<>();
    final ChaosWorkers workers;
    final DispatchLimits dispatchLimits;
    Instant now = START;

    private final FilmStage filmStage;
    private final DispatchStage dispatchStage;
    private final PriorityQueue<Due> agenda = new PriorityQueue<>((a, b) -> a.at().equals(b.at()) ? Long.compare(a.order(), b.order()) : a.at().compareTo(b.at()));
    private final Set<String> cached = new HashSet<>();
    private final boolean stitcherIsBroken;
    private Instant storeAwayUntil = START;
    private long order;

    /** Something that happens at a time. */
    private record Due(Instant at, long order, Runnable what) {}

    /** What a stage was told: a message, or that time has passed. @param planAway whether plans could be read then */
    record Input(Instant now, Message message, List<Boolean> plansRead) {}

    ChaosRun(long seed, TransitionListener listener) {
        this.seed = seed;
        this.random = new Random(seed);
        this.stitcherIsBroken = chance(20);
        this.dispatchLimits = new DispatchLimits(Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofSeconds(10), 2, Duration.ofMinutes(1),
                chance(3) ? OptionalInt.of(1 + random.nextInt(3)) : OptionalInt.empty(), Map.of("tenant1", 2.0));
        this.filmStage = new FilmStage(films, this::plan, FilmLimits.DEFAULT, this::film, listener);
        this.dispatchStage = new DispatchStage(dispatch, dispatchLimits, this::dispatched, listener);
        this.workers = new ChaosWorkers(this);
    }

    boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    void at(Duration delay, Runnable what) {
        agenda.add(new Due(now.plus(delay), order++, what));
    }

    Duration upTo(int millis) {
        return Duration.ofMillis(1 + random.nextInt(millis));
    }

    boolean storeAway() {
        return now.isBefore(storeAwayUntil);
    }

    private FilmPlan plan(String key, String digest) throws PlanSource.UnusablePlanException, PlanSource.PlanAwayException {
        boolean readable = cached.contains(key) || !storeAway();
        filmInputs.get(filmInputs.size() - 1).plansRead().add(readable);
        return read(key, readable);
    }

    private FilmPlan read(String key, boolean readable) throws PlanSource.UnusablePlanException, PlanSource.PlanAwayException {
        if (!readable) {
            throw new PlanSource.PlanAwayException("the store is away");
        }
        FilmPlan plan = plans.get(key);
        if (plan == null) {
            throw new PlanSource.UnusablePlanException("no object " + key);
        }
        cached.add(key);
        return plan;
    }

    void go() {
        boolean poison = chance(4);
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            order(new FilmRef("tenant" + random.nextInt(2), "film" + i, 1), poison && i == 0);
        }
        for (int outage = random.nextInt(3); outage > 0; outage--) {
            at(upTo(chance(3) ? 1_000 : 90_000), () -> storeAwayUntil = now.plus(upTo(chance(4) ? 600_000 : 60_000)));
        }
        for (int restart = random.nextInt(3); restart > 0; restart--) {
            at(upTo(60_000), cached::clear);
        }
        workers.begin();
        at(Duration.ofMillis(500), this::tick);
        Instant quiet = null;
        while (!agenda.isEmpty() && now.isBefore(START.plus(LIMIT))) {
            Due due = agenda.poll();
            if (chance(20_000)) {
                // A machine that slept: everything is suddenly late.
                now = due.at().plus(upTo(1_200_000));
            }
            now = due.at().isAfter(now) ? due.at() : now;
            due.what().run();
            boolean over = now.isAfter(START.plusSeconds(200)) && submitted.stream().allMatch(f -> films.film(f).map(r -> r.state().isFinal()).orElse(false)) && dispatch.jobs(POOL).isEmpty();
            quiet = over ? (quiet == null ? now : quiet) : null;
            if (quiet != null && quiet.plusSeconds(60).isBefore(now)) {
                return;
            }
        }
    }

    private void order(FilmRef ref, boolean poison) {
        String key = "plan-" + ref.film() + "-" + ref.revision();
        if (!chance(25)) {
            plans.put(key, Plans.random(random, poison));
        }
        Lane lane = chance(2) ? Lane.BATCH : Lane.INTERACTIVE;
        String pool = chance(60) ? "nowhere" : POOL;
        submitted.add(ref);
        at(upTo(20_000), () -> {
            FilmCommand submit = new FilmCommand.Submit(1, ref, key, "d", "t", lane, pool, now);
            toFilm(submit);
            if (chance(5)) {
                at(upTo(60_000), () -> toFilm(submit));
            }
        });
        if (chance(6)) {
            at(upTo(60_000), () -> toFilm(new FilmCommand.Cancel(1, ref, now)));
        }
        if (chance(4)) {
            at(upTo(30_000), () -> toFilm(new FilmCommand.Pause(1, ref, now)));
            at(upTo(30_000).plusSeconds(30), () -> toFilm(new FilmCommand.Resume(1, ref, now)));
        }
        if (ref.revision() == 1 && chance(8)) {
            at(upTo(60_000), () -> order(new FilmRef(ref.tenant(), ref.film(), 2), false));
        } else if (chance(4)) {
            at(upTo(90_000), () -> toFilm(new FilmCommand.Retry(1, ref, now)));
        }
    }

    private void tick() {
        toFilm(null);
        toDispatch(null);
        at(Duration.ofMillis(500), this::tick);
    }

    /** Reports arrive late, doubled and out of order, and now and then not at all. */
    void report(SegmentReport report) {
        if (chance(100)) {
            return;
        }
        at(upTo(400), () -> toFilm(report));
        if (chance(15)) {
            at(upTo(30_000), () -> toFilm(report));
        }
    }

    void toFilm(Message message) {
        if (message != null && chance(60)) {
            zombie(message);
        }
        filmInputs.add(new Input(now, message, new ArrayList<>()));
        tell(filmStage, message, now);
    }

    /** Another scheduler decides on the same input, and is fenced off: its state is gone, some of its messages are not. */
    private void zombie(Message message) {
        List<FilmEffect> leaked = new ArrayList<>();
        tell(new FilmStage(new FilmStore(filmState.copy()), (key, digest) -> read(key, true), FilmLimits.DEFAULT, leaked::add, TransitionListener.NONE), message, now.plus(upTo(2_000)));
        leaked.stream().filter(e -> e instanceof FilmEffect.ToLane && chance(2)).forEach(e -> at(upTo(5_000), () -> toDispatch(((FilmEffect.ToLane) e).event())));
    }

    static void tell(FilmStage stage, Message message, Instant now) {
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

    void toDispatch(Message message) {
        dispatchInputs.add(new Input(now, message, List.of()));
        tell(dispatchStage, message, now);
    }

    static void tell(DispatchStage stage, Message message, Instant now) {
        if (message instanceof LaneEvent e) {
            stage.on(e, now);
        } else if (message instanceof WorkerHeartbeat b) {
            stage.on(b, now);
        } else {
            stage.tick(now);
        }
    }

    private void film(FilmEffect effect) {
        filmEffects.add(effect.toString());
        if (effect instanceof FilmEffect.ToLane lane) {
            if (!chance(300)) {
                // One partition: lane events keep their order.
                at(Duration.ofMillis(10), () -> toDispatch(lane.event()));
            }
            if (chance(100)) {
                at(upTo(60_000), () -> toDispatch(lane.event()));
            }
        } else if (effect instanceof FilmEffect.Publish publish) {
            published.add(publish.state());
            assertThat(Json.write(publish.state()).length).as("seed %d: bytes of a summary", seed).isLessThan(4_096);
        } else if (effect instanceof FilmEffect.Announce announce) {
            events.add(announce.event());
            if (announce.event() instanceof FilmEvent.SegmentChanged changed && changed.to().equals("accepted")) {
                assertThat(workers.complete).as("seed %d: what is accepted is complete", seed).containsKey(changed.attempt().orElseThrow().attempt());
            }
        } else if (effect instanceof FilmEffect.Assemble assemble) {
            at(Duration.ZERO, () -> stitch(assemble));
        }
    }

    private void stitch(FilmEffect.Assemble job) {
        if (storeAway()) {
            toFilm(new AssemblyReport.Failed(1, job.film(), job.assembly(), "the store is away", List.of(), true, now));
            return;
        }
        lineages.put(job.film(), job.lineage());
        int fate = stitcherIsBroken ? 4 : random.nextInt(20);
        if (fate < 2) {
            return;
        }
        AssemblyReport report = switch (fate) {
            case 2, 3 -> new AssemblyReport.Failed(1, job.film(), job.assembly(), "clip 0 is unreadable", List.of(0), false, now);
            case 4 -> new AssemblyReport.Failed(1, job.film(), job.assembly(), "the disk is full", List.of(), false, now);
            case 5 -> new AssemblyReport.Failed(1, job.film(), job.assembly(), "the store is away", List.of(), true, now);
            default -> new AssemblyReport.Assembled(1, job.film(), job.assembly(), "film", "d", 1, job.lineage().frames(), 1, now);
        };
        at(upTo(3_000), () -> toFilm(report));
        if (chance(6)) {
            at(upTo(60_000), () -> toFilm(report));
        }
    }

    private void dispatched(DispatchEffect effect) {
        dispatchEffects.add(effect.toString());
        if (effect instanceof DispatchEffect.Send send) {
            dispatchLimits.tenantJobs().ifPresent(most -> assertThat(dispatch.jobs(POOL).stream().filter(j -> j.outstanding() && j.tenant().equals(send.job().film().tenant())).count())
                    .as("seed %d: jobs of a tenant that are out", seed).isLessThanOrEqualTo(most));
            workers.send(send);
        } else if (effect instanceof DispatchEffect.Report report) {
            if (!chance(200)) {
                at(chance(20) ? upTo(10_000) : Duration.ofMillis(5), () -> toFilm(report.report()));
            }
        } else if (effect instanceof DispatchEffect.Control control) {
            workers.obey(control.control());
        }
    }

    /** The same inputs at the same times give the same decisions and the same state. */
    void auditReplay() {
        List<String> again = new ArrayList<>();
        MemoryState state = new MemoryState();
        List<Boolean> readable = new ArrayList<>();
        Consumer<FilmEffect> effects = e -> again.add(e.toString());
        FilmStage films = new FilmStage(new FilmStore(state), (key, digest) -> read(key, readable.remove(0)), FilmLimits.DEFAULT, effects, TransitionListener.NONE);
        for (Input input : filmInputs) {
            readable.addAll(input.plansRead());
            tell(films, input.message(), input.now());
        }
        assertThat(again).as("seed %d: the film stage, replayed", seed).isEqualTo(filmEffects);
        assertThat(state.records()).as("seed %d: its state", seed).isEqualTo(filmState.records());
        again.clear();
        MemoryState other = new MemoryState();
        DispatchStage dispatches = new DispatchStage(new DispatchStore(other), dispatchLimits, e -> again.add(e.toString()), TransitionListener.NONE);
        dispatchInputs.forEach(input -> tell(dispatches, input.message(), input.now()));
        assertThat(again).as("seed %d: the dispatch stage, replayed", seed).isEqualTo(dispatchEffects);
        assertThat(other.records()).as("seed %d: its state", seed).isEqualTo(dispatchState.records());
    }
}
