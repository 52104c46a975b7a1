package dev.longtake.bench.simulator.audit;

import dev.longtake.bench.simulator.farm.DispatchNode;
import dev.longtake.contract.Lane;
import dev.longtake.contract.SegmentJob;
import dev.longtake.scheduler.stage.dispatch.DispatchEffect;
import dev.longtake.scheduler.stage.dispatch.DispatchLimits;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Quota, and bounded waiting. The bound is that of start-time fair queueing: while a tenant has a job ready in a lane and is below its
 * quota, no other tenant of that lane is sent more than one longest job of its own share and one of the waiting tenant's, before the
 * waiting tenant is sent one. A more urgent lane goes first for as long as it has work.
 */
final class Shares {
    static final String QUOTA = "quota";
    static final String WAITING = "bounded-waiting";
    private static final double LONGEST = 8;

    private final DispatchLimits limits;
    private final Consumer<Violation> found;
    /** What others were sent since a waiting tenant was sent something, in their shares. */
    private final Map<Lane, Map<String, Map<String, Double>>> passed = new EnumMap<>(Lane.class);

    Shares(DispatchLimits limits, Consumer<Violation> found) {
        this.limits = limits;
        this.found = found;
        for (Lane lane : Lane.values()) {
            passed.put(lane, new HashMap<>());
        }
    }

    void look(DispatchNode.Round round) {
        limits.tenantJobs().ifPresent(most -> round.out().forEach((tenant, out) -> {
            if (out > most) {
                found.accept(new Violation(QUOTA, tenant + " has " + out + " jobs out, " + most + " are allowed"));
            }
        }));
        for (DispatchEffect.Send sent : round.sent()) {
            Map<String, Map<String, Double>> lane = passed.get(sent.lane());
            String served = sent.job().film().tenant();
            lane.remove(served);
            for (String waiting : round.waiting().getOrDefault(sent.lane(), Set.of())) {
                if (!waiting.equals(served) && mayBeSent(waiting, round)) {
                    double share = lane.computeIfAbsent(waiting, t -> new HashMap<>()).merge(served, cost(sent.job()) / weight(served), Double::sum);
                    if (share > LONGEST / weight(served) + LONGEST / weight(waiting) + 1e-9) {
                        found.accept(new Violation(WAITING, waiting + " waits in lane " + sent.lane() + " while " + served + " is sent " + share + " of its share"));
                    }
                }
            }
        }
        passed.forEach((lane, tenants) -> tenants.keySet().removeIf(t -> !round.waiting().getOrDefault(lane, Set.of()).contains(t) || !mayBeSent(t, round)));
    }

    private boolean mayBeSent(String tenant, DispatchNode.Round round) {
        return limits.tenantJobs().isEmpty() || round.out().getOrDefault(tenant, 0) < limits.tenantJobs().getAsInt();
    }

    private double weight(String tenant) {
        return limits.weights().getOrDefault(tenant, 1.0);
    }

    private static double cost(SegmentJob job) {
        return job.work() instanceof SegmentJob.Work.Render render ? render.steps() : 1;
    }
}
