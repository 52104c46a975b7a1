package dev.longtake.worker;

import dev.longtake.contract.SegmentJob;
import dev.longtake.contract.WorkerControl;
import dev.longtake.contract.WorkerHeartbeat.Running;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What this worker is working on, for heartbeats and for those who cancel. Thread-safe. */
final class JobsInHand {
    private static final int CANCELLED_KEPT = 10_000;

    private final Runnable taken;
    private final Map<String, InHand> inHand = new ConcurrentHashMap<>();
    private final Map<String, Boolean> cancelled = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > CANCELLED_KEPT;
        }
    };

    /** @param taken called after each job that is taken, before anything is done with it; may throw, and then it is not taken */
    JobsInHand(Runnable taken) {
        this.taken = taken;
    }

    /** One job. */
    final class InHand implements AutoCloseable {
        private final SegmentJob job;
        private volatile EngineLoop.Rendering rendering;

        private InHand(SegmentJob job) {
            this.job = job;
        }

        /** From now on a cancellation reaches the engine. */
        void rendering(EngineLoop.Rendering value) {
            rendering = value;
            if (isCancelled(job)) {
                value.cancel();
            }
        }

        private void cancel() {
            EngineLoop.Rendering now = rendering;
            if (now != null) {
                now.cancel();
            }
        }

        private Running running() {
            int steps = job.work() instanceof SegmentJob.Work.Render r ? r.steps() : 1;
            EngineLoop.Rendering now = rendering;
            return new Running(job.film(), job.index(), job.attempt(), job.dispatch(), now == null ? 0 : now.steps(), steps);
        }

        @Override
        public void close() {
            inHand.remove(job.dispatch(), this);
        }
    }

    /** From now on it is shown as in hand. @throws RuntimeException whatever the one who is told throws: then it was not taken */
    InHand take(SegmentJob job) {
        InHand mine = new InHand(job);
        inHand.put(job.dispatch(), mine);
        try {
            taken.run();
        } catch (RuntimeException e) {
            mine.close();
            throw e;
        }
        return mine;
    }

    boolean isCancelled(SegmentJob job) {
        synchronized (cancelled) {
            return cancelled.containsKey(job.dispatch());
        }
    }

    void cancel(WorkerControl.CancelAttempt order) {
        synchronized (cancelled) {
            cancelled.put(order.dispatch(), true);
        }
        InHand found = inHand.get(order.dispatch());
        if (found != null) {
            found.cancel();
        }
    }

    /** Cancels all: the grace period is over. */
    void cancelAll() {
        inHand.values().forEach(InHand::cancel);
    }

    List<Running> running() {
        return inHand.values().stream().map(InHand::running).toList();
    }
}
