package dev.longtake.scheduler.stage;

import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.LaneEvent;
import dev.longtake.contract.Lineage;
import java.time.Instant;

/** What the film stage wants done. */
public sealed interface FilmEffect {
    record ToLane(LaneEvent event) implements FilmEffect {}

    record Publish(FilmState state) implements FilmEffect {}

    record Announce(FilmEvent event) implements FilmEffect {}

    /** Write the lineage, then hand out the assembly job. */
    record Assemble(FilmRef film, String assembly, Lineage lineage, Instant deadline) implements FilmEffect {}
}
