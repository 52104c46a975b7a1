package dev.longtake.stitcher;

import dev.longtake.contract.AssemblyJob;
import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.Digests;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Json;
import dev.longtake.contract.Lineage;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.engine.Frames;
import dev.longtake.media.ClipEncoder;
import dev.longtake.platform.store.ObjectStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A film of two scenes and six segments, 40 frames, whose clips lie in a store. */
final class SampleFilm {
    static final FilmRef FILM = new FilmRef("default", "film_a", 1);
    private static final int[] COUNTS = {11, 6, 6, 1, 11, 5};
    private static final int[] SCENES = {0, 0, 0, 0, 1, 1};

    private SampleFilm() {}

    /** Stores clips and lineage. @return the job to join them */
    static AssemblyJob put(ObjectStore store) {
        List<Lineage.Entry> entries = new ArrayList<>();
        for (int i = 0; i < COUNTS.length; i++) {
            AttemptRef attempt = new AttemptRef("key" + i, "attempt" + i);
            byte[] clip = ClipEncoder.encode(frames(COUNTS[i], i), 8);
            store.put(ObjectKeys.clip("default", attempt), clip, "video/mp4");
            entries.add(new Lineage.Entry(i, SCENES[i], attempt, Optional.empty(), i, COUNTS[i], "p", "w", Digests.sha256(clip), false));
        }
        byte[] lineage = Json.write(new Lineage(1, FILM, "T", "phenaki", "cafe", 128, 128, 8, 40, entries));
        store.put(ObjectKeys.lineage(FILM), lineage, "application/json");
        return new AssemblyJob(1, FILM, "as1", ObjectKeys.lineage(FILM), Digests.sha256(lineage), Instant.MAX.minusSeconds(9_999_999), Instant.EPOCH);
    }

    private static Frames frames(int count, int seed) {
        byte[] rgb = new byte[count * 128 * 128 * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (40 + seed * 30 + i / (128 * 128 * 3) * 4);
        }
        return new Frames(count, 128, 128, rgb);
    }
}
