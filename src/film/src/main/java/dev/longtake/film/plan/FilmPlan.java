package dev.longtake.film.plan;

import dev.longtake.film.story.Story;
import java.util.List;

/** A story, cut into segments. */
public record FilmPlan(Story story, FilmSettings settings, List<PlannedSegment> segments) {
    public FilmPlan {
        segments = List.copyOf(segments);
    }

    /** Frames of the whole film. */
    public long frames() {
        return segments.isEmpty() ? 0 : segments.get(segments.size() - 1).startFrame() + segments.get(segments.size() - 1).newFrames();
    }

    /** Indices of the segments that start a chain, in order. */
    public List<Integer> chainStarts() {
        return segments.stream().filter(PlannedSegment::startsChain).map(PlannedSegment::index).toList();
    }

    /** Whether the segment after this one belongs to the same chain. */
    public boolean continues(int index) {
        return index + 1 < segments.size() && !segments.get(index + 1).startsChain();
    }

    public double seconds() {
        return frames() / settings.fps();
    }

    public String prompt(PlannedSegment segment) {
        return story.scenes().get(segment.scene()).prompt();
    }
}
