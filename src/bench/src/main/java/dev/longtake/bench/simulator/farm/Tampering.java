package dev.longtake.bench.simulator.farm;

import dev.longtake.bench.simulator.faults.Faults;
import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.SegmentJob;
import dev.longtake.scheduler.stage.StateMap;
import dev.longtake.scheduler.stage.dispatch.DispatchEffect;
import dev.longtake.scheduler.stage.dispatch.DispatchLimits;
import dev.longtake.scheduler.stage.film.FilmEffect;
import java.util.List;
import java.util.Optional;

/**
 * Where a farm can be broken on purpose, to see that the audits notice. As it stands it breaks nothing; it never touches a replay, which
 * always shows what an unbroken scheduler decides.
 */
public class Tampering {
    public static final Tampering NONE = new Tampering();

    protected SimulatedStore store(Agenda agenda, Faults faults) {
        return new SimulatedStore(agenda, faults);
    }

    /** What the film stage keeps its records in. */
    protected StateMap filmState(StateMap honest) {
        return honest;
    }

    protected StateMap dispatchState(StateMap honest) {
        return honest;
    }

    protected DispatchLimits dispatchLimits(DispatchLimits honest) {
        return honest;
    }

    /** What becomes of what the film stage wants done. */
    protected List<FilmEffect> told(FilmEffect effect) {
        return List.of(effect);
    }

    protected List<DispatchEffect> told(DispatchEffect effect) {
        return List.of(effect);
    }

    /** Whose tail a worker takes. */
    protected Optional<AttemptRef> parent(SegmentJob job, Optional<AttemptRef> honest) {
        return honest;
    }

    /** Whether a worker reports before its attempt is durable. */
    protected boolean reportsEarly() {
        return false;
    }

    /** Whether a worker replaces a clip that is there and sound. */
    protected boolean replacesClips() {
        return false;
    }

    /** How long the janitor waits before it asks. */
    protected int grace(int honest) {
        return honest;
    }

    /** Whether the janitor removes what it says it has removed. */
    protected boolean removes() {
        return true;
    }

    /** What the stitcher joins. */
    protected List<Thing.Clip> joined(List<Thing.Clip> clips) {
        return clips;
    }
}
