package dev.longtake.bench.simulator.audit;

import java.util.List;
import java.util.function.Consumer;

/** When every film has ended, nothing is dispatched, no timer runs, and only summaries and stored attempts are kept. */
final class NothingLeftOut implements Audit {
    private static final String NAME = "nothing-left-out";

    @Override
    public List<String> names() {
        return List.of(NAME);
    }

    @Override
    public void check(Evidence evidence, Consumer<Violation> found) {
        evidence.farm().dispatch().state().records().keySet().stream().filter(k -> k.startsWith("job/")).forEach(k -> found.accept(new Violation(NAME, "still out: " + k)));
        evidence.farm().films().state().records().keySet().stream().filter(k -> !k.startsWith("film/") && !k.startsWith("stored/"))
                .forEach(k -> found.accept(new Violation(NAME, "still kept: " + k)));
    }
}
