package dev.longtake.scheduler;

import io.smallrye.config.WithDefault;
import java.time.Duration;

/** What is kept of films that are over, and how it is removed. */
public interface KeepingConfig {
    /** So that an order fits into a message. */
    int LARGEST_BATCH = 10_000;

    /** How long a film is kept after its last change, and a revision after another has taken its place. */
    @WithDefault("P30D")
    Duration retention();

    /** How long the id of a film that is gone, and with it its {@code Idempotency-Key}, stays taken after its last object is removed. */
    @WithDefault("P1D")
    Duration remembered();

    /**
     * How long whatever is to be removed is left alone before the scheduler is asked once more. Has to be longer than a scheduler that
     * was replaced can go on deciding: its session, its transaction, and a standby's lag.
     */
    @WithDefault("PT10M")
    Duration grace();

    /** How long nothing may be heard of a removal before it is ordered again, the grace not counted. */
    @WithDefault("PT30M")
    Duration patience();

    /** Attempts removed by one order; bounds messages and records. */
    @WithDefault("1000")
    int batch();

    /** Objects removed in a second by one process, at most, so that clearing up does not slow rendering down. */
    @WithDefault("200")
    int perSecond();

    /** Orders that wait for their grace in one process, at most; more are taken when they are given again. */
    @WithDefault("1000")
    int waiting();

    /** Films of one tenant that may be unfinished at once; one more fails at once and says so. */
    @WithDefault("10000")
    int tenantFilms();

    /** How often the store is looked through for what nobody ever asked for: attempts that lost, plans of submissions that got no further. */
    @WithDefault("PT6H")
    Duration sweepInterval();

    /**
     * How old such a thing must be by the store's clock. Has to be longer than a submission that is sent again, or an attempt, may take:
     * at least a day.
     */
    @WithDefault("P2D")
    Duration sweepAge();

    /** @throws IllegalArgumentException if what is needed could be removed so, or nothing ever would be */
    default void check(Duration sessionTimeout) {
        if (grace().compareTo(sessionTimeout) <= 0) {
            throw new IllegalArgumentException("longtake.scheduler.keeping.grace: " + grace() + " is not longer than longtake.scheduler.session-timeout (" + sessionTimeout
                    + "); a scheduler that was replaced could remove what is needed; make it longer");
        }
        if (batch() < 1 || batch() > LARGEST_BATCH) {
            throw new IllegalArgumentException("longtake.scheduler.keeping.batch: " + batch() + " is not from 1 to " + LARGEST_BATCH);
        }
        if (perSecond() < 1) {
            throw new IllegalArgumentException("longtake.scheduler.keeping.per-second: " + perSecond() + " is not above 0");
        }
    }
}
