package dev.longtake.contract;

import java.util.List;
import java.util.Optional;

/**
 * Which attempt each segment of a revision is: segment → accepted attempt → the parent attempt whose tail it used.
 *
 * @param bundle the bundle's digest
 */
public record Lineage(int version, FilmRef film, String title, String model, String bundle, int width, int height, double fps, int frames,
                      List<Entry> segments) implements Message {
    /** @param clipDigest SHA-256 of the clip object */
    public record Entry(int index, int scene, AttemptRef attempt, Optional<AttemptRef> parent, long seed, int frames, String prompt, String worker,
                        String clipDigest, boolean reused) {}
}
