package dev.longtake.scheduler.stage;

import dev.longtake.contract.Lane;
import dev.longtake.film.state.WorkerState;
import java.time.Instant;
import java.util.List;

/**
 * A worker as its heartbeats show it.
 *
 * @param busy     jobs it showed last
 * @param heard    when its last heartbeat arrived here; never the time that the worker wrote, whose clock may be wrong
 */
public record WorkerRecord(String pool, String worker, List<Lane> lanes, int slots, int busy, WorkerState state, Instant heard) {
    boolean takes(Lane lane) {
        return state == WorkerState.READY && lanes.contains(lane);
    }
}
