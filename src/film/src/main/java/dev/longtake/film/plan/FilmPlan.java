package dev.longtake.film.plan;

import dev.longtake.film.story.Story;
import java.util.List;
import java.util.Optional;

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

    /** What a segment is sampled with: the film's settings, and its scene's own. */
    public FilmSettings settings(PlannedSegment segment) {
        return settings.with(story.scenes().get(segment.scene()).sampling());
    }

    /** Digest of the picture the film begins with. */
    public Optional<String> startImage() {
        return segments.isEmpty() ? Optional.empty() : segments.get(0).startImage();
    }

    public String prompt(PlannedSegment segment) {
        return story.scenes().get(segment.scene()).prompt();
    }
}
