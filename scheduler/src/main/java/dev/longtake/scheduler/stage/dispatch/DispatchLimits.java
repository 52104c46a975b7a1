package dev.longtake.scheduler.stage.dispatch;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Limits of the dispatch stage.
 *
 * @param jobDeadline    how long a job may take from when it is sent before it is given up
 * @param pickupPatience how long a job may wait on its topic while a worker has room for it, or takes later ones
 * @param workerTimeout  how long a worker may be silent
 * @param benchAfter     failures in a row, on work that another worker has not failed on, after which a worker rests
 * @param benchPause     how long it rests
 * @param deadlyWorkers  workers that may end or freeze with one dispatch in hand before it counts as poison: it kills them
 * @param tenantJobs     jobs of one tenant that may be out at once in a pool; no limit if empty
 * @param weights        a tenant's share of a busy pool, relative to the others'; 1 for those not named
 */
public record DispatchLimits(Duration jobDeadline, Duration pickupPatience, Duration workerTimeout, int benchAfter, Duration benchPause, int deadlyWorkers,
                             OptionalInt tenantJobs, Map<String, Double> weights) {
    public static final DispatchLimits DEFAULT = new DispatchLimits(Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofSeconds(10), 2, Duration.ofMinutes(1), 3,
            OptionalInt.empty(), Map.of());

    public DispatchLimits {
        weights = Map.copyOf(weights);
        weights.forEach((tenant, weight) -> {
            if (!(weight > 0)) {
                throw new IllegalArgumentException("the weight of tenant " + tenant + " must be above 0, not " + weight);
            }
        });
    }

    double weight(String tenant) {
        return weights.getOrDefault(tenant, 1.0);
    }
}
