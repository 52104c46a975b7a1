package dev.longtake.scheduler.stage.film;

import dev.longtake.contract.ExpiryJob;
import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import dev.longtake.contract.LaneEvent;
import dev.longtake.contract.Lineage;
import dev.longtake.contract.SegmentJob;
import java.time.Instant;

/** What the film stage wants done. */
public sealed interface FilmEffect {
    record ToLane(LaneEvent event) implements FilmEffect {}

    record Publish(FilmState state) implements FilmEffect {}

    /** The last word on a revision that another has followed. */
    record Keep(FilmState state) implements FilmEffect {}

    record Announce(FilmEvent event) implements FilmEffect {}

    /**
     * Write the lineage, then hand out the assembly job. Whoever cannot write it tells the stage so, by an
     * {@code AssemblyReport.Failed} from outside.
     */
    record Assemble(FilmRef film, String assembly, Lineage lineage, Instant deadline) implements FilmEffect {}

    /** To be removed from the store, or to be waited for before that. */
    record Expire(ExpiryJob job) implements FilmEffect {}

    /** An earlier revision goes: nothing is to be known of it any more. */
    record ForgetRevision(FilmRef revision) implements FilmEffect {}

    /** A film is gone and its id is free: nothing is to be known of it any more. */
    record Forget(FilmRef film) implements FilmEffect {}

    /** A job was given up: keep it, with the reason, where somebody can look at it. */
    record GiveUp(String pool, Lane lane, SegmentJob job, String reason) implements FilmEffect {}
}
