package dev.longtake.engine;

/**
 * What an engine made of a segment.
 *
 * @param tokens   all tokens of the window, prefix included; {@link SegmentEngine#decode} of them gives {@code window} again
 * @param window   all decoded frames of the window, prefix included
 * @param newFrom  index in {@code window} of the first frame that is new: 0 for a start, K for a continuation
 * @param newFrames how many of the following frames belong to the film (the rest of the window is trimmed)
 */
public record GeneratedSegment(Tokens tokens, Frames window, int newFrom, int newFrames) {

    public GeneratedSegment {
        if (newFrom < 0 || newFrames < 1 || newFrom + newFrames > window.count()) {
            throw new IllegalArgumentException("frames " + newFrom + "+" + newFrames + " of a window of " + window.count());
        }
    }

    /** The frames that this segment adds to the film. */
    public Frames newFramesOnly() {
        return window.slice(newFrom, newFrom + newFrames);
    }

    /**
     * The last K frames of the trimmed window, which condition the next segment; the prefix counts, so one new frame is enough.
     * Shorter than K only for a start with fewer than K frames, which no plan makes.
     */
    public Frames tail(int k) {
        int end = newFrom + newFrames;
        return window.slice(Math.max(0, end - k), end);
    }
}
