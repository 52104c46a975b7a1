package dev.longtake.scheduler.stage;

import java.time.Duration;

/**
 * Limits of the two stages.
 *
 * @param maxTries        attempts at a segment, clip or assembly that may fail before it is given up
 * @param openChains      chains of one film that may be in work at once; bounds the state of a film of many cuts
 * @param retryPause      pause before the second attempt after a failure; doubles with each
 * @param longestPause    longest pause between attempts
 * @param outagesToStall  failures from outside in a row after which a film is shown as stalled
 * @param clipPatience    how long a worker's own clip may take before another encodes it
 * @param assemblyPatience how long an assembly may take before it is handed out again
 * @param jobDeadline     how long a job may take in all before it is reissued
 * @param pickupPatience  how long a job may wait on its topic while a worker has room for it
 * @param workerTimeout   how long a worker may be silent
 */
public record StageSettings(int maxTries, int openChains, Duration retryPause, Duration longestPause, int outagesToStall, Duration clipPatience,
                            Duration assemblyPatience, Duration jobDeadline, Duration pickupPatience, Duration workerTimeout) {
    public static final StageSettings DEFAULT = new StageSettings(4, 64, Duration.ofSeconds(1), Duration.ofSeconds(30), 3, Duration.ofSeconds(60),
            Duration.ofMinutes(10), Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofSeconds(10));

    /** Pause before attempt {@code failures + 1}. */
    Duration pause(int failures) {
        Duration pause = retryPause.multipliedBy(1L << Math.min(20, Math.max(0, failures - 1)));
        return pause.compareTo(longestPause) > 0 ? longestPause : pause;
    }
}
