package dev.longtake.worker;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.Digests;
import dev.longtake.contract.Json;
import dev.longtake.contract.Message;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.SegmentJob;
import dev.longtake.contract.SegmentReport;
import dev.longtake.contract.SegmentReport.Cause;
import dev.longtake.contract.Topics;
import dev.longtake.contract.UnreadableMessageException;
import dev.longtake.engine.BadSegmentException;
import dev.longtake.engine.EngineDescription;
import dev.longtake.engine.Frames;
import dev.longtake.engine.SamplerSettings;
import dev.longtake.engine.SegmentRequest;
import dev.longtake.engine.Tokens;
import dev.longtake.platform.cache.TailCache;
import dev.longtake.platform.queue.JobHandler;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.queue.QueueUnavailableException;
import dev.longtake.platform.store.ObjectMissingException;
import dev.longtake.platform.store.ObjectStore;
import dev.longtake.platform.store.StoreUnavailableException;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does one segment job: tail in, tokens and tail out, report; the clip follows on its own. A job is acknowledged only after its report
 * is durable, and everything before that may be done twice: objects of an attempt are put only where there is none, and whoever comes
 * second adopts what the first has stored, so that two workers with the same job still make one attempt.
 */
final class SegmentJobHandler implements JobHandler<SegmentJob> {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentJobHandler.class);
    private static final String BYTES = "application/octet-stream";

    private final EngineLoop engine;
    private final EngineDescription description;
    private final ObjectStore store;
    private final TailCache tails;
    private final Publisher publisher;
    private final ClipWriter clips;
    private final JobsInHand inHand;
    private final FaultPoints faults;
    private final Clock clock;
    private final String worker;
    private final int deadlyDeliveries;
    private volatile boolean leaving;

    SegmentJobHandler(EngineLoop engine, EngineDescription description, ObjectStore store, TailCache tails, Publisher publisher, ClipWriter clips, JobsInHand inHand, FaultPoints faults,
            Clock clock, String worker, int deadlyDeliveries) {
        this.engine = engine;
        this.description = description;
        this.store = store;
        this.tails = tails;
        this.publisher = publisher;
        this.clips = clips;
        this.inHand = inHand;
        this.faults = faults;
        this.clock = clock;
        this.worker = worker;
        this.deadlyDeliveries = deadlyDeliveries;
    }

    /** From now on a job that is cancelled goes back unharmed: this worker leaves. */
    void leave() {
        leaving = true;
    }

    @Override
    public Verdict handle(SegmentJob job, int deliveries) {
        if (job.deadline().isBefore(clock.instant()) || inHand.isCancelled(job)) {
            // The scheduler has decided otherwise by now.
            return Verdict.ACCEPT;
        }
        try (JobsInHand.InHand taken = inHand.take(job)) {
            SegmentReport report;
            try {
                if (job.work() instanceof SegmentJob.Work.EncodeClip clip) {
                    encode(job, clip.newFrom(), clip.newFrames(), deliveries, false);
                    return Verdict.ACCEPT;
                }
                if (job.work() instanceof SegmentJob.Work.ReplaceClip clip) {
                    encode(job, clip.newFrom(), clip.newFrames(), deliveries, true);
                    return Verdict.ACCEPT;
                }
                return render(job, (SegmentJob.Work.Render) job.work(), deliveries, taken);
            } catch (StoreUnavailableException e) {
                report = failed(job, Cause.OUTSIDE, e.getMessage());
            } catch (ObjectMissingException e) {
                report = failed(job, Cause.SOFT, e.getMessage());
            } catch (BadSegmentException e) {
                report = failed(job, Cause.POISON, e.getMessage());
            } catch (CancellationException e) {
                if (!leaving) {
                    return Verdict.ACCEPT;
                }
                report = new SegmentReport.Released(Message.VERSION, job.film(), job.index(), job.attempt(), worker, clock.instant());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Verdict.RELEASE;
            } catch (QueueUnavailableException e) {
                throw e;
            } catch (RuntimeException | UnreadableMessageException e) {
                LOG.warn("segment {} of {} failed", job.index(), job.film(), e);
                report = failed(job, Cause.SOFT, String.valueOf(e.getMessage()));
            }
            publisher.send(Topics.SEGMENT_REPORTS, job.film().tenant(), report);
            return Verdict.ACCEPT;
        } catch (QueueUnavailableException e) {
            LOG.warn("the queue is away, and segment {} of {} goes back to it: {}", job.index(), job.film(), e.getMessage());
            return Verdict.RELEASE;
        }
    }

    private Verdict render(SegmentJob job, SegmentJob.Work.Render work, int deliveries, JobsInHand.InHand taken)
            throws ObjectMissingException, BadSegmentException, InterruptedException, UnreadableMessageException {
        long arrived = System.nanoTime();
        if (!work.bundle().equals(description.bundle())) {
            throw new IllegalStateException("this worker runs bundle " + description.bundle() + ", the job wants " + work.bundle());
        }
        if (deliveries > 1) {
            Optional<SegmentReport.Rendered> stored = stored(job);
            if (stored.isPresent()) {
                publisher.send(Topics.SEGMENT_REPORTS, job.film().tenant(), stored.get());
                encode(job, stored.get().newFrom(), stored.get().newFrames(), deliveries, false);
                return Verdict.ACCEPT;
            }
            if (deliveries >= deadlyDeliveries) {
                throw new BadSegmentException((deliveries - 1) + " workers ended or froze while they rendered it");
            }
        }
        Tail tail = tail(job, work);
        faults.beforePrompt(job.film().tenant(), work.prompt());
        EngineLoop.Rendering rendering = engine.render(new SegmentRequest(work.prompt(), work.negative(), work.seed(),
                new SamplerSettings(work.steps(), work.guidance(), work.temperature()), work.newFrames(), tail.start()));
        taken.rendering(rendering);
        EngineLoop.Result result = await(rendering);
        store(job, work, deliveries, tail, result, arrived);
        return Verdict.ACCEPT;
    }

    /** @param from where the tail came from */
    private record Tail(SegmentRequest.Start start, String from) {}

    private Tail tail(SegmentJob job, SegmentJob.Work.Render work) throws ObjectMissingException {
        if (work.parent().isPresent()) {
            AttemptRef parent = work.parent().get();
            Optional<byte[]> cached = tails.get(job.film().tenant(), parent);
            byte[] bytes = cached.isPresent() ? cached.get() : store.get(ObjectKeys.tail(job.film().tenant(), parent));
            return new Tail(new SegmentRequest.Start.Continuation(Frames.fromBytes(bytes)), cached.isPresent() ? "redis" : "store");
        }
        if (work.startImage().isPresent()) {
            return new Tail(new SegmentRequest.Start.Image(Frames.fromBytes(store.get(work.startImage().get()))), "none");
        }
        return new Tail(new SegmentRequest.Start.Fresh(), "none");
    }

    private static EngineLoop.Result await(EngineLoop.Rendering rendering) throws BadSegmentException, InterruptedException {
        try {
            return rendering.result().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof BadSegmentException bad) {
                throw bad;
            }
            if (e.getCause() instanceof RuntimeException runtime) {
                throw runtime;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private void store(SegmentJob job, SegmentJob.Work.Render work, int deliveries, Tail tail, EngineLoop.Result result, long arrived)
            throws ObjectMissingException, InterruptedException, UnreadableMessageException {
        long begun = System.nanoTime();
        String tenant = job.film().tenant();
        faults.at(FaultPoints.BEFORE_TOKENS, job, deliveries);
        byte[] tokens = result.segment().tokens().toBytes();
        byte[] storedTokens = putOnce(ObjectKeys.tokens(tenant, job.attempt()), tokens);
        faults.at(FaultPoints.AFTER_TOKENS, job, deliveries);
        int newFrom = result.segment().newFrom();
        Frames window = java.util.Arrays.equals(tokens, storedTokens) ? result.segment().window() : decode(Tokens.fromBytes(storedTokens));
        Frames newFrames = window.slice(newFrom, newFrom + work.newFrames());
        int end = newFrom + work.newFrames();
        byte[] storedTail = putOnce(ObjectKeys.tail(tenant, job.attempt()), window.slice(Math.max(0, end - description.tailFrames()), end).toBytes());
        tails.put(tenant, job.attempt(), storedTail);
        SegmentReport.Timing timing = new SegmentReport.Timing((result.begun() - arrived) / 1e9, result.generating(), result.decoding(), (System.nanoTime() - begun) / 1e9);
        SegmentReport.Rendered report = new SegmentReport.Rendered(Message.VERSION, job.film(), job.index(), job.attempt(), work.parent(), worker, work.bundle(),
                Digests.sha256(storedTokens), Digests.sha256(storedTail), tail.from(), newFrom, work.newFrames(), timing, clock.instant());
        putOnce(ObjectKeys.report(tenant, job.attempt()), Json.write(report));
        faults.at(FaultPoints.BEFORE_REPORT, job, deliveries);
        publisher.send(Topics.SEGMENT_REPORTS, tenant, report);
        faults.at(FaultPoints.AFTER_REPORT, job, deliveries);
        clips.later(job, newFrames, deliveries);
    }

    /** Puts an object where there is none. @return what is there now */
    private byte[] putOnce(String key, byte[] bytes) throws ObjectMissingException {
        return store.putIfAbsent(key, bytes, BYTES) ? bytes : store.get(key);
    }

    /** What an earlier delivery of this job has stored, if it got to the end. */
    private Optional<SegmentReport.Rendered> stored(SegmentJob job) throws UnreadableMessageException {
        try {
            return Optional.of((SegmentReport.Rendered) Json.read(store.get(ObjectKeys.report(job.film().tenant(), job.attempt())), SegmentReport.class));
        } catch (ObjectMissingException e) {
            return Optional.empty();
        }
    }

    private void encode(SegmentJob job, int newFrom, int newFrames, int deliveries, boolean replace) throws ObjectMissingException, InterruptedException {
        Tokens tokens = Tokens.fromBytes(store.get(ObjectKeys.tokens(job.film().tenant(), job.attempt())));
        clips.now(job, decode(tokens).slice(newFrom, newFrom + newFrames), deliveries, replace);
    }

    private Frames decode(Tokens tokens) throws InterruptedException {
        try {
            return engine.decode(tokens).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot decode stored tokens: " + e.getCause().getMessage(), e.getCause());
        }
    }

    private SegmentReport failed(SegmentJob job, Cause cause, String reason) {
        return new SegmentReport.Failed(Message.VERSION, job.film(), job.index(), job.attempt(), worker, cause, reason, clock.instant());
    }
}
