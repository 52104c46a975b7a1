package dev.longtake.scheduler.stage.dispatch;

import dev.longtake.contract.Lane;
import dev.longtake.contract.LaneEvent;
import dev.longtake.contract.SegmentJob;
import dev.longtake.film.state.JobState;
import java.time.Instant;
import java.util.Optional;

/**
 * A job from the moment it may be dispatched until it is settled.
 *
 * @param submitted when its film was submitted
 * @param arrived   order of arrival in this pool
 * @param order     order of sending in this pool; 0 while it is queued
 * @param since     when it came into its present state
 * @param worker    who shows it in its heartbeats
 * @param started   whether any worker ever showed this dispatch
 * @param room      since when it lies on its topic while a worker has room for it
 */
public record JobRecord(String pool, Lane lane, SegmentJob job, Instant submitted, long arrived, JobState state, long order, Instant since, Optional<String> worker,
                        boolean started, Optional<Instant> room) {

    static JobRecord queued(LaneEvent.Ready ready, long arrived, Instant now) {
        return new JobRecord(ready.pool(), ready.lane(), ready.job(), ready.submitted(), arrived, JobState.TABLE.initial(), 0, now, Optional.empty(), false, Optional.empty());
    }

    public String tenant() {
        return job.film().tenant();
    }

    public boolean outstanding() {
        return state == JobState.SENT || state == JobState.RUNNING;
    }

    JobRecord sent(SegmentJob complete, long number, JobState to, Instant now) {
        return new JobRecord(pool, lane, complete, submitted, arrived, to, number, now, Optional.empty(), false, Optional.empty());
    }

    JobRecord shownBy(String by, JobState to, Instant now) {
        return new JobRecord(pool, lane, job, submitted, arrived, to, order, state == to ? since : now, Optional.of(by), true, Optional.empty());
    }

    JobRecord putDown(JobState to, Instant now) {
        return new JobRecord(pool, lane, job, submitted, arrived, to, order, now, Optional.empty(), started, Optional.empty());
    }

    JobRecord roomSince(Optional<Instant> when) {
        return new JobRecord(pool, lane, job, submitted, arrived, state, order, since, worker, started, when);
    }
}
