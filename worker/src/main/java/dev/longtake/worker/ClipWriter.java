package dev.longtake.worker;

import dev.longtake.contract.Digests;
import dev.longtake.contract.Message;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.SegmentJob;
import dev.longtake.contract.SegmentReport;
import dev.longtake.contract.Topics;
import dev.longtake.engine.Frames;
import dev.longtake.media.ClipEncoder;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.store.ObjectMissingException;
import dev.longtake.platform.store.ObjectStore;
import dev.longtake.platform.store.StoreUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Encodes and stores clips beside the engine: the next segment does not wait for them. If this process dies, the scheduler has another
 * make the clip from the stored tokens.
 */
final class ClipWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClipWriter.class);

    private final ObjectStore store;
    private final Publisher publisher;
    private final Clock clock;
    private final String worker;
    private final double fps;
    private final FaultPoints faults;
    private final ThreadPoolExecutor thread;

    ClipWriter(ObjectStore store, Publisher publisher, Clock clock, String worker, double fps, int queue, FaultPoints faults) {
        this.store = store;
        this.publisher = publisher;
        this.clock = clock;
        this.worker = worker;
        this.fps = fps;
        this.faults = faults;
        // A full queue makes the caller encode itself: slower, and bounded.
        this.thread = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(queue), r -> {
            Thread t = new Thread(r, "clips");
            t.setDaemon(true);
            return t;
        }, new ThreadPoolExecutor.CallerRunsPolicy());
    }

    void later(SegmentJob job, Frames newFrames, int deliveries) {
        thread.execute(() -> now(job, newFrames, deliveries, false));
    }

    /**
     * Encodes, stores and reports; a failure is reported, too.
     *
     * @param replace whether a clip that is there is replaced: the stitcher could not use it
     */
    void now(SegmentJob job, Frames newFrames, int deliveries, boolean replace) {
        faults.at(FaultPoints.BEFORE_CLIP, job, deliveries);
        SegmentReport report;
        try {
            long begun = System.nanoTime();
            byte[] clip = ClipEncoder.encode(newFrames, fps);
            double seconds = (System.nanoTime() - begun) / 1e9;
            String key = ObjectKeys.clip(job.film().tenant(), job.attempt());
            byte[] stored = clip;
            if (replace) {
                store.put(key, clip, "video/mp4");
            } else if (!store.putIfAbsent(key, clip, "video/mp4")) {
                // Somebody else made it first; theirs is the one that is there.
                stored = store.get(key);
            }
            report = new SegmentReport.Clipped(Message.VERSION, job.film(), job.index(), job.attempt(), worker, Digests.sha256(stored), stored.length, seconds, clock.instant());
            faults.at(FaultPoints.AFTER_CLIP, job, deliveries);
        } catch (StoreUnavailableException e) {
            report = failed(job, SegmentReport.Cause.OUTSIDE, e.getMessage());
        } catch (RuntimeException | ObjectMissingException e) {
            LOG.warn("clip of segment {} of {} failed", job.index(), job.film(), e);
            report = failed(job, SegmentReport.Cause.SOFT, String.valueOf(e.getMessage()));
        }
        try {
            publisher.send(Topics.SEGMENT_REPORTS, job.film().tenant(), report);
        } catch (RuntimeException e) {
            LOG.warn("the report on a clip did not arrive; the scheduler will ask again: {}", e.getMessage());
        }
    }

    private SegmentReport failed(SegmentJob job, SegmentReport.Cause cause, String reason) {
        return new SegmentReport.Failed(Message.VERSION, job.film(), job.index(), job.attempt(), worker, cause, reason, clock.instant());
    }

    /** Waits for the clips that are owed. */
    void drain(Duration patience) throws InterruptedException {
        thread.shutdown();
        if (!thread.awaitTermination(Math.max(1, patience.toMillis()), TimeUnit.MILLISECONDS)) {
            LOG.warn("{} clips are left to others", thread.getQueue().size());
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
