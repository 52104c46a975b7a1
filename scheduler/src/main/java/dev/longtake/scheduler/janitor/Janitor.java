package dev.longtake.scheduler.janitor;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.ExpiryJob;
import dev.longtake.contract.ExpiryReport;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Message;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.Topics;
import dev.longtake.platform.cache.TailCache;
import dev.longtake.platform.queue.JobHandler;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.store.ObjectStore;
import dev.longtake.platform.store.StoreUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits, asks, removes. A job that was not confirmed waits for its grace, by a clock that never jumps; then the film stage is asked
 * whether the decision still stands. One that was confirmed is done at once, in its order, and may be done twice.
 *
 * <p>Whatever gets lost here (this process, a store that is away, a full waiting list) is told again by the film stage, so nothing of
 * it is kept.
 */
public final class Janitor implements JobHandler<ExpiryJob>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Janitor.class);
    private static final int PAGE = 1_000;

    private final ObjectStore store;
    private final TailCache tails;
    private final Publisher publisher;
    private final Clock clock;
    private final Settings settings;
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService timer;

    /** @param perSecond objects removed in a second, at most. @param waiting jobs that wait, at most */
    public record Settings(Duration grace, int perSecond, int waiting) {}

    public Janitor(ObjectStore store, TailCache tails, Publisher publisher, Clock clock, Settings settings) {
        this.store = store;
        this.tails = tails;
        this.publisher = publisher;
        this.clock = clock;
        this.settings = settings;
        ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(1, r -> {
            Thread t = new Thread(r, "janitor-grace");
            t.setDaemon(true);
            return t;
        });
        threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.timer = threads;
    }

    @Override
    public Verdict handle(ExpiryJob job, int deliveries) {
        if (!job.confirmed()) {
            later(job);
            return Verdict.ACCEPT;
        }
        try {
            job.revisions().forEach(this::remove);
            job.attempts().forEach(a -> remove(job.tenant(), a));
            publisher.send(Topics.EXPIRY_REPORTS, job.tenant(), new ExpiryReport.Removed(Message.VERSION, job.tenant(), job.id(), clock.instant()));
            LOG.info("removed {} revisions and {} attempts of tenant {}", job.revisions().size(), job.attempts().size(), job.tenant());
        } catch (StoreUnavailableException e) {
            LOG.warn("the store is away; what was to be removed is ordered again later: {}", e.getMessage());
        }
        return Verdict.ACCEPT;
    }

    private void later(ExpiryJob job) {
        if (waiting.size() >= settings.waiting() || !waiting.add(job.id())) {
            return;
        }
        try {
            timer.schedule(() -> {
                waiting.remove(job.id());
                publisher.sendAsync(Topics.EXPIRY_REPORTS, job.tenant(), new ExpiryReport.Waited(Message.VERSION, job.tenant(), job.id(), clock.instant()));
            }, settings.grace().toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("stopping", e);
        }
    }

    private void remove(FilmRef revision) {
        removeAll(ObjectKeys.revision(revision));
    }

    private void remove(String tenant, AttemptRef attempt) {
        tails.remove(tenant, attempt);
        removeAll(ObjectKeys.attempt(tenant, attempt));
    }

    private void removeAll(String prefix) {
        List<ObjectStore.Listed> page = store.page(prefix, "", PAGE);
        while (!page.isEmpty()) {
            for (ObjectStore.Listed object : page) {
                store.delete(object.key());
                pace();
            }
            page = page.size() < PAGE ? List.of() : store.page(prefix, "", PAGE);
        }
    }

    private void pace() {
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1) / settings.perSecond());
        if (Thread.currentThread().isInterrupted()) {
            throw new StoreUnavailableException("interrupted", null);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
