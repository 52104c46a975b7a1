package dev.longtake.worker;

import dev.longtake.bundle.BadBundleException;
import dev.longtake.bundle.Bundle;
import dev.longtake.contract.Lane;
import dev.longtake.contract.Message;
import dev.longtake.contract.SegmentJob;
import dev.longtake.contract.Topics;
import dev.longtake.contract.WorkerControl;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.engine.EngineDescription;
import dev.longtake.phenaki.PhenakiEngine;
import dev.longtake.phenaki.PhenakiOptions;
import dev.longtake.platform.cache.TailCache;
import dev.longtake.platform.config.PlatformConfig;
import dev.longtake.platform.config.Role;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.queue.ShareSlot;
import dev.longtake.platform.queue.TopicReader;
import dev.longtake.platform.store.ObjectStore;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the worker where its role is on. */
@ApplicationScoped
public class WorkerService {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerService.class);
    /** Exit status of a worker that refuses its bundle: another start would find the same. */
    public static final int BAD_BUNDLE = 78;

    /** What stands in its log before the reason. */
    public static final String REFUSED = "the bundle is refused: ";

    /** What is kept back of the grace period for clips that are owed. */
    private static final Duration FOR_CLIPS = Duration.ofSeconds(5);

    private final PlatformConfig platform;
    private final WorkerConfig config;
    private final ObjectStore store;
    private final TailCache tails;
    private final Publisher publisher;
    private final Clock clock;
    private final String worker = ProcessHandle.current().pid() + "-" + UUID.randomUUID().toString().substring(0, 8);
    private final JobsInHand inHand = new JobsInHand(this::claim);
    private final List<ShareSlot<SegmentJob>> slots = new ArrayList<>();
    private ScheduledExecutorService heartbeats;
    private TopicReader<WorkerControl> control;
    private EngineLoop engine;
    private ClipWriter clips;
    private SegmentJobHandler handler;
    private volatile EngineDescription description;
    private volatile boolean draining;
    private volatile Rest rest;

    /** @param until by this process's own steady clock */
    private record Rest(long until, String reason) {}

    @Inject
    public WorkerService(PlatformConfig platform, WorkerConfig config, ObjectStore store, TailCache tails, Publisher publisher, Clock clock) {
        this.platform = platform;
        this.config = config;
        this.store = store;
        this.tails = tails;
        this.publisher = publisher;
        this.clock = clock;
    }

    /** Starts if the role is on: loads the engine, then takes jobs. Returns at once. */
    public synchronized void start() {
        if (!platform.plays(Role.WORKER) || engine != null) {
            return;
        }
        Path cache = config.cache().orElse(Path.of(System.getProperty("java.io.tmpdir"), "longtake-engine"));
        PhenakiOptions options = new PhenakiOptions(PhenakiOptions.Device.valueOf(config.device().toUpperCase(Locale.ROOT)),
                PhenakiOptions.Precision.valueOf(config.precision().toUpperCase(Locale.ROOT)), config.threads(), config.slots(), cache);
        engine = new EngineLoop(() -> PhenakiEngine.open(config.bundle().isPresent() ? Bundle.at(config.bundle().get()) : Bundle.shipped(), options), WorkerService::die);
        engine.start();
        // From the beginning, and before the first job: what was cancelled because it ends the process of whoever takes it, a new process must
        // know, or the queue hands it out to one after another.
        control = new TopicReader<>(platform.kafka().bootstrap(), Topics.WORKER_CONTROL, WorkerControl.class, TopicReader.From.BEGINNING, TopicReader.Unreadable.park(publisher),
                (key, order, partition, offset) -> obey(order));
        control.start();
        engine.opened().thenAcceptBoth(control.caughtUp(), (opened, known) -> takeJobs(opened));
    }

    /** After an error of the engine its native memory may be damaged: only a new process is safe. Its supervisor starts one. */
    private static void die(Throwable cause) {
        if (cause instanceof BadBundleException) {
            LOG.error(REFUSED + cause.getMessage());
            Runtime.getRuntime().halt(BAD_BUNDLE);
        }
        LOG.error("the engine failed; this process ends", cause);
        Runtime.getRuntime().halt(1);
    }

    private synchronized void takeJobs(EngineDescription opened) {
        if (draining) {
            return;
        }
        LOG.info("worker {} runs {} {} on {}", worker, opened.model(), opened.bundle(), opened.device());
        FaultPoints faults = FaultPoints.armed(config.faults());
        clips = new ClipWriter(store, publisher, clock, worker, opened.fps(), config.clipQueue(), faults);
        handler = new SegmentJobHandler(engine, opened, store, tails, publisher, clips, inHand, faults, clock, worker, config.deadlyDeliveries());
        // Whoever takes a job says so, and what it is.
        description = opened;
        List<String> topics = lanes().stream().map(lane -> Topics.segmentJobs(config.pool(), lane)).toList();
        for (int i = 0; i < config.slots(); i++) {
            ShareSlot<SegmentJob> slot = new ShareSlot<>(new ShareSlot.Settings(platform.kafka().bootstrap(), "worker-" + worker + "-" + i, topics,
                    platform.kafka().jobLock()), SegmentJob.class, handler, publisher);
            slot.start();
            slots.add(slot);
        }
        config.readyFile().ifPresent(WorkerService::write);
        heartbeats = Executors.newSingleThreadScheduledExecutor(r -> {
            Thread t = new Thread(r, "heartbeats");
            t.setDaemon(true);
            return t;
        });
        heartbeats.scheduleAtFixedRate(() -> beat(draining ? WorkerHeartbeat.State.DRAINING : WorkerHeartbeat.State.READY), 0, config.heartbeat().toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void write(Path readyFile) {
        try {
            Files.writeString(readyFile, Long.toString(ProcessHandle.current().pid()));
        } catch (IOException e) {
            LOG.warn("{} cannot be written, whoever waits for it waits in vain: {}", readyFile, e.toString());
        }
    }

    private List<Lane> lanes() {
        return config.lanes().stream().map(l -> Lane.valueOf(l.toUpperCase(Locale.ROOT))).toList();
    }

    private WorkerHeartbeat heartbeat(WorkerHeartbeat.State state) {
        return new WorkerHeartbeat(Message.VERSION, worker, config.pool(), lanes(), config.slots(), description.bundle(), description.device(), state, inHand.running(), clock.instant(), resting());
    }

    private void beat(WorkerHeartbeat.State state) {
        try {
            publisher.sendAsync(Topics.WORKER_HEARTBEATS, config.pool(), heartbeat(state));
        } catch (RuntimeException e) {
            // An exception would end the schedule, and with it this worker's life in the scheduler's eyes.
            LOG.warn("no heartbeat: {}", e.toString());
        }
    }

    /**
     * Says, durably, what this worker has in hand before it begins with it. If the job kills the process, the scheduler knows which one it
     * was: nobody else keeps count, since the queue forgets how often it handed a job out when a broker restarts.
     */
    private void claim() {
        publisher.send(Topics.WORKER_HEARTBEATS, config.pool(), heartbeat(draining ? WorkerHeartbeat.State.DRAINING : WorkerHeartbeat.State.READY));
    }

    private void obey(WorkerControl order) {
        if (order instanceof WorkerControl.CancelAttempt cancel) {
            inHand.cancel(cancel);
        } else if (order instanceof WorkerControl.Bench bench && bench.worker().equals(worker)) {
            rest(bench);
        } else if (order instanceof WorkerControl.Drain drain && drain.worker().equals(worker)) {
            Thread leaver = new Thread(this::stop, "drain");
            leaver.start();
        }
    }

    private synchronized void rest(WorkerControl.Bench order) {
        LOG.warn("this worker rests for {} s: {}", order.seconds(), order.reason());
        Duration time = Duration.ofMillis((long) (order.seconds() * 1e3));
        rest = new Rest(System.nanoTime() + time.toNanos(), order.reason());
        slots.forEach(slot -> slot.rest(time));
    }

    private Optional<WorkerHeartbeat.Resting> resting() {
        Rest order = rest;
        double left = order == null ? 0 : (order.until() - System.nanoTime()) / 1e9;
        return left > 0 ? Optional.of(new WorkerHeartbeat.Resting(left, order.reason())) : Optional.empty();
    }

    /** Whether the engine is loaded and jobs are being taken. */
    public boolean ready() {
        return description != null && !draining;
    }

    /** Takes nothing new, finishes what can be finished within the grace period, gives the rest back, and leaves. */
    @PreDestroy
    public void stop() {
        synchronized (this) {
            if (engine == null || draining) {
                return;
            }
            draining = true;
        }
        try {
            if (description != null) {
                drain();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            control.close();
            engine.close();
        }
    }

    private void drain() throws InterruptedException {
        Instant until = clock.instant().plus(config.grace());
        slots.forEach(ShareSlot::drain);
        handler.leave();
        for (ShareSlot<SegmentJob> slot : slots) {
            slot.awaitEnd(Duration.between(clock.instant(), until.minus(FOR_CLIPS)));
        }
        inHand.cancelAll();
        for (ShareSlot<SegmentJob> slot : slots) {
            slot.awaitEnd(Duration.between(clock.instant(), until.minus(FOR_CLIPS.dividedBy(2))));
            slot.close();
        }
        clips.drain(Duration.between(clock.instant(), until));
        heartbeats.shutdownNow();
        beat(WorkerHeartbeat.State.GONE);
        clips.close();
    }
}
