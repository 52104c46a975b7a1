package dev.longtake.scheduler.stage.film;

import dev.longtake.film.plan.FilmPlan;

/** Where plans come from. Answers soon: the stage decides for many films. */
@FunctionalInterface
public interface PlanSource {
    /**
     * @param planKey    object key of the plan
     * @param planDigest SHA-256 of its bytes
     * @throws UnusablePlanException if there is no such plan, it is another, or it cannot be followed: trying again is pointless
     * @throws PlanAwayException     if it cannot be read now
     */
    FilmPlan plan(String planKey, String planDigest) throws UnusablePlanException, PlanAwayException;

    /** A plan that will never be usable. */
    final class UnusablePlanException extends Exception {
        private static final long serialVersionUID = 1L;

        public UnusablePlanException(String message) {
            super(message);
        }
    }

    /** The store does not answer: to be tried again. */
    final class PlanAwayException extends Exception {
        private static final long serialVersionUID = 1L;

        public PlanAwayException(String message) {
            super(message);
        }
    }
}
