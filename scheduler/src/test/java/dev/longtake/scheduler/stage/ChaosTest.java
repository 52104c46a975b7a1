package dev.longtake.scheduler.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lineage;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.state.JobState;
import dev.longtake.film.state.RevisionState;
import dev.longtake.film.state.SegmentState;
import dev.longtake.film.state.TransitionListener;
import dev.longtake.film.state.TransitionTable;
import dev.longtake.film.state.WorkerState;
import dev.longtake.scheduler.stage.film.FilmRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Both stages against a farm in which everything goes wrong, all from a seed and under a virtual clock. Audited: every film ends, and a
 * failed one says why; each segment is one attempt whose objects were complete before it was accepted; each child used its accepted
 * parent's attempt; nothing stays out for ever; a tenant's quota holds; a replay decides the same.
 */
class ChaosTest {
    private static final int SEEDS = Integer.getInteger("longtake.chaos.seeds", 300);

    @Test
    void everyFilmEndsAndEachSegmentIsOneAttempt() {
        long first = Long.getLong("longtake.seed", System.nanoTime() & 0xffffff);
        System.out.println("longtake.seed=" + first + " (" + SEEDS + " seeds)");
        Map<String, Integer> ends = new TreeMap<>();
        long events = 0;
        for (long seed = first; seed < first + SEEDS; seed++) {
            ChaosRun run = new ChaosRun(seed, TransitionListener.NONE);
            run.go();
            audit(run, ends);
            events += run.filmInputs.size() + run.dispatchInputs.size();
            if (seed % 10 == 0) {
                run.auditReplay();
            }
        }
        System.out.println("ends " + ends + ", events " + events);
        assertThat(SEEDS < 100 || ends.keySet().containsAll(Set.of("finished", "failed", "cancelled"))).as("ends %s", ends).isTrue();
    }

    /** With seeds that are always the same: a row that no run uses is a row that is not needed, or not tested. */
    @Test
    void everyRowOfEveryTableIsUsed() {
        Set<String> unused = new TreeSet<>();
        List.of(RevisionState.TABLE, SegmentState.TABLE, JobState.TABLE, WorkerState.TABLE).forEach(table -> table.rows().forEach(row -> unused.add(table.name() + ": " + row)));
        TransitionListener listener = (table, from, event, to) -> unused.remove(table.name() + ": " + TransitionTable.row(from, event, to));
        for (long seed = 1; seed <= 1_000 && !unused.isEmpty(); seed++) {
            new ChaosRun(seed, listener).go();
        }
        assertThat(unused).isEmpty();
    }

    private static void audit(ChaosRun run, Map<String, Integer> ends) {
        for (FilmRef ref : run.submitted) {
            FilmRecord film = run.films.film(ref).orElseThrow();
            if (!film.ref().equals(ref)) {
                continue;
            }
            assertThat(film.state().isFinal()).as("seed %d: %s ended (is %s: %s, %s, segments %s)", run.seed, ref, film.state(), film.reason(), film.progress(), run.films.segments(ref)).isTrue();
            ends.merge(film.state().label(), 1, Integer::sum);
            if (film.state() == RevisionState.FAILED) {
                assertThat(film.reason()).as("seed %d: a failed film says why", run.seed).isPresent();
            } else if (film.state() == RevisionState.FINISHED) {
                finished(run, film);
            }
        }
        assertThat(run.dispatch.jobs(ChaosRun.POOL)).as("seed %d: nothing stays out for ever", run.seed).isEmpty();
        assertThat(run.filmState.records().keySet()).as("seed %d: only summaries and stored attempts are kept", run.seed).allMatch(k -> k.startsWith("film/") || k.startsWith("stored/"));
        oneAttemptEach(run);
        Map<String, Long> sequences = new HashMap<>();
        for (FilmState state : run.published) {
            Long before = sequences.put(state.film().filmKey(), state.sequence());
            assertThat(state.sequence()).as("seed %d: sequence of %s", run.seed, state.film()).isGreaterThan(before == null ? 0 : before);
        }
    }

    private static void finished(ChaosRun run, FilmRecord film) {
        FilmPlan plan = run.plans.get(film.order().planKey());
        List<Lineage.Entry> segments = run.lineages.get(film.ref()).segments();
        assertThat(segments).as("seed %d: all segments", run.seed).hasSize(plan.segments().size());
        for (Lineage.Entry e : segments) {
            Optional<AttemptRef> parent = plan.segments().get(e.index()).startsChain() ? Optional.empty() : Optional.of(segments.get(e.index() - 1).attempt());
            assertThat(e.parent()).as("seed %d: segment %d used its parent's accepted attempt", run.seed, e.index()).isEqualTo(parent);
            assertThat(run.workers.complete.get(e.attempt().attempt()).parent()).as("seed %d: its tokens did, too", run.seed).isEqualTo(parent);
            assertThat(e.clipDigest()).as("seed %d: its clip is durable", run.seed).isEqualTo("c-" + e.attempt().attempt());
        }
    }

    private static void oneAttemptEach(ChaosRun run) {
        Map<String, AttemptRef> accepted = new HashMap<>();
        for (FilmEvent event : run.events) {
            if (event instanceof FilmEvent.SegmentChanged changed && changed.to().equals("accepted")) {
                AttemptRef attempt = changed.attempt().orElseThrow();
                AttemptRef before = accepted.putIfAbsent(changed.film() + "/" + changed.index(), attempt);
                assertThat(before == null || before.equals(attempt)).as("seed %d: segment %d of %s was %s, and then %s", run.seed, changed.index(), changed.film(), before, attempt).isTrue();
            }
        }
    }
}
