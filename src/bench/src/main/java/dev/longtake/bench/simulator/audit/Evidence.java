package dev.longtake.bench.simulator.audit;

import dev.longtake.bench.simulator.farm.Farm;
import dev.longtake.bench.simulator.farm.Input;
import dev.longtake.bench.simulator.farm.SimulatedStore;
import dev.longtake.bench.simulator.farm.Thing;
import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.LaneEvent;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.SegmentJob;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.state.RevisionState;
import dev.longtake.scheduler.stage.film.FilmEffect;
import dev.longtake.scheduler.stage.film.FilmRecord;
import dev.longtake.scheduler.stage.film.FilmStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a run left behind, put in order once for all audits. */
final class Evidence {
    private final Farm farm;
    private final List<Finished> finished = new ArrayList<>();
    private final List<Accepted> accepted = new ArrayList<>();
    private final Map<String, String> madeFor = new HashMap<>();

    /** A finished revision. @param key where its film should be. @param plan what was ordered; empty if a later revision has taken its record's place */
    record Finished(FilmRef ref, String key, Optional<FilmPlan> plan, Optional<Thing.Film> film) {}

    /** A segment became an attempt. @param writes writes to the store there had been when it was decided */
    record Accepted(FilmRef film, int index, AttemptRef attempt, boolean reused, long writes) {}

    Evidence(Farm farm) {
        this.farm = farm;
        for (FilmRecord record : farm.records()) {
            if (record.state() == RevisionState.FINISHED) {
                add(record.ref(), record.joining().filmKey().orElse(""), farm.users().planAt(record.order().planKey()));
            }
            record.kept().filter(k -> isKept(revision(record, k))).ifPresent(k -> add(revision(record, k), k.filmKey(), Optional.empty()));
        }
        List<Input> log = farm.films().log();
        List<FilmEffect> effects = farm.films().effects();
        int input = -1;
        for (int i = 0; i < effects.size(); i++) {
            while (input + 1 < log.size() && log.get(input + 1).effects() <= i) {
                input++;
            }
            look(effects.get(i), log.get(input).writes());
        }
    }

    private static FilmRef revision(FilmRecord record, FilmState.Kept kept) {
        return new FilmRef(record.ref().tenant(), record.ref().film(), kept.revision());
    }

    private boolean isKept(FilmRef revision) {
        return new FilmStore(farm.films().state()).keeping().ended(revision).filter(e -> e.leaving().isEmpty()).isPresent();
    }

    /** Whether an attempt was removed, as it may be when nobody holds it any more. */
    boolean wasRemoved(String tenant, AttemptRef attempt) {
        return farm.store().wasRemoved(ObjectKeys.attempt(tenant, attempt));
    }

    private void add(FilmRef ref, String key, Optional<FilmPlan> plan) {
        finished.add(new Finished(ref, key, plan, farm.store().look(key).map(SimulatedStore.Stored::thing).map(Thing.Film.class::cast)));
    }

    private void look(FilmEffect effect, long writes) {
        if (effect instanceof FilmEffect.Announce a && a.event() instanceof FilmEvent.SegmentChanged e && e.to().equals("accepted") && !e.from().equals("clipped")) {
            accepted.add(new Accepted(e.film(), e.index(), e.attempt().orElseThrow(), e.reused(), writes));
        } else if (effect instanceof FilmEffect.ToLane lane && lane.event() instanceof LaneEvent.Ready ready && ready.job().work() instanceof SegmentJob.Work.Render) {
            madeFor.put(ready.attempt().attempt(), ready.film().tenant());
        }
    }

    Farm farm() {
        return farm;
    }

    List<Finished> finished() {
        return finished;
    }

    List<Accepted> accepted() {
        return accepted;
    }

    /** The tenant an attempt was made for. */
    Optional<String> madeFor(AttemptRef attempt) {
        return Optional.ofNullable(madeFor.get(attempt.attempt()));
    }

    /** Attempts whose clip the stitcher could not use. Not asked of the scheduler: one that was fenced off may have ordered another in vain. */
    Set<AttemptRef> unusable() {
        return farm.unusableClips();
    }

    Optional<SimulatedStore.Stored> object(String key) {
        return farm.store().look(key);
    }

    <T extends Thing> Optional<T> thing(String key, Class<T> type) {
        return object(key).map(SimulatedStore.Stored::thing).filter(type::isInstance).map(type::cast);
    }
}
