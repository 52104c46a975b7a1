package dev.longtake.media.fragment;

/**
 * An entry of a playlist: fragments that follow one another, as one.
 *
 * @param first      number of its first fragment
 * @param last       and of its last
 * @param firstFrame the film's frame that it begins with
 * @param frames     how many it shows
 * @param init       digest of what describes it
 * @param anew       whether it is described otherwise than the entry before, as after another release's encoder
 * @param open       whether the next fragment may still belong to it
 */
public record Entry(int first, int last, long firstFrame, int frames, String init, boolean anew, boolean open) {
    /** The film's frame after its last. */
    public long endFrame() {
        return firstFrame + frames;
    }

    Entry with(int more, boolean stillOpen) {
        return new Entry(first, last + 1, firstFrame, frames + more, init, anew, stillOpen);
    }

    /** As it is when nothing is added any more. */
    public Entry closed() {
        return new Entry(first, last, firstFrame, frames, init, anew, false);
    }
}
