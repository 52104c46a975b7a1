package dev.longtake.bench.simulator.audit;

import dev.longtake.bench.simulator.farm.Farm;
import java.util.ArrayList;
import java.util.List;

/** All that is looked at after every run. */
public final class Audits {
    private static final List<Audit> ALL = List.of(new EveryFilmEnds(), new OneAcceptedAttempt(), new ParentsTail(), new PlannedFrames(), new NothingMissing(), new CompleteBeforeAccepted(),
            new NeverChanged(), new ClipOnce(), new TenantsApart(), new CountedOnce(), new FewDeaths(), new NothingLeftOut(), new HeldIsThere(), new HoldsAddUp(), new GoneIsGone(), new ReplayedFilms(), new ReplayedDispatch());

    private Audits() {}

    /** Names of all audits, in order. */
    public static List<String> names() {
        return ALL.stream().flatMap(a -> a.names().stream()).distinct().toList();
    }

    /** @return everything that is wrong with a run that is over */
    public static List<Violation> of(Farm farm) {
        Evidence evidence = new Evidence(farm);
        List<Violation> violations = new ArrayList<>();
        for (Audit audit : ALL) {
            audit.check(evidence, violations::add);
        }
        return violations;
    }
}
