package dev.longtake.film.plan;

import dev.longtake.film.story.Problem;
import dev.longtake.film.story.Scene;
import dev.longtake.film.story.Scene.Start;
import dev.longtake.film.story.Story;
import dev.longtake.film.story.StoryException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Cuts a story into segments. A chain's windows add 11, then 6, 6, … frames (11-frame windows, K = 5); a scene's last window is
 * trimmed, so a film has exactly the frames its scenes ask for. Phenaki, section 2.2 ("text conditional video generation for long
 * stories"): the last K frames are encoded again and frozen, under the same or the next prompt.
 */
public final class Planner {
    private Planner() {}

    /**
     * @throws StoryException if a scene has no frame, or one that starts a chain has fewer than K, so that nothing could follow it
     */
    public static FilmPlan plan(Story story, FilmSettings settings) throws StoryException {
        return plan(story, settings, Optional.empty());
    }

    /** @param startImage digest of the picture the film begins with */
    public static FilmPlan plan(Story story, FilmSettings settings, Optional<String> startImage) throws StoryException {
        List<Problem> problems = new ArrayList<>();
        List<PlannedSegment> segments = new ArrayList<>();
        int chain = -1;
        long startFrame = 0;
        for (int s = 0; s < story.scenes().size(); s++) {
            Scene scene = story.scenes().get(s);
            boolean startsChain = s == 0 || scene.start() == Start.CUT;
            long frames = frames(scene.seconds(), settings.fps());
            shortage(s, frames, startsChain, settings).ifPresent(problems::add);
            if (startsChain) {
                chain++;
            }
            int window = 0;
            for (long left = frames; left > 0 && problems.isEmpty(); window++) {
                boolean first = startsChain && window == 0;
                int newFrames = (int) Math.min(left, first ? settings.windowFrames() : settings.newFramesPerWindow());
                int index = segments.size();
                Optional<SegmentKey> parent = first ? Optional.empty() : Optional.of(segments.get(index - 1).key());
                Optional<String> image = s == 0 && first ? startImage : Optional.empty();
                long seed = SegmentKey.seed(story.seed(), scene.seed(), window);
                SegmentKey key = SegmentKey.of(settings.with(scene.sampling()), scene.prompt(), scene.negative(), seed, newFrames, image, parent);
                segments.add(new PlannedSegment(index, s, window, chain, first ? -1 : index - 1, newFrames, startFrame, seed, image, key));
                startFrame += newFrames;
                left -= newFrames;
            }
        }
        if (!problems.isEmpty()) {
            throw StoryException.of(problems);
        }
        return new FilmPlan(story, settings, segments);
    }

    /** Frames of a scene: seconds × fps, rounded half up, both taken for the decimal numbers that were written. */
    public static long frames(double seconds, double fps) {
        // In binary, 0.285 s at 100 fps would be just under 28.5 frames.
        return BigDecimal.valueOf(seconds).multiply(BigDecimal.valueOf(fps)).setScale(0, RoundingMode.HALF_UP).longValue();
    }

    private static Optional<Problem> shortage(int scene, long frames, boolean startsChain, FilmSettings settings) {
        int needed = startsChain ? settings.tailFrames() : 1;
        if (frames >= needed) {
            return Optional.empty();
        }
        double seconds = startsChain ? needed / settings.fps() : 0.5 / settings.fps();
        return Optional.of(new Problem("scenes[" + scene + "].seconds",
                "the scene would have " + frames + " frames" + (startsChain ? ", and one that begins afresh needs " + needed : ""),
                "give at least " + seconds + " seconds"));
    }
}
