package dev.longtake.bench.simulator.audit;

import dev.longtake.bench.simulator.farm.Thing;
import dev.longtake.contract.Lineage;
import dev.longtake.contract.ObjectKeys;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Whatever was accepted was conditioned by the tail of the attempt that its parent is, byte for byte. */
final class ParentsTail implements Audit {
    private static final String NAME = "parents-tail";

    @Override
    public List<String> names() {
        return List.of(NAME);
    }

    @Override
    public void check(Evidence evidence, Consumer<Violation> found) {
        for (Evidence.Finished finished : evidence.finished()) {
            String tenant = finished.ref().tenant();
            for (Lineage.Entry entry : finished.film().map(f -> f.lineage().segments()).orElse(List.of())) {
                Optional<Thing.Tail> tail = entry.parent().flatMap(p -> evidence.thing(ObjectKeys.tail(tenant, p), Thing.Tail.class));
                Optional<Thing.Tail> used = evidence.thing(ObjectKeys.tokens(tenant, entry.attempt()), Thing.Tokens.class).flatMap(Thing.Tokens::from);
                if (!used.equals(tail)) {
                    found.accept(new Violation(NAME, finished.ref() + ": segment " + entry.index() + " was made from " + used + ", its parent ends with " + tail));
                }
            }
        }
    }
}
