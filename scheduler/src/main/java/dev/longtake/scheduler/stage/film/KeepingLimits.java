package dev.longtake.scheduler.stage.film;

import java.time.Duration;

/**
 * How long the film stage keeps what is over, and how much of it.
 *
 * @param retention  how long a film is kept after its last change, and a revision after another has taken its place
 * @param remembered how long the id of a film that is gone stays taken, after the last of its objects is gone: for so long a
 *                   submission that is sent again does not make a second film of it
 * @param patience   how long the janitor may say nothing of a job before it is told again
 * @param batch      attempts in one job; bounds the size of messages and records, and with them the rate of removal
 * @param films      films of one tenant that may be unfinished at once; one more fails at once, with this reason
 */
public record KeepingLimits(Duration retention, Duration remembered, Duration patience, int batch, int films) {
    public static final KeepingLimits DEFAULT = new KeepingLimits(Duration.ofDays(30), Duration.ofDays(1), Duration.ofMinutes(40), 1_000, 10_000);
}
