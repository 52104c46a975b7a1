package dev.longtake.bench.simulator.audit;

import dev.longtake.contract.ObjectKeys;
import java.util.List;
import java.util.function.Consumer;

/** Tokens, tail and report of an accepted attempt are written once and never again. */
final class NeverChanged implements Audit {
    private static final String NAME = "never-changed";

    @Override
    public List<String> names() {
        return List.of(NAME);
    }

    @Override
    public void check(Evidence evidence, Consumer<Violation> found) {
        for (Evidence.Accepted accepted : evidence.accepted()) {
            String tenant = accepted.film().tenant();
            for (String key : List.of(ObjectKeys.tokens(tenant, accepted.attempt()), ObjectKeys.tail(tenant, accepted.attempt()), ObjectKeys.report(tenant, accepted.attempt()))) {
                evidence.object(key).filter(o -> o.writes() > 1).ifPresent(o -> found.accept(new Violation(NAME, key + " was written " + o.writes() + " times")));
            }
        }
    }
}
