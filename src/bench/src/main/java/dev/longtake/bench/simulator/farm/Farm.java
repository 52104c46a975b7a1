package dev.longtake.bench.simulator.farm;

import dev.longtake.bench.simulator.faults.Fault;
import dev.longtake.bench.simulator.faults.Faults;
import dev.longtake.contract.AssemblyReport;
import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.ExpiryJob;
import dev.longtake.contract.ExpiryReport;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.LaneEvent;
import dev.longtake.contract.SegmentJob;
import dev.longtake.contract.SegmentReport;
import dev.longtake.contract.WorkerControl;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.film.state.TransitionListener;
import dev.longtake.scheduler.stage.dispatch.DispatchEffect;
import dev.longtake.scheduler.stage.dispatch.DispatchLimits;
import dev.longtake.scheduler.stage.dispatch.DispatchStore;
import dev.longtake.scheduler.stage.film.FilmEffect;
import dev.longtake.scheduler.stage.film.FilmLimits;
import dev.longtake.scheduler.stage.film.FilmRecord;
import dev.longtake.scheduler.stage.film.FilmStore;
import dev.longtake.scheduler.stage.film.KeepingLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A whole farm and its run. For five minutes things go wrong, for another five the consequences may still; then nothing new does, and
 * whatever is promised to end must end.
 */
public final class Farm {
    /** The one pool there is. */
    public static final String POOL = "cpu";
    static final int TROUBLED = 300_000;
    private static final int CALM = 600_000;
    /** So long after the last film ended, or the last thing was removed, sweeps have found what was left behind: a sweep before, its grace, a message that got lost. */
    public static final int SWEPT = Janitor.AGE + 440_000;
    private static final long LIMIT = 6 * 3_600_000L;

    private final Agenda agenda = new Agenda();
    private final Faults faults;
    private final SplittableRandom random;
    private final Consumer<String> trace;
    private final Tampering tampering;
    private final SimulatedStore store;
    private final SimulatedTails tails = new SimulatedTails();
    private final JobQueue queue;
    private final Wire wire;
    private final FilmNode films;
    private final DispatchNode dispatch;
    private final DispatchLimits dispatchLimits;
    private final FilmLimits filmLimits;
    private final Janitor janitor;
    private final Fleet fleet;
    private final Stitcher stitcher;
    private final Users users;
    private final Set<String> cancelled = new HashSet<>();
    private final Map<String, Integer> deaths = new TreeMap<>();
    private long numbers;
    private long stirred;
    private boolean calm;

    /** @param workers how many; drawn if empty. @param filmCount how many at first; drawn if empty. @param trace hears what happens; null if nobody cares */
    public Farm(long seed, OptionalInt workers, OptionalInt filmCount, Set<Fault> enabled, Tampering tampering, TransitionListener listener, Consumer<String> trace) {
        this.faults = new Faults(seed, enabled);
        this.random = new SplittableRandom(seed);
        this.trace = trace;
        this.tampering = tampering;
        this.store = tampering.store(agenda, faults);
        this.queue = new JobQueue(agenda, faults);
        this.wire = new Wire(agenda, faults, random.split());
        this.dispatchLimits = new DispatchLimits(Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofSeconds(10), 2, Duration.ofMinutes(1), DispatchLimits.DEFAULT.deadlyWorkers(),
                chance(3) ? OptionalInt.of(1 + random.nextInt(3)) : OptionalInt.empty(), Map.of("tenant1", 2.0));
        this.janitor = new Janitor(this, faults.isOn(Fault.LATE_OBJECTS_SWEPT) && faults.amount(Fault.LATE_OBJECTS_SWEPT, "whether", 3) == 1);
        this.filmLimits = FilmLimits.DEFAULT.keeping(keeping());
        this.films = new FilmNode(this, listener);
        this.dispatch = new DispatchNode(this, listener);
        this.fleet = new Fleet(this, workers.orElseGet(() -> 1 + random.nextInt(5)));
        this.stitcher = new Stitcher(this, faults.isOn(Fault.STITCHER_BROKEN) && faults.amount(Fault.STITCHER_BROKEN, "whether", 25) == 1);
        this.users = new Users(this, filmCount.orElseGet(() -> 1 + random.nextInt(8)));
    }

    /** Some farms keep films for as long as it takes to look at them, some for a second; some remove much at once, some next to nothing. */
    private KeepingLimits keeping() {
        boolean expires = faults.isOn(Fault.FILM_EXPIRES) && faults.amount(Fault.FILM_EXPIRES, "whether", 2) == 1;
        int longest = new int[] {1_000, 30_000, 300_000}[faults.amount(Fault.FILM_EXPIRES, "how", 3) - 1];
        Duration retention = expires ? Duration.ofMillis(faults.amount(Fault.FILM_EXPIRES, "retention", longest)) : KeepingLimits.DEFAULT.retention();
        int batch = janitor.sweeps() || faults.amount(Fault.FILM_EXPIRES, "batch", 2) == 1 ? KeepingLimits.DEFAULT.batch() : 3;
        return new KeepingLimits(retention, Duration.ofMinutes(45), Duration.ofMillis(2L * Janitor.GRACE), batch, KeepingLimits.DEFAULT.films());
    }

    /** Lets it all happen. */
    public void run() {
        users.begin();
        fleet.begin();
        films.begin();
        dispatch.begin();
        janitor.begin();
        Outages.arrange(this);
        agenda.in(CALM, () -> {
            faults.end();
            calm = true;
        });
        while (agenda.now() < LIMIT) {
            agenda.step();
            if (calm && agenda.idle() && isOver()) {
                return;
            }
        }
    }

    private boolean isOver() {
        return films.settled() && dispatch.settled() && films.state().range("leaving/", Object.class).isEmpty() && (!janitor.sweeps() || agenda.now() > Math.max(CALM, stirred) + SWEPT) && new DispatchStore(dispatch.state()).jobs(POOL).isEmpty() && users.allOver();
    }

    /** Attempts whose clip the stitcher could not use. */
    public Set<AttemptRef> unusableClips() {
        return stitcher.unusable();
    }

    /** A worker's process ends of what it renders. */
    void deathOf(SegmentJob job) {
        deaths.merge("segment " + job.index() + " of " + job.film().filmKey() + " r" + job.film().revision(), 1, Integer::sum);
    }

    /** How many workers' processes each segment has ended that ends whoever renders it. */
    public Map<String, Integer> deaths() {
        return deaths;
    }

    /** A film ended or something was removed: what was known until now may be nobody's from now on. */
    void stir() {
        stirred = agenda.now();
    }

    boolean calm() {
        return calm;
    }

    boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    /** From 1 to {@code most}. */
    int upTo(int most) {
        return 1 + random.nextInt(most);
    }

    SplittableRandom random() {
        return random;
    }

    /** A number that nothing else has. */
    long number() {
        return ++numbers;
    }

    long now() {
        return agenda.now();
    }

    Instant instant() {
        return agenda.instant();
    }

    void trace(Supplier<String> line) {
        if (trace != null) {
            trace.accept("%9.3f  %s".formatted(agenda.now() / 1e3, line.get()));
        }
    }

    boolean traced() {
        return trace != null;
    }

    void command(FilmCommand command) {
        trace(() -> "user: " + command.getClass().getSimpleName().toLowerCase(Locale.ROOT) + " " + command.film().filmKey() + " r" + command.film().revision());
        wire.send(Wire.Topic.COMMANDS, () -> films.hear(command));
    }

    void report(SegmentReport report) {
        wire.send(Wire.Topic.REPORTS, () -> films.hear(report));
    }

    void lane(LaneEvent event) {
        wire.send(Wire.Topic.LANES, () -> dispatch.hear(event));
    }

    void beat(WorkerHeartbeat beat) {
        wire.send(Wire.Topic.BEATS, () -> dispatch.hear(beat));
    }

    void control(WorkerControl control) {
        wire.send(Wire.Topic.CONTROL, () -> {
            if (control instanceof WorkerControl.CancelAttempt cancel) {
                cancelled.add(cancel.dispatch());
            }
            fleet.obey(control);
        });
    }

    boolean isCancelled(String dispatchId) {
        return cancelled.contains(dispatchId);
    }

    void job(DispatchEffect.Send send) {
        wire.send(Wire.Topic.JOBS, () -> {
            queue.append(send.job(), send.lane());
            fleet.wake();
        });
    }

    void assemble(FilmEffect.Assemble job) {
        wire.send(Wire.Topic.ASSEMBLY_JOBS, () -> stitcher.join(job));
    }

    void assembled(AssemblyReport report) {
        wire.send(Wire.Topic.ASSEMBLY_REPORTS, () -> films.hear(report));
    }

    void expire(ExpiryJob job) {
        wire.send(Wire.Topic.EXPIRY_JOBS, () -> janitor.hear(job));
    }

    void expiry(ExpiryReport report) {
        wire.send(Wire.Topic.EXPIRY_REPORTS, () -> films.hear(report));
    }

    /** A worker has room. */
    void wake() {
        fleet.wake();
    }

    List<Worker> workers() {
        return fleet.workers();
    }

    JobQueue queue() {
        return queue;
    }

    SimulatedTails tails() {
        return tails;
    }

    public Agenda agenda() {
        return agenda;
    }

    public Faults faults() {
        return faults;
    }

    Tampering tampering() {
        return tampering;
    }

    public SimulatedStore store() {
        return store;
    }

    public FilmNode films() {
        return films;
    }

    public DispatchNode dispatch() {
        return dispatch;
    }

    public DispatchLimits dispatchLimits() {
        return dispatchLimits;
    }

    public FilmLimits filmLimits() {
        return filmLimits;
    }

    public Janitor janitor() {
        return janitor;
    }

    public Users users() {
        return users;
    }

    /** Every film's newest revision, as the film stage has it. */
    public List<FilmRecord> records() {
        FilmStore known = new FilmStore(films.state());
        List<FilmRecord> records = new ArrayList<>();
        users.submitted().forEach(f -> known.film(f).ifPresent(records::add));
        return records;
    }
}
