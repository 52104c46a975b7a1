package dev.longtake.scheduler.stage;

import dev.longtake.film.plan.FilmPlan;

/** Where plans come from. */
@FunctionalInterface
public interface PlanSource {
    /**
     * @param planKey    object key of the plan
     * @param planDigest SHA-256 of its bytes
     * @throws UnusablePlanException if there is no such plan, it is another, or it cannot be followed: trying again is pointless
     */
    FilmPlan plan(String planKey, String planDigest) throws UnusablePlanException;

    /** A plan that will never be usable. */
    final class UnusablePlanException extends Exception {
        private static final long serialVersionUID = 1L;

        public UnusablePlanException(String message) {
            super(message);
        }
    }
}
