package dev.longtake.bench.simulator.audit;

import dev.longtake.film.plan.FilmPlan;
import java.util.List;
import java.util.function.Consumer;

/** A finished film has exactly the frames that its plan says, and so has every segment. */
final class PlannedFrames implements Audit {
    private static final String NAME = "planned-frames";

    @Override
    public List<String> names() {
        return List.of(NAME);
    }

    @Override
    public void check(Evidence evidence, Consumer<Violation> found) {
        for (Evidence.Finished finished : evidence.finished()) {
            finished.film().ifPresent(film -> {
                long planned = finished.plan().map(FilmPlan::frames).orElse((long) film.lineage().frames());
                if (film.frames() != planned || film.lineage().frames() != planned) {
                    found.accept(new Violation(NAME, finished.ref() + " has " + film.frames() + " frames, its lineage " + film.lineage().frames() + ", planned were " + planned));
                }
                for (int i = 0; i < Math.min(film.clips().size(), film.lineage().segments().size()); i++) {
                    if (film.clips().get(i).frames() != film.lineage().segments().get(i).frames()) {
                        found.accept(new Violation(NAME, finished.ref() + ": clip " + i + " has " + film.clips().get(i).frames() + " frames"));
                    }
                }
            });
        }
    }
}
