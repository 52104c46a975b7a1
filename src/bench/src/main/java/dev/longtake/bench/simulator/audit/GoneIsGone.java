package dev.longtake.bench.simulator.audit;

import dev.longtake.bench.simulator.farm.Farm;
import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmRef;
import dev.longtake.film.state.RevisionState;
import dev.longtake.scheduler.stage.film.FilmRecord;
import dev.longtake.scheduler.stage.film.FilmStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Of what was removed nothing is in the store but what was written afterwards; a film that is deleted holds nothing; and where the store is
 * swept, nothing lies there for long that nobody knows.
 */
final class GoneIsGone implements Audit {
    private static final String NAME = "gone-is-gone";

    @Override
    public List<String> names() {
        return List.of(NAME);
    }

    @Override
    public void check(Evidence evidence, Consumer<Violation> found) {
        Map<String, Long> removed = new HashMap<>();
        evidence.farm().janitor().removed().forEach(r -> removed.put(r.prefix(), r.writes()));
        FilmStore films = new FilmStore(evidence.farm().films().state());
        for (FilmRef ref : evidence.farm().users().submitted()) {
            Optional<FilmRecord> film = films.film(ref).filter(f -> f.state() == RevisionState.DELETED);
            for (int r = 1; r <= film.map(f -> f.ref().revision()).orElse(0); r++) {
                films.keeping().ended(new FilmRef(ref.tenant(), ref.film(), r)).ifPresent(e -> found.accept(new Violation(NAME, e + " was never let go of")));
            }
        }
        evidence.farm().store().all().forEach((key, stored) -> {
            String prefix = key.substring(0, key.lastIndexOf('/') + 1);
            if (stored.order() <= removed.getOrDefault(prefix, -1L)) {
                found.accept(new Violation(NAME, key + " is still there"));
            }
            if (evidence.farm().janitor().sweeps() && evidence.farm().agenda().now() - stored.written() > Farm.SWEPT && !isKnown(films, key)) {
                found.accept(new Violation(NAME, "nobody knows " + key + ", written at " + stored.written() / 1000 + " s"));
            }
        });
    }

    private static boolean isKnown(FilmStore films, String key) {
        String[] part = key.split("/");
        if (!part[2].equals("films")) {
            return films.stored(part[1], new AttemptRef(part[3], part[4])).isPresent();
        }
        FilmRef revision = new FilmRef(part[1], part[3], Integer.parseInt(part[4].substring(1)));
        return films.keeping().ended(revision).isPresent();
    }
}
