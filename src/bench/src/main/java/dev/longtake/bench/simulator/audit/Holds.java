package dev.longtake.bench.simulator.audit;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmRef;
import dev.longtake.scheduler.stage.film.FilmStore;
import dev.longtake.scheduler.stage.film.KeepingStore;
import dev.longtake.scheduler.stage.film.SegmentRecord;
import java.util.HashMap;
import java.util.Map;

/** Who holds what, counted anew from the segments of all revisions that were not let go of. */
final class Holds {
    private Holds() {}

    /** An attempt of a tenant's. */
    record Tenants(String tenant, AttemptRef attempt) {}

    static Map<Tenants, Integer> of(Evidence evidence) {
        FilmStore films = new FilmStore(evidence.farm().films().state());
        Map<Tenants, Integer> holds = new HashMap<>();
        evidence.farm().films().state().records().forEach((key, record) -> {
            if (record instanceof KeepingStore.Ended ended) {
                FilmRef ref = ended.ref();
                for (int part = 0; part < ended.parts(); part++) {
                    films.keeping().held(ref, part).forEach(a -> holds.merge(new Tenants(ref.tenant(), a), 1, Integer::sum));
                }
            } else if (record instanceof SegmentRecord segment) {
                segment.accepted().ifPresent(a -> holds.merge(new Tenants(segment.film().tenant(), a), 1, Integer::sum));
            }
        });
        return holds;
    }
}
