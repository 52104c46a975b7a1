package dev.longtake.bench.simulator.audit;

import dev.longtake.scheduler.stage.film.FilmStore;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Every stored attempt is held exactly as often as it counts. */
final class HoldsAddUp implements Audit {
    private static final String NAME = "holds-add-up";

    @Override
    public List<String> names() {
        return List.of(NAME);
    }

    @Override
    public void check(Evidence evidence, Consumer<Violation> found) {
        Map<Holds.Tenants, Integer> holds = Holds.of(evidence);
        evidence.farm().films().state().records().forEach((key, record) -> {
            if (record instanceof FilmStore.Stored stored) {
                String tenant = key.split("/")[1];
                stored.attempts().stream().filter(s -> s.held() != holds.getOrDefault(new Holds.Tenants(tenant, s.attempt()), 0))
                        .forEach(s -> found.accept(new Violation(NAME, s.attempt() + " counts " + s.held() + " holds, and has " + holds.getOrDefault(new Holds.Tenants(tenant, s.attempt()), 0))));
            }
        });
    }
}
