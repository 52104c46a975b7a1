package dev.longtake.scheduler.stage.dispatch;

import dev.longtake.contract.SegmentJob;
import dev.longtake.scheduler.stage.dispatch.PoolRecord.LaneClock;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The order in which the queued jobs of a lane are sent: tenants by weighted fair share, and inside a tenant the oldest film first.
 * Counting what each has out now would not be enough: two tenants that take turns would keep a third waiting for ever.
 */
final class FairShare {
    private final Map<String, Queue<JobRecord>> queues = new TreeMap<>();
    private final Map<String, Double> finish;
    private final Map<String, Long> out;
    private final DispatchLimits limits;
    private double now;

    /** @param out jobs each tenant has out in the whole pool */
    FairShare(LaneClock clock, List<JobRecord> queued, Map<String, Long> out, DispatchLimits limits) {
        queued.stream().sorted(Comparator.comparing(JobRecord::submitted).thenComparingLong(JobRecord::arrived))
                .forEach(j -> queues.computeIfAbsent(j.tenant(), t -> new ArrayDeque<>()).add(j));
        this.finish = new HashMap<>(clock.finish());
        this.out = new HashMap<>(out);
        this.limits = limits;
        this.now = clock.now();
    }

    /** Takes the next job, or empty if there is none that may be sent. */
    Optional<JobRecord> next() {
        Optional<Map.Entry<String, Queue<JobRecord>>> turn = queues.entrySet().stream()
                .filter(e -> limits.tenantJobs().isEmpty() || out.getOrDefault(e.getKey(), 0L) < limits.tenantJobs().getAsInt())
                .min(Comparator.comparingDouble((Map.Entry<String, Queue<JobRecord>> e) -> begin(e.getKey())).thenComparing(e -> e.getValue().element().submitted()));
        // Not the entry itself: removing one from a TreeMap may turn it into its neighbour.
        return turn.map(Map.Entry::getKey).map(tenant -> {
            Queue<JobRecord> queue = queues.get(tenant);
            JobRecord job = queue.remove();
            if (queue.isEmpty()) {
                queues.remove(tenant);
            }
            now = begin(tenant);
            finish.put(tenant, now + cost(job.job()) / limits.weight(tenant));
            out.merge(tenant, 1L, Long::sum);
            return job;
        });
    }

    private double begin(String tenant) {
        return Math.max(now, finish.getOrDefault(tenant, now));
    }

    /** Device time, roughly: every sampling step of every segment has the same shape. */
    private static int cost(SegmentJob job) {
        return job.work() instanceof SegmentJob.Work.Render render ? render.steps() : 1;
    }

    LaneClock clock() {
        return new LaneClock(now, finish.entrySet().stream().filter(e -> e.getValue() > now).collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, Double::sum, TreeMap::new)));
    }
}
