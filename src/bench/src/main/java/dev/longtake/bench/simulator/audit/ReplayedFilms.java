package dev.longtake.bench.simulator.audit;

import dev.longtake.bench.simulator.farm.Farm;
import dev.longtake.bench.simulator.farm.FilmNode;
import dev.longtake.bench.simulator.farm.Input;
import dev.longtake.bench.simulator.farm.Stages;
import dev.longtake.contract.SegmentReport;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.state.TransitionListener;
import dev.longtake.scheduler.memory.MemoryState;
import dev.longtake.scheduler.stage.film.FilmEffect;
import dev.longtake.scheduler.stage.film.FilmStage;
import dev.longtake.scheduler.stage.film.FilmStore;
import dev.longtake.scheduler.stage.film.PlanSource;
import dev.longtake.scheduler.stage.film.SegmentRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Tells a fresh film stage all that the farm's was told: it decides the same, and on the way no attempt counts twice. */
final class ReplayedFilms implements Audit {
    static final String COUNTED = "counted-once";

    @Override
    public List<String> names() {
        return List.of(COUNTED, Replays.NAME);
    }

    @Override
    public void check(Evidence evidence, Consumer<Violation> found) {
        FilmNode node = evidence.farm().films();
        Iterator<FilmNode.Read> reads = node.plansRead().iterator();
        MemoryState state = new MemoryState();
        FilmStore store = new FilmStore(state);
        List<FilmEffect> effects = new ArrayList<>();
        FilmStage stage = new FilmStage(store, (key, digest) -> plan(evidence.farm(), key, digest, reads.next()), Farm.FILM_LIMITS, effects::add, TransitionListener.NONE);
        Set<String> counted = new HashSet<>();
        for (Input input : node.log()) {
            if (input.message() instanceof SegmentReport report) {
                Optional<SegmentRecord> before = store.segmentAt(report.film(), report.index());
                Stages.tell(stage, report, input.now());
                count(report, before, store.segmentAt(report.film(), report.index()), counted, found);
            } else {
                Stages.tell(stage, input.message(), input.now());
            }
        }
        Replays.compare("film stage", node.effects(), effects, node.state(), state, found);
        counts(node.state(), counted, found);
    }

    private static FilmPlan plan(Farm farm, String key, String digest, FilmNode.Read read) throws PlanSource.UnusablePlanException, PlanSource.PlanAwayException {
        switch (read) {
            case AWAY -> throw new PlanSource.PlanAwayException(FilmNode.AWAY);
            case UNUSABLE -> throw new PlanSource.UnusablePlanException(FilmNode.unusable(key));
            default -> {
                return farm.users().planOf(digest);
            }
        }
    }

    /** An attempt that came to nothing is one try, however often that is said; each try at its clip is one. */
    private static void count(SegmentReport report, Optional<SegmentRecord> before, Optional<SegmentRecord> after, Set<String> counted, Consumer<Violation> found) {
        if (before.isEmpty() || after.isEmpty()) {
            return;
        }
        int tries = after.get().tries() - before.get().tries();
        int clipTries = after.get().clip().tries() - before.get().clip().tries();
        String segment = report.film() + "/" + report.index();
        if (tries > 1 || tries == 1 && !counted.add(segment + "/" + report.attempt().attempt())) {
            found.accept(new Violation(COUNTED, segment + ": attempt " + report.attempt().attempt() + " counted twice"));
        }
        if (clipTries > 1 || clipTries == 1 && !counted.add(segment + "/clip/" + report.attempt().attempt() + "/" + report.at())) {
            found.accept(new Violation(COUNTED, segment + ": a try at the clip of " + report.attempt().attempt() + " counted twice"));
        }
    }

    private static void counts(MemoryState state, Set<String> counted, Consumer<Violation> found) {
        state.records().values().stream().filter(SegmentRecord.class::isInstance).map(SegmentRecord.class::cast)
                .filter(s -> s.tries() > counted.stream().filter(c -> c.startsWith(s.film() + "/" + s.index() + "/")).count())
                .forEach(s -> found.accept(new Violation(COUNTED, s.film() + "/" + s.index() + " has " + s.tries() + " tries")));
    }
}
