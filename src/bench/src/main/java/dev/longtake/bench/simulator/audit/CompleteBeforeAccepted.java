package dev.longtake.bench.simulator.audit;

import dev.longtake.contract.ObjectKeys;
import java.util.List;
import java.util.function.Consumer;

/** Tokens, tail and report of an attempt were in the store before the attempt was accepted. */
final class CompleteBeforeAccepted implements Audit {
    private static final String NAME = "complete-before-accepted";

    @Override
    public List<String> names() {
        return List.of(NAME);
    }

    @Override
    public void check(Evidence evidence, Consumer<Violation> found) {
        for (Evidence.Accepted accepted : evidence.accepted()) {
            String tenant = accepted.film().tenant();
            for (String key : List.of(ObjectKeys.tokens(tenant, accepted.attempt()), ObjectKeys.tail(tenant, accepted.attempt()), ObjectKeys.report(tenant, accepted.attempt()))) {
                if (!evidence.wasRemoved(tenant, accepted.attempt()) && evidence.object(key).filter(o -> o.order() <= accepted.writes()).isEmpty()) {
                    found.accept(new Violation(NAME, accepted.film() + ": segment " + accepted.index() + " was accepted before there was " + key));
                }
            }
        }
    }
}
