package dev.longtake.scheduler.stage.dispatch;

import dev.longtake.contract.Lane;
import java.util.EnumMap;
import java.util.Map;

/**
 * What the dispatch stage keeps of a pool as a whole.
 *
 * @param sequence numbers given out, for arrivals and dispatches
 * @param clocks   who has had how much, by lane
 */
public record PoolRecord(String pool, long sequence, Map<Lane, LaneClock> clocks) {

    /**
     * Virtual time of a lane (start-time fair queueing: Goyal, Vin, Cheng 1996). A tenant that was away begins at {@code now}, so it
     * neither owes nor is owed anything.
     *
     * @param now    start of the job that was sent last
     * @param finish where each tenant's next job begins; only those after {@code now} are kept
     */
    public record LaneClock(double now, Map<String, Double> finish) {
        static final LaneClock ZERO = new LaneClock(0, Map.of());
    }

    static PoolRecord empty(String pool) {
        return new PoolRecord(pool, 0, Map.of());
    }

    LaneClock clock(Lane lane) {
        return clocks.getOrDefault(lane, LaneClock.ZERO);
    }

    PoolRecord counted() {
        return new PoolRecord(pool, sequence + 1, clocks);
    }

    PoolRecord with(Lane lane, LaneClock clock) {
        Map<Lane, LaneClock> all = new EnumMap<>(Lane.class);
        all.putAll(clocks);
        all.put(lane, clock);
        return new PoolRecord(pool, sequence, all);
    }
}
