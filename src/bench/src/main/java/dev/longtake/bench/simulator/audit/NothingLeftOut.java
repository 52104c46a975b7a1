package dev.longtake.bench.simulator.audit;

import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * When every film has ended, nothing is dispatched, no timer runs, nothing is being removed, and only summaries, stored attempts and
 * what holds them are kept.
 */
final class NothingLeftOut implements Audit {
    /** What stays of films that are over, for as long as they are kept. */
    private static final Pattern KEPT = Pattern.compile("(film|stored|ended|held)/.*|timer/.*/(EXPIRE|FORGET)/-1");
    private static final String NAME = "nothing-left-out";

    @Override
    public List<String> names() {
        return List.of(NAME);
    }

    @Override
    public void check(Evidence evidence, Consumer<Violation> found) {
        evidence.farm().dispatch().state().records().keySet().stream().filter(k -> k.startsWith("job/")).forEach(k -> found.accept(new Violation(NAME, "still out: " + k)));
        evidence.farm().films().state().records().keySet().stream().filter(k -> !KEPT.matcher(k).matches())
                .forEach(k -> found.accept(new Violation(NAME, "still kept: " + k)));
    }
}
