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
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/** A small engine for the worker's tests: tokens are drawn from the seed and the tail, frames from the tokens. */
final class TinyEngine implements SegmentEngine {
    static final EngineDescription DESCRIPTION = new EngineDescription("tiny", "cafe", 1, 16, 16, 8, 11, 5, 2, "test");
    private static final int SIZE = 16 * 16 * 3;
    /** Segments in each step, in order. */
    final List<Integer> batches = new CopyOnWriteArrayList<>();
    final List<SegmentRequest> begun = new CopyOnWriteArrayList<>();
    private final long stepMillis;

    TinyEngine(long stepMillis) {
        this.stepMillis = stepMillis;
    }

    private static final class Run implements SegmentRun {
        final SegmentRequest request;
        int steps;

        Run(SegmentRequest request) {
            this.request = request;
        }

        @Override
        public SegmentRequest request() {
            return request;
        }

        @Override
        public int stepsTaken() {
            return steps;
        }
    }

    @Override
    public EngineDescription description() {
        return DESCRIPTION;
    }

    @Override
    public SegmentRun begin(SegmentRequest request) throws BadSegmentException {
        begun.add(request);
        if (request.prompt().contains("poison")) {
            throw new BadSegmentException("a poisonous prompt");
        }
        if (request.prompt().contains("trouble")) {
            throw new IllegalStateException("trouble");
        }
        return new Run(request);
    }

    @Override
    public void step(List<? extends SegmentRun> batch) {
        batches.add(batch.size());
        try {
            Thread.sleep(stepMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (SegmentRun run : batch) {
            if (run.request().prompt().contains("breaks") && run.stepsTaken() == 1) {
                throw new IllegalStateException("breaks in the middle");
            }
            ((Run) run).steps++;
        }
    }

    @Override
    public GeneratedSegment finish(SegmentRun run) {
        SegmentRequest r = run.request();
        long tail = r.start() instanceof SegmentRequest.Start.Continuation c ? Arrays.hashCode(c.tail().rgb()) : 0;
        Random random = new Random(r.seed() * 31 + tail);
        int[] codes = random.ints(6 * 4, 0, 1000).toArray();
        Tokens tokens = new Tokens(6, 4, 1, codes);
        return new GeneratedSegment(tokens, decode(tokens), r.start() instanceof SegmentRequest.Start.Continuation ? 5 : 0, r.newFrames());
    }

    @Override
    public void abandon(SegmentRun run) {
        new ArrayList<>(List.of(run)).clear();
    }

    @Override
    public Frames decode(Tokens tokens) {
        byte[] rgb = new byte[11 * SIZE];
        new Random(Arrays.hashCode(tokens.codes())).nextBytes(rgb);
        return new Frames(11, 16, 16, rgb);
    }

    @Override
    public void close() {
        batches.add(-1);
    }
}
