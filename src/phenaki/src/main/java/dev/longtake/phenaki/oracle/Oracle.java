package dev.longtake.phenaki.oracle;

import dev.longtake.engine.BadSegmentException;
import dev.longtake.engine.GeneratedSegment;
import dev.longtake.engine.SamplerSettings;
import dev.longtake.engine.SegmentEngine;
import dev.longtake.engine.SegmentRequest;
import dev.longtake.engine.SegmentRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A film without a farm: prompt → window → tail → next, one segment after the other in one loop. What the farm's tokens are compared
 * with.
 */
public final class Oracle {
    private Oracle() {}

    /** One segment of the film. @param fresh whether it starts a chain */
    public record Scripted(String prompt, Optional<String> negative, long seed, int newFrames, boolean fresh) {}

    public static List<GeneratedSegment> render(SegmentEngine engine, List<Scripted> script, SamplerSettings settings) throws BadSegmentException {
        List<GeneratedSegment> film = new ArrayList<>();
        for (Scripted segment : script) {
            SegmentRequest.Start start = segment.fresh() ? new SegmentRequest.Start.Fresh()
                    : new SegmentRequest.Start.Continuation(film.get(film.size() - 1).tail(engine.description().tailFrames()));
            SegmentRun run = engine.begin(new SegmentRequest(segment.prompt(), segment.negative(), segment.seed(), settings, segment.newFrames(), start));
            while (!run.done()) {
                engine.step(List.of(run));
            }
            film.add(engine.finish(run));
        }
        return film;
    }
}
