package dev.longtake.film.plan;

import java.util.Optional;

/**
 * One segment, known before anything renders.
 *
 * @param index      place in the film, from 0
 * @param scene      place of its scene, from 0
 * @param window     index of the window within its scene, from 0
 * @param chain      which chain it belongs to, from 0
 * @param parent     index of the segment whose tail it needs, or -1 if it starts a chain; always {@code index - 1} otherwise
 * @param newFrames  frames it adds to the film
 * @param startFrame index in the film of its first new frame
 * @param seed       its seed
 * @param startImage digest of a start picture; only where a chain starts
 */
public record PlannedSegment(int index, int scene, int window, int chain, int parent, int newFrames, long startFrame, long seed, Optional<String> startImage,
                             SegmentKey key) {
    public boolean startsChain() {
        return parent < 0;
    }
}
