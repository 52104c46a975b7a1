package dev.longtake.bench.simulator.audit;

import dev.longtake.contract.Lineage;
import dev.longtake.contract.ObjectKeys;
import java.util.List;
import java.util.function.Consumer;

/** Every object that a finished film names is there: the film, and tokens, tail, report and clip of all its attempts. */
final class NothingMissing implements Audit {
    private static final String NAME = "nothing-missing";

    @Override
    public List<String> names() {
        return List.of(NAME);
    }

    @Override
    public void check(Evidence evidence, Consumer<Violation> found) {
        for (Evidence.Finished finished : evidence.finished()) {
            if (finished.film().isEmpty()) {
                found.accept(new Violation(NAME, finished.ref() + " has no film at " + finished.key()));
            }
            String tenant = finished.ref().tenant();
            for (Lineage.Entry entry : finished.film().map(f -> f.lineage().segments()).orElse(List.of())) {
                for (String key : List.of(ObjectKeys.tokens(tenant, entry.attempt()), ObjectKeys.tail(tenant, entry.attempt()), ObjectKeys.report(tenant, entry.attempt()),
                        ObjectKeys.clip(tenant, entry.attempt()))) {
                    if (evidence.object(key).isEmpty()) {
                        found.accept(new Violation(NAME, finished.ref() + ": no " + key));
                    }
                }
            }
        }
    }
}
