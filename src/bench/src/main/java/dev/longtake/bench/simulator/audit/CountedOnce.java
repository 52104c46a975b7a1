package dev.longtake.bench.simulator.audit;

import dev.longtake.bench.simulator.farm.FilmNode;
import dev.longtake.contract.SegmentReport;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** An attempt that came to nothing is one try, however often that is said; each failure to encode its clip is one. */
final class CountedOnce implements Audit {
    private static final String NAME = "counted-once";

    @Override
    public List<String> names() {
        return List.of(NAME);
    }

    @Override
    public void check(Evidence evidence, Consumer<Violation> found) {
        Set<String> counted = new HashSet<>();
        for (FilmNode.Count count : evidence.farm().films().counts()) {
            SegmentReport report = count.report();
            String attempt = report.film() + ", segment " + report.index() + ", attempt " + report.attempt().attempt();
            if (count.tries() > 1 || count.tries() == 1 && !counted.add(attempt)) {
                found.accept(new Violation(NAME, attempt + " counted twice"));
            }
            if (count.clipTries() > 1 || count.clipTries() == 1 && !counted.add(attempt + ", clip at " + report.at())) {
                found.accept(new Violation(NAME, "a try at the clip of " + attempt + " counted twice"));
            }
        }
    }
}
