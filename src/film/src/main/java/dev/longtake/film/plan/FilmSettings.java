package dev.longtake.film.plan;

import dev.longtake.film.story.Sampling;
import java.util.Objects;

/**
 * Everything besides the story that decides what a film's frames are.
 *
 * @param model          the bundle's name
 * @param bundle         the bundle's digest, text encoder included
 * @param engineRevision raised when the sampler's results change
 * @param windowFrames   frames of a chain's first window
 * @param tailFrames     K, the frames handed from one segment to the next; later windows add {@code windowFrames - K}
 */
public record FilmSettings(String model, String bundle, int engineRevision, int width, int height, double fps, int windowFrames, int tailFrames, int steps,
                           double guidance, double temperature) {
    public FilmSettings {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(bundle, "bundle");
        if (tailFrames < 1 || windowFrames <= tailFrames) {
            throw new IllegalArgumentException("a window of " + windowFrames + " frames cannot hold a tail of " + tailFrames + " and new frames");
        }
        if (!(fps > 0) || width < 1 || height < 1) {
            throw new IllegalArgumentException(width + "x" + height + " at " + fps + " fps");
        }
    }

    /** These, and a scene's own where it has any. */
    public FilmSettings with(Sampling own) {
        return own.isNone() ? this : new FilmSettings(model, bundle, engineRevision, width, height, fps, windowFrames, tailFrames, own.steps().orElse(steps),
                own.guidance().orElse(guidance), own.temperature().orElse(temperature));
    }

    /** New frames of every window but a chain's first. */
    public int newFramesPerWindow() {
        return windowFrames - tailFrames;
    }
}
