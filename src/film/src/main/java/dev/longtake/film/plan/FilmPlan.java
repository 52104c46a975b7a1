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

    public double seconds() {
        return frames() / settings.fps();
    }

    public String prompt(PlannedSegment segment) {
        return story.scenes().get(segment.scene()).prompt();
    }
}
