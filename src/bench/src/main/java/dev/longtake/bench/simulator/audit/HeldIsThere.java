package dev.longtake.bench.simulator.audit;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.scheduler.stage.film.FilmStore;
import dev.longtake.scheduler.stage.film.StoredAttempt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What any revision holds can be taken over and lies in the store whole; nothing was ever removed while it was held or shown. */
final class HeldIsThere implements Audit {
    private static final String NAME = "held-is-there";

    @Override
    public List<String> names() {
        return List.of(NAME);
    }

    @Override
    public void check(Evidence evidence, Consumer<Violation> found) {
        evidence.farm().janitor().heldAndRemoved().forEach(what -> found.accept(new Violation(NAME, "removed while it was needed: " + what)));
        FilmStore films = new FilmStore(evidence.farm().films().state());
        Holds.of(evidence).keySet().forEach(held -> {
            AttemptRef attempt = held.attempt();
            Optional<StoredAttempt> stored = films.stored(held.tenant(), attempt);
            if (stored.isEmpty()) {
                found.accept(new Violation(NAME, attempt + " is held and cannot be taken over"));
            }
            List<String> keys = new ArrayList<>(List.of(ObjectKeys.tokens(held.tenant(), attempt), ObjectKeys.tail(held.tenant(), attempt), ObjectKeys.report(held.tenant(), attempt)));
            stored.filter(s -> !s.clipDigest().isEmpty()).ifPresent(s -> keys.add(ObjectKeys.clip(held.tenant(), attempt)));
            keys.stream().filter(k -> evidence.object(k).isEmpty()).forEach(k -> found.accept(new Violation(NAME, "no " + k)));
        });
    }
}
