package dev.longtake.bench.simulator.audit;

import java.util.List;
import java.util.function.Consumer;

/** No film contains, and no segment ever is, what was made for another tenant. */
final class TenantsApart implements Audit {
    private static final String NAME = "tenants-apart";

    @Override
    public List<String> names() {
        return List.of(NAME);
    }

    @Override
    public void check(Evidence evidence, Consumer<Violation> found) {
        for (Evidence.Accepted accepted : evidence.accepted()) {
            evidence.madeFor(accepted.attempt()).filter(owner -> !owner.equals(accepted.film().tenant()))
                    .ifPresent(owner -> found.accept(new Violation(NAME, accepted.film() + ": segment " + accepted.index() + " is an attempt of " + owner)));
        }
        for (Evidence.Finished finished : evidence.finished()) {
            if (!finished.key().startsWith("tenants/" + finished.ref().tenant() + "/")) {
                found.accept(new Violation(NAME, finished.ref() + " lies at " + finished.key()));
            }
            finished.film().ifPresent(film -> film.lineage().segments().forEach(e -> evidence.madeFor(e.attempt()).filter(owner -> !owner.equals(finished.ref().tenant()))
                    .ifPresent(owner -> found.accept(new Violation(NAME, finished.ref() + ": segment " + e.index() + " was made for " + owner)))));
        }
    }
}
