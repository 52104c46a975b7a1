package dev.longtake.scheduler.stage.dispatch;

import dev.longtake.contract.Lane;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.film.state.WorkerState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A worker as its heartbeats show it.
 *
 * @param busy   jobs it showed last
 * @param heard  when its last heartbeat arrived here; never the time that the worker wrote, whose clock may be wrong
 * @param failed keys of the segments it failed on in a row, newest last
 * @param rests  until when it is benched
 */
public record WorkerRecord(String pool, String worker, List<Lane> lanes, int slots, int busy, WorkerState state, Instant heard, List<String> failed, Optional<Instant> rests) {

    static WorkerRecord unknown(WorkerHeartbeat beat, Instant now) {
        return new WorkerRecord(beat.pool(), beat.worker(), beat.lanes(), beat.slots(), 0, WorkerState.TABLE.initial(), now, List.of(), Optional.empty());
    }

    WorkerRecord heard(WorkerHeartbeat beat, WorkerState to, Instant now) {
        return new WorkerRecord(pool, worker, beat.lanes(), beat.slots(), beat.running().size(), to, now, failed, rests);
    }

    WorkerRecord failing(List<String> keys) {
        return new WorkerRecord(pool, worker, lanes, slots, busy, state, heard, List.copyOf(keys), rests);
    }

    WorkerRecord resting(WorkerState to, Optional<Instant> until) {
        return new WorkerRecord(pool, worker, lanes, slots, busy, to, heard, failed, until);
    }

    /** The newest failures, this one included. */
    List<String> failedOn(String key, int kept) {
        List<String> all = new ArrayList<>(failed);
        all.add(key);
        return all.subList(Math.max(0, all.size() - kept), all.size());
    }

    boolean takes(Lane lane) {
        return state == WorkerState.READY && lanes.contains(lane);
    }
}
