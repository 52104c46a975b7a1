package dev.longtake.bench.simulator.audit;

import dev.longtake.contract.FilmRef;
import dev.longtake.film.state.RevisionState;
import dev.longtake.scheduler.stage.film.FilmRecord;
import dev.longtake.scheduler.stage.film.FilmStore;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Every film ends finished, cancelled, deleted, or failed with a reason. */
final class EveryFilmEnds implements Audit {
    private static final String NAME = "every-film-ends";

    @Override
    public List<String> names() {
        return List.of(NAME);
    }

    @Override
    public void check(Evidence evidence, Consumer<Violation> found) {
        FilmStore films = new FilmStore(evidence.farm().films().state());
        for (FilmRef ref : evidence.farm().users().submitted()) {
            Optional<FilmRecord> film = films.film(ref);
            if (film.isEmpty() && evidence.farm().films().isForgotten(ref)) {
                continue;
            }
            if (film.filter(f -> f.state().isFinal()).isEmpty()) {
                found.accept(new Violation(NAME, ref.filmKey() + " is " + film.map(f -> f.state().label() + " " + f.progress()).orElse("unknown")));
            } else if (film.get().state() == RevisionState.FAILED && film.get().reason().filter(r -> !r.isBlank()).isEmpty()) {
                found.accept(new Violation(NAME, ref.filmKey() + " failed and does not say why"));
            }
        }
    }
}
