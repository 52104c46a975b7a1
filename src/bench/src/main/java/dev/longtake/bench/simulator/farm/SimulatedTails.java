package dev.longtake.bench.simulator.farm;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.ObjectKeys;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Redis: the fast copies of tails, which may be gone at any time. */
final class SimulatedTails {
    private final Map<String, Thing.Tail> tails = new HashMap<>();

    void put(String tenant, Thing.Tail tail) {
        tails.put(ObjectKeys.cachedTail(tenant, tail.attempt()), tail);
    }

    Optional<Thing.Tail> get(String tenant, AttemptRef attempt) {
        return Optional.ofNullable(tails.get(ObjectKeys.cachedTail(tenant, attempt)));
    }

    /** @return whether there was anything */
    boolean wipe() {
        boolean any = !tails.isEmpty();
        tails.clear();
        return any;
    }
}
