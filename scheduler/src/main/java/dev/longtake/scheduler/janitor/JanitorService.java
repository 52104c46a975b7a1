package dev.longtake.scheduler.janitor;

import dev.longtake.contract.ExpiryJob;
import dev.longtake.contract.Topics;
import dev.longtake.platform.cache.TailCache;
import dev.longtake.platform.config.PlatformConfig;
import dev.longtake.platform.config.Role;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.queue.QueueUnavailableException;
import dev.longtake.platform.queue.ShareSlot;
import dev.longtake.platform.store.ObjectStore;
import dev.longtake.platform.store.StoreUnavailableException;
import dev.longtake.scheduler.KeepingConfig;
import dev.longtake.scheduler.SchedulerConfig;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the janitor beside the scheduler. Several do no harm: each takes some of the jobs, and what is found twice is decided once. */
@ApplicationScoped
public class JanitorService {
    private static final Logger LOG = LoggerFactory.getLogger(JanitorService.class);
    private static final int PAGE = 1_000;
    /** Soon after the start, so that a farm that never runs for long is swept, too. */
    private static final Duration FIRST_SWEEP = Duration.ofMinutes(1);

    private final PlatformConfig platform;
    private final KeepingConfig config;
    private final ObjectStore store;
    private final TailCache tails;
    private final Publisher publisher;
    private final Clock clock;
    private Janitor janitor;
    private ShareSlot<ExpiryJob> slot;
    private Thread sweeps;

    @Inject
    public JanitorService(PlatformConfig platform, SchedulerConfig config, ObjectStore store, TailCache tails, Publisher publisher, Clock clock) {
        this.platform = platform;
        this.config = config.keeping();
        this.store = store;
        this.tails = tails;
        this.publisher = publisher;
        this.clock = clock;
    }

    /** Starts if the scheduler's role is on. The topics must be there. */
    public synchronized void start() {
        if (!platform.plays(Role.SCHEDULER) || slot != null) {
            return;
        }
        janitor = new Janitor(store, tails, publisher, clock, new Janitor.Settings(config.grace(), config.perSecond(), config.waiting()));
        slot = new ShareSlot<>(new ShareSlot.Settings(platform.kafka().bootstrap(), "janitor", List.of(Topics.EXPIRY_JOBS), platform.kafka().jobLock()), ExpiryJob.class, janitor, publisher);
        slot.start();
        Sweeper sweeper = new Sweeper(store, publisher, clock, config.sweepAge(), PAGE);
        sweeps = new Thread(() -> sweep(sweeper), "janitor-sweep");
        sweeps.setDaemon(true);
        sweeps.start();
    }

    private void sweep(Sweeper sweeper) {
        Duration pause = config.sweepInterval().compareTo(FIRST_SWEEP) < 0 ? config.sweepInterval() : FIRST_SWEEP;
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(pause.toMillis());
                sweeper.sweep();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (StoreUnavailableException | QueueUnavailableException e) {
                LOG.warn("the store was not looked through to its end: {}", e.getMessage());
            } catch (RuntimeException e) {
                LOG.error("the store was not looked through to its end", e);
            }
            pause = config.sweepInterval();
        }
    }

    @PreDestroy
    public synchronized void stop() {
        if (slot != null) {
            sweeps.interrupt();
            slot.close();
            janitor.close();
            slot = null;
        }
    }
}
