package dev.longtake.bench.simulator.audit;

import dev.longtake.bench.simulator.farm.SimulatedStore;
import dev.longtake.bench.simulator.farm.Thing;
import dev.longtake.contract.ObjectKeys;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The clip of an accepted attempt is written after the attempt was complete, decoded from its tokens, and once: again only if the stitcher could not use it. */
final class ClipOnce implements Audit {
    private static final String NAME = "clip-once";

    @Override
    public List<String> names() {
        return List.of(NAME);
    }

    @Override
    public void check(Evidence evidence, Consumer<Violation> found) {
        Set<String> seen = new HashSet<>();
        for (Evidence.Accepted accepted : evidence.accepted()) {
            String tenant = accepted.film().tenant();
            String key = ObjectKeys.clip(tenant, accepted.attempt());
            Optional<SimulatedStore.Stored> clip = evidence.object(key);
            if (clip.isEmpty() || evidence.wasRemoved(tenant, accepted.attempt()) || !seen.add(key)) {
                continue;
            }
            if (clip.get().writes() > 1 && !evidence.unusable().contains(accepted.attempt())) {
                found.accept(new Violation(NAME, key + " was written " + clip.get().writes() + " times"));
            }
            if (evidence.object(ObjectKeys.report(tenant, accepted.attempt())).filter(r -> r.order() < clip.get().order()).isEmpty()) {
                found.accept(new Violation(NAME, key + " was written before its attempt was complete"));
            }
            long made = ((Thing.Clip) clip.get().thing()).of();
            if (evidence.thing(ObjectKeys.tokens(tenant, accepted.attempt()), Thing.Tokens.class).filter(t -> t.made() == made).isEmpty()) {
                found.accept(new Violation(NAME, key + " was decoded from other tokens than those of its attempt"));
            }
        }
    }
}
