package dev.longtake.worker;

import dev.longtake.engine.BadSegmentException;
import dev.longtake.engine.EngineDescription;
import dev.longtake.engine.Frames;
import dev.longtake.engine.GeneratedSegment;
import dev.longtake.engine.SegmentEngine;
import dev.longtake.engine.SegmentRequest;
import dev.longtake.engine.SegmentRun;
import dev.longtake.engine.Tokens;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine thread of one device. Segments enter and leave the batch between sampling steps; the thread does no input or output, so
 * the device never waits for either. A failure of one segment is that segment's; an {@link Error} is the process's.
 */
public final class EngineLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EngineLoop.class);

    private final Callable<? extends SegmentEngine> opener;
    private final Consumer<Throwable> fatal;
    private final CompletableFuture<EngineDescription> opened = new CompletableFuture<>();
    private final BlockingQueue<Task> arrivals = new LinkedBlockingQueue<>();
    private final List<RenderTask> batch = new ArrayList<>();
    private final Thread thread;
    private volatile boolean stopping;

    /** Something for the engine thread. */
    private sealed interface Task {}

    /** Wakes the thread up. */
    private record Wake() implements Task {}

    /** A segment to render. */
    private static final class RenderTask implements Task {
        private final Rendering rendering;
        private SegmentRun run;

        RenderTask(Rendering rendering) {
            this.rendering = rendering;
        }
    }

    /** Tokens to decode. */
    private record DecodeTask(Tokens tokens, CompletableFuture<Frames> result) implements Task {}

    /** A segment's way through the engine, as others see it. */
    public static final class Rendering {
        private final SegmentRequest request;
        private final CompletableFuture<Result> result = new CompletableFuture<>();
        private volatile int steps;
        private volatile boolean cancelled;
        private volatile long begun;

        private Rendering(SegmentRequest request) {
            this.request = request;
        }

        /** Sampling steps done. */
        public int steps() {
            return steps;
        }

        /** Stops within one sampling step; the result is a {@link CancellationException}. */
        public void cancel() {
            cancelled = true;
        }

        public CompletableFuture<Result> result() {
            return result;
        }
    }

    /** @param begun nano time when sampling began. @param generating seconds of sampling. @param decoding seconds of decoding */
    public record Result(GeneratedSegment segment, long begun, double generating, double decoding) {}

    /**
     * @param opener opens the engine, on the engine thread
     * @param fatal  told of an {@link Error}: the process must end, since native memory may be damaged
     */
    public EngineLoop(Callable<? extends SegmentEngine> opener, Consumer<Throwable> fatal) {
        this.opener = opener;
        this.fatal = fatal;
        this.thread = new Thread(this::run, "engine");
        this.thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** The engine's description, once it is open; fails if it cannot be opened. */
    public CompletableFuture<EngineDescription> opened() {
        return opened;
    }

    public Rendering render(SegmentRequest request) {
        Rendering rendering = new Rendering(request);
        arrivals.add(new RenderTask(rendering));
        return rendering;
    }

    public CompletableFuture<Frames> decode(Tokens tokens) {
        CompletableFuture<Frames> result = new CompletableFuture<>();
        arrivals.add(new DecodeTask(tokens, result));
        return result;
    }

    private void run() {
        try (SegmentEngine engine = opener.call()) {
            opened.complete(engine.description());
            while (!stopping) {
                admit(engine);
                dropCancelled(engine);
                if (!batch.isEmpty()) {
                    step(engine);
                }
            }
        } catch (Exception e) {
            opened.completeExceptionally(e);
            LOG.error("the engine ended", e);
            fatal.accept(e);
        } catch (Error e) {
            opened.completeExceptionally(e);
            batch.forEach(t -> t.rendering.result.completeExceptionally(e));
            fatal.accept(e);
            throw e;
        }
        batch.forEach(t -> t.rendering.result.completeExceptionally(new CancellationException("the worker stops")));
    }

    /** Takes what has arrived while there is room; waits if there is nothing to do. */
    private void admit(SegmentEngine engine) throws InterruptedException {
        List<Task> later = new ArrayList<>();
        Task task = batch.isEmpty() ? arrivals.take() : arrivals.poll();
        while (task != null) {
            if (task instanceof DecodeTask decode) {
                complete(decode.result(), () -> engine.decode(decode.tokens()));
            } else if (task instanceof RenderTask render) {
                if (batch.size() < engine.description().slots()) {
                    begin(engine, render);
                } else {
                    later.add(render);
                }
            }
            task = arrivals.poll();
        }
        arrivals.addAll(later);
    }

    private void begin(SegmentEngine engine, RenderTask task) {
        task.rendering.begun = System.nanoTime();
        try {
            task.run = engine.begin(task.rendering.request);
            batch.add(task);
        } catch (BadSegmentException | RuntimeException e) {
            task.rendering.result.completeExceptionally(e);
        }
    }

    private void dropCancelled(SegmentEngine engine) {
        for (Iterator<RenderTask> it = batch.iterator(); it.hasNext();) {
            RenderTask task = it.next();
            if (task.rendering.cancelled) {
                it.remove();
                engine.abandon(task.run);
                task.rendering.result.completeExceptionally(new CancellationException("cancelled"));
            }
        }
    }

    private void step(SegmentEngine engine) {
        try {
            engine.step(batch.stream().map(t -> t.run).toList());
        } catch (RuntimeException e) {
            batch.forEach(t -> t.rendering.result.completeExceptionally(e));
            batch.clear();
            return;
        }
        for (Iterator<RenderTask> it = batch.iterator(); it.hasNext();) {
            RenderTask task = it.next();
            task.rendering.steps = task.run.stepsTaken();
            if (task.run.done()) {
                it.remove();
                long sampled = System.nanoTime();
                complete(task.rendering.result, () -> {
                    GeneratedSegment segment = engine.finish(task.run);
                    return new Result(segment, task.rendering.begun, (sampled - task.rendering.begun) / 1e9, (System.nanoTime() - sampled) / 1e9);
                });
            }
        }
    }

    private static <T> void complete(CompletableFuture<T> result, Callable<T> work) {
        try {
            result.complete(work.call());
        } catch (Exception e) {
            result.completeExceptionally(e);
        }
    }

    @Override
    public void close() {
        stopping = true;
        arrivals.add(new Wake());
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
