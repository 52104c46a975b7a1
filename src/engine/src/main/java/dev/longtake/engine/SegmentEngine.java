package dev.longtake.engine;

import java.util.List;

/**
 * The only seam between farm and model: segments in, tokens and frames out, one sampling step at a time, so that segments of
 * different films can enter and leave the batch between steps.
 *
 * <p>An engine belongs to one thread, the engine thread of one device: every method but {@link #description()} is called from
 * the thread that opened it. A result depends only on its own request, never on its companions in the batch, up to the rounding
 * of batched matrix products; with {@link EngineDescription#slots()} of one it is exactly repeatable on one machine.
 */
public interface SegmentEngine extends AutoCloseable {

    /** What this engine runs and how much of it at once. */
    EngineDescription description();

    /**
     * Takes a segment in: encodes the prompt (cached) and the tail's frames, draws nothing yet.
     *
     * @throws BadSegmentException if the request itself can never be rendered by this engine (poison)
     */
    SegmentRun begin(SegmentRequest request) throws BadSegmentException;

    /** Advances every run by one sampling step in a single forward pass. Runs may be at different steps; none may be done. */
    void step(List<? extends SegmentRun> batch);

    /** The result of a run that is {@linkplain SegmentRun#done() done}; frees what the run held. */
    GeneratedSegment finish(SegmentRun run);

    /** Frees a run that will not be finished (cancelled, drained). */
    void abandon(SegmentRun run);

    /** Decodes stored tokens again, as {@link #finish} did: all frames of the window, the prefix included. */
    Frames decode(Tokens tokens);

    @Override
    void close();
}
