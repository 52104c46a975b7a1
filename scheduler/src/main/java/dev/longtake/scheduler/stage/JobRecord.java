package dev.longtake.scheduler.stage;

import dev.longtake.contract.Lane;
import dev.longtake.contract.SegmentJob;
import dev.longtake.film.state.JobState;
import java.time.Instant;
import java.util.Optional;

/**
 * A job from the moment it may be dispatched until it is settled.
 *
 * @param submitted when its film was submitted
 * @param arrived   order of arrival in this pool
 * @param sent      when it was put on its topic
 * @param worker    who shows it in its heartbeats
 * @param unclaimed since when it lies on its topic while a worker has room for it
 * @param started   whether any worker ever showed it
 */
public record JobRecord(String pool, Lane lane, SegmentJob job, Instant submitted, long arrived, JobState state, Optional<Instant> sent, Optional<String> worker,
                        Optional<Instant> unclaimed, boolean started) {
    String attempt() {
        return job.attempt().attempt();
    }

    String tenant() {
        return job.film().tenant();
    }

    boolean outstanding() {
        return state == JobState.SENT || state == JobState.RUNNING;
    }

    JobRecord to(JobState next, Optional<String> by, boolean hasStarted) {
        return new JobRecord(pool, lane, job, submitted, arrived, next, sent, by, Optional.empty(), hasStarted);
    }

    JobRecord sent(SegmentJob complete, Instant now) {
        return new JobRecord(pool, lane, complete, submitted, arrived, JobState.SENT, Optional.of(now), Optional.empty(), Optional.empty(), false);
    }

    JobRecord unclaimedSince(Optional<Instant> since) {
        return new JobRecord(pool, lane, job, submitted, arrived, state, sent, worker, since, started);
    }
}
