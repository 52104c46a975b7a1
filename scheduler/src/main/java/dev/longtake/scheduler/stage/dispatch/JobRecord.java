package dev.longtake.scheduler.stage.dispatch;

import dev.longtake.contract.Lane;
import dev.longtake.contract.LaneEvent;
import dev.longtake.contract.SegmentJob;
import dev.longtake.film.state.JobState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
 * @param ended     workers that had this, or an earlier attempt at it, in hand and were not heard of with it again: counted here, since a
 *                  broker that restarts forgets how often it has handed a record out; absent in state of before it was counted
 */
public record JobRecord(String pool, Lane lane, SegmentJob job, Instant submitted, long arrived, JobState state, long order, Instant since, Optional<String> worker,
                        boolean started, Optional<Instant> room, Optional<List<String>> ended) {

    /** @param deaths workers that earlier attempts at the same have cost */
    static JobRecord queued(LaneEvent.Ready ready, long arrived, List<String> deaths, Instant now) {
        return new JobRecord(ready.pool(), ready.lane(), ready.job(), ready.submitted(), arrived, JobState.TABLE.initial(), 0, now, Optional.empty(), false, Optional.empty(), Optional.of(deaths));
    }

    public String tenant() {
        return job.film().tenant();
    }

    public boolean outstanding() {
        return state == JobState.SENT || state == JobState.RUNNING;
    }

    JobRecord in(Lane other) {
        return new JobRecord(pool, other, job, submitted, arrived, state, order, since, worker, started, room, ended);
    }

    JobRecord sent(SegmentJob complete, long number, JobState to, Instant now) {
        return new JobRecord(pool, lane, complete, submitted, arrived, to, number, now, Optional.empty(), false, Optional.empty(), ended);
    }

    JobRecord shownBy(String by, JobState to, Instant now) {
        return new JobRecord(pool, lane, job, submitted, arrived, to, order, state == to ? since : now, Optional.of(by), true, Optional.empty(), endedUnder(by));
    }

    /** Whoever had it before has lost it, dead or frozen; one that shows it again was neither. */
    private Optional<List<String>> endedUnder(String by) {
        List<String> all = new ArrayList<>(ended.orElse(List.of()));
        worker.filter(w -> !all.contains(w)).ifPresent(all::add);
        all.remove(by);
        return Optional.of(List.copyOf(all));
    }

    /** Its worker lives, and shows it no longer. */
    JobRecord putDown(JobState to, Instant now) {
        return new JobRecord(pool, lane, job, submitted, arrived, to, order, now, Optional.empty(), started, Optional.empty(), ended);
    }

    /** Its worker was not heard of any more. */
    JobRecord orphaned(JobState to, Instant now) {
        return new JobRecord(pool, lane, job, submitted, arrived, to, order, now, Optional.empty(), started, Optional.empty(), endedUnder(""));
    }

    /** How many workers ended or froze with it in hand. */
    int deaths() {
        return ended.map(List::size).orElse(0);
    }

    JobRecord roomSince(Optional<Instant> when) {
        return new JobRecord(pool, lane, job, submitted, arrived, state, order, since, worker, started, when, ended);
    }
}
