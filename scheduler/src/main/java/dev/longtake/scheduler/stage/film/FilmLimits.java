package dev.longtake.scheduler.stage.film;

import java.time.Duration;
import java.util.Set;

/**
 * Limits of the film stage.
 *
 * @param pools           pools of workers that there are
 * @param maxTries        tries at a segment, clip or join that may fail before it is given up
 * @param openChains      chains of one film that may be in work at once; bounds the state of a film of many cuts
 * @param retryPause      pause before the second try after a failure; doubles with each
 * @param longestPause    longest pause between tries
 * @param outagesToStall  failures from outside in a row after which a film is shown as stalled
 * @param clipPatience    how long a worker's own clip may take before another encodes it
 * @param joinPatience    how long an assembly may take before it is handed out again
 * @param offerPatience   how long the dispatch stage may say nothing of a job before it is offered again
 * @param keeping        what is kept of films that are over
 */
public record FilmLimits(Set<String> pools, int maxTries, int openChains, Duration retryPause, Duration longestPause, int outagesToStall, Duration clipPatience, Duration joinPatience,
                         Duration offerPatience, KeepingLimits keeping) {
    public static final FilmLimits DEFAULT = new FilmLimits(Set.of("cpu"), 4, 64, Duration.ofSeconds(1), Duration.ofSeconds(30), 3, Duration.ofMinutes(1), Duration.ofMinutes(10),
            Duration.ofMinutes(11), KeepingLimits.DEFAULT);

    public FilmLimits keeping(KeepingLimits other) {
        return new FilmLimits(pools, maxTries, openChains, retryPause, longestPause, outagesToStall, clipPatience, joinPatience, offerPatience, other);
    }

    /** Pause before try {@code failures + 1}. */
    Duration pause(int failures) {
        Duration pause = retryPause.multipliedBy(1L << Math.min(20, Math.max(0, failures - 1)));
        return pause.compareTo(longestPause) > 0 ? longestPause : pause;
    }
}
