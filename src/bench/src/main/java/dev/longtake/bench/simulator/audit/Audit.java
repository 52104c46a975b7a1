package dev.longtake.bench.simulator.audit;

import java.util.List;
import java.util.function.Consumer;

/** Looks for what must never be in a run that is over. */
interface Audit {
    /** What it looks for. */
    List<String> names();

    void check(Evidence evidence, Consumer<Violation> found);
}
