package dev.longtake.scheduler.streams;

import dev.longtake.contract.Digests;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.PlanDocument;
import dev.longtake.film.story.StoryException;
import dev.longtake.platform.store.ObjectMissingException;
import dev.longtake.platform.store.StoreUnavailableException;
import dev.longtake.scheduler.stage.film.PlanSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Plans from the object store, derived once and kept by digest. Bounded by segments, since one plan may be a thousand times another.
 * Not thread-safe: each stream task has its own.
 */
final class StoredPlans implements PlanSource {
    private static final int SEGMENTS_KEPT = 400_000;

    private final BriefStore store;
    private final Map<String, FilmPlan> plans = new LinkedHashMap<>(16, 0.75f, true);
    private int segments;

    StoredPlans(BriefStore store) {
        this.store = store;
    }

    @Override
    public FilmPlan plan(String planKey, String planDigest) throws UnusablePlanException, PlanAwayException {
        FilmPlan known = plans.get(planDigest);
        if (known != null) {
            return known;
        }
        FilmPlan plan = read(planKey, planDigest);
        plans.put(planDigest, plan);
        segments += plan.segments().size();
        while (segments > SEGMENTS_KEPT && plans.size() > 1) {
            String eldest = plans.keySet().iterator().next();
            segments -= plans.remove(eldest).segments().size();
        }
        return plan;
    }

    private FilmPlan read(String planKey, String planDigest) throws UnusablePlanException, PlanAwayException {
        try {
            byte[] bytes = store.get(planKey);
            if (!Digests.sha256(bytes).equals(planDigest)) {
                throw new UnusablePlanException("the plan at " + planKey + " is not the one that was submitted");
            }
            return PlanDocument.fromBytes(bytes).plan();
        } catch (ObjectMissingException | StoryException e) {
            throw new UnusablePlanException(e.getMessage());
        } catch (StoreUnavailableException e) {
            throw new PlanAwayException(e.getMessage());
        } catch (RuntimeException e) {
            // A plan that breaks the planner will break it again.
            throw new UnusablePlanException("it cannot be followed: " + e);
        }
    }
}
