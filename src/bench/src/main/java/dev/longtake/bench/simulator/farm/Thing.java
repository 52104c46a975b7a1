package dev.longtake.bench.simulator.farm;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Lineage;
import dev.longtake.contract.SegmentReport;
import java.util.List;
import java.util.Optional;

/** What lies in the simulated object store: instead of bytes, where they come from. Two things are the same only if they were made once. */
public sealed interface Thing {
    /** @param made number of this making: two workers that render one attempt make different bytes. @param from the tail that conditioned it */
    record Tokens(AttemptRef attempt, long made, Optional<Tail> from) implements Thing {}

    record Tail(AttemptRef attempt, long made) implements Thing {}

    record Report(SegmentReport.Rendered report) implements Thing {}

    /** @param of the tokens it was decoded from. @param encoded number of this encoding */
    record Clip(AttemptRef attempt, long of, long encoded, int frames, boolean damaged) implements Thing {
        String digest() {
            return "clip-" + of + "-" + encoded;
        }
    }

    record Plan(String digest, byte[] bytes) implements Thing {}

    record Joined(Lineage lineage) implements Thing {}

    /** @param clips the clips that were joined, in order */
    record Film(FilmRef film, Lineage lineage, List<Clip> clips) implements Thing {
        public int frames() {
            return clips.stream().mapToInt(Clip::frames).sum();
        }
    }
}
