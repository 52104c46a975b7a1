package dev.longtake.scheduler.stage.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Lane;
import dev.longtake.contract.LaneEvent;
import dev.longtake.contract.SegmentJob;
import dev.longtake.contract.SegmentReport;
import dev.longtake.contract.WorkerControl;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.film.state.TransitionListener;
import dev.longtake.film.state.WorkerState;
import dev.longtake.scheduler.memory.MemoryState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Each rule of the dispatch stage by itself. Jobs are named {@code tenant/film}, and each film has one. */
class DispatchStageTest {
    private static final String POOL = "cpu";

    private final DispatchStore store = new DispatchStore(new MemoryState());
    private final List<DispatchEffect> effects = new ArrayList<>();
    private DispatchStage stage = stage(OptionalInt.empty(), Map.of());
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private DispatchStage stage(OptionalInt tenantJobs, Map<String, Double> weights) {
        DispatchLimits d = DispatchLimits.DEFAULT;
        return new DispatchStage(store, new DispatchLimits(d.jobDeadline(), d.pickupPatience(), d.workerTimeout(), d.benchAfter(), d.benchPause(), d.deadlyWorkers(), tenantJobs, weights), effects::add,
                TransitionListener.NONE);
    }

    private static FilmRef film(String name) {
        return new FilmRef(name.split("/")[0], name.split("/")[1], 1);
    }

    private static AttemptRef attempt(String name) {
        return new AttemptRef("key of " + name, "a");
    }

    private void ready(String name, Lane lane) {
        SegmentJob job = new SegmentJob(1, film(name), 0, 0, attempt(name), new SegmentJob.Work.Render("cafe", "p", Optional.empty(), 0, 8, 3, 1, 6, Optional.empty(), Optional.empty()), now, "");
        stage.on(new LaneEvent.Ready(1, POOL, lane, film(name), attempt(name), job, now, now), now);
        now = now.plusMillis(1);
    }

    private void ready(String... names) {
        Arrays.stream(names).forEach(n -> ready(n, Lane.BATCH));
    }

    private void settled(String name) {
        stage.on(new LaneEvent.Settled(1, POOL, film(name), attempt(name), now), now);
    }

    private void judged(String name, String worker, boolean done) {
        stage.on(new LaneEvent.Judged(1, POOL, film(name), attempt(name), worker, done, now), now);
    }

    private String dispatch(String name) {
        return store.job(POOL, film(name), attempt(name)).orElseThrow().job().dispatch();
    }

    private void beat(String worker, List<Lane> lanes, int slots, String... running) {
        // What the worker's clock says is of no consequence.
        stage.on(new WorkerHeartbeat(1, worker, POOL, lanes, slots, "cafe", "cpu", WorkerHeartbeat.State.READY,
                Arrays.stream(running).map(n -> new WorkerHeartbeat.Running(film(n), 0, attempt(n), dispatch(n), 1, 8)).toList(), Instant.EPOCH), now);
    }

    private void beat(String worker, String... running) {
        beat(worker, List.of(Lane.values()), 1, running);
    }

    /** Names of the jobs sent since the last call. */
    private List<String> sent() {
        List<String> names = effects.stream().filter(e -> e instanceof DispatchEffect.Send).map(e -> ((DispatchEffect.Send) e).job().film()).map(f -> f.tenant() + "/" + f.film()).toList();
        effects.clear();
        return names;
    }

    private List<SegmentReport.Lost> lost() {
        return effects.stream().filter(e -> e instanceof DispatchEffect.Report r && r.report() instanceof SegmentReport.Lost)
                .map(e -> (SegmentReport.Lost) ((DispatchEffect.Report) e).report()).toList();
    }

    private <T extends WorkerControl> List<T> orders(Class<T> type) {
        return effects.stream().filter(e -> e instanceof DispatchEffect.Control c && type.isInstance(c.control())).map(e -> type.cast(((DispatchEffect.Control) e).control())).toList();
    }

    private void pass(Duration time) {
        now = now.plus(time);
        stage.tick(now);
    }

    @Test
    void nothingIsSentWhileThereIsNoWorkerAndThenOneJobForTheSlotAndOneBehindIt() {
        ready("a/1", "a/2", "a/3", "a/4");
        assertThat(sent()).isEmpty();
        beat("w");
        assertThat(sent()).containsExactly("a/1", "a/2");
        beat("w", "a/1");
        assertThat(sent()).isEmpty();
        settled("a/1");
        assertThat(sent()).containsExactly("a/3");
    }

    @Test
    void theInteractiveLaneGoesFirst() {
        ready("a/1", Lane.BATCH);
        ready("a/2", Lane.BATCH);
        ready("a/3", Lane.INTERACTIVE);
        beat("w");
        assertThat(sent()).containsExactly("a/3", "a/1");
    }

    @Test
    void jobsOfOneLaneTakeNoPlaceFromAWorkerThatServesAnother() {
        beat("batch", List.of(Lane.BATCH), 1);
        beat("both", List.of(Lane.values()), 1);
        ready("a/1", "a/2", "a/3", "a/4", "a/5", "a/6");
        assertThat(sent()).containsExactly("a/1", "a/2", "a/3", "a/4");
        beat("quick", List.of(Lane.INTERACTIVE), 1);
        ready("b/1", Lane.INTERACTIVE);
        ready("b/2", Lane.INTERACTIVE);
        assertThat(sent()).containsExactly("b/1", "b/2");
        ready("b/3", Lane.INTERACTIVE);
        assertThat(sent()).as("a batch job on its topic does not hold back an urgent one").containsExactly("b/3");
    }

    @Test
    void aLaneThatNoWorkerServesWaits() {
        beat("batch", List.of(Lane.BATCH), 1);
        ready("a/1", Lane.INTERACTIVE);
        assertThat(sent()).isEmpty();
    }

    /** Keeps one slot busy with films of each tenant, and counts who got it how often. */
    private Map<String, Long> turns(int turns, String... tenants) {
        for (String tenant : tenants) {
            for (int i = 0; i < turns; i++) {
                ready(tenant + "/" + i);
            }
        }
        List<String> order = new ArrayList<>();
        beat("w");
        List<String> out = new ArrayList<>(sent());
        while (order.size() < turns) {
            String done = out.remove(0);
            order.add(done.split("/")[0]);
            settled(done);
            out.addAll(sent());
        }
        return order.stream().collect(Collectors.groupingBy(t -> t, TreeMap::new, Collectors.counting()));
    }

    @Test
    void tenantsTakeTurnsHoweverMany() {
        assertThat(turns(60, "a", "b", "c")).isEqualTo(Map.of("a", 20L, "b", 20L, "c", 20L));
    }

    @Test
    void aTenantOfDoubleWeightGetsTwiceAsMuch() {
        stage = stage(OptionalInt.empty(), Map.of("b", 2.0));
        assertThat(turns(60, "a", "b")).satisfies(share -> {
            assertThat(share.get("b")).isBetween(39L, 41L);
            assertThat(share.get("a")).isBetween(19L, 21L);
        });
    }

    /** With three tenants the one in the middle of the tree is removed by putting another into its place. */
    @Test
    void nobodyPaysForTheLastJobOfAnother() {
        ready("a/0", "b/0", "c/0", "a/1", "c/1", "a/2", "c/2", "a/3", "c/3");
        beat("w");
        List<String> out = new ArrayList<>(sent());
        List<String> order = new ArrayList<>();
        for (int i = 1; i < 7; i++) {
            String done = out.remove(0);
            order.add(done.split("/")[0]);
            settled(done);
            if (done.startsWith("b/")) {
                // A chain: its next segment is ready when the one before it is done.
                ready("b/" + i);
            }
            out.addAll(sent());
        }
        assertThat(order).filteredOn("c"::equals).as("turns of c in %s", order).hasSize(2);
    }

    @Test
    void whoComesLaterOwesNothingAndIsOwedNothing() {
        turns(40, "a");
        effects.clear();
        ready("b/0", "b/1", "b/2", "b/3");
        List<String> order = new ArrayList<>();
        List<String> out = new ArrayList<>(store.jobs(POOL).stream().filter(JobRecord::outstanding).map(j -> j.tenant() + "/" + j.job().film().film()).toList());
        for (String f : List.of("a/90", "a/91", "a/92", "a/93")) {
            ready(f);
        }
        sent();
        for (int i = 0; i < 8 && !out.isEmpty(); i++) {
            settled(out.remove(0));
            List<String> next = sent();
            order.addAll(next);
            out.addAll(next);
        }
        assertThat(order.subList(0, 4).stream().filter(n -> n.startsWith("b/")).count()).as("%s", order).isBetween(1L, 3L);
    }

    @Test
    void insideATenantTheOldestFilmIsNext() {
        ready("a/old", "a/new");
        ready("a/newest");
        beat("w");
        assertThat(sent()).containsExactly("a/old", "a/new");
    }

    @Test
    void aTenantHasNoMoreJobsOutThanItsQuota() {
        stage = stage(OptionalInt.of(1), Map.of());
        ready("a/1", "a/2", "b/1");
        beat("w", List.of(Lane.values()), 4);
        assertThat(sent()).containsExactly("a/1", "b/1");
        settled("a/1");
        assertThat(sent()).containsExactly("a/2");
    }

    @Test
    void aJobThatIsOfferedTwiceIsSentOnce() {
        beat("w", List.of(Lane.values()), 4);
        ready("a/1", "a/1");
        assertThat(sent()).containsExactly("a/1");
    }

    @Test
    void aWithdrawnJobIsForgottenAndItsWorkerToldToStop() {
        beat("w");
        ready("a/1", "a/2", "a/3");
        String dispatch = dispatch("a/1");
        for (String name : List.of("a/3", "a/1")) {
            stage.on(new LaneEvent.Withdrawn(1, POOL, film(name), attempt(name), now), now);
        }
        assertThat(orders(WorkerControl.CancelAttempt.class)).extracting(WorkerControl.CancelAttempt::dispatch).containsExactly(dispatch);
        assertThat(store.jobs(POOL)).hasSize(1);
    }

    @Test
    void aJobPastItsDeadlineIsLostAndItsWorkerToldToStop() {
        beat("w");
        ready("a/1");
        for (int i = 0; i < 61; i++) {
            beat("w", "a/1");
            pass(Duration.ofSeconds(9));
            if (i == 60) {
                pass(Duration.ofMinutes(1));
            }
            beat("w", store.jobs(POOL).isEmpty() ? new String[0] : new String[] {"a/1"});
        }
        pass(Duration.ofMinutes(1));
        assertThat(lost()).singleElement().satisfies(l -> {
            assertThat(l.started()).isTrue();
            assertThat(l.reason()).isEqualTo("its deadline passed");
        });
        assertThat(orders(WorkerControl.CancelAttempt.class)).hasSize(1);
    }

    @Test
    void aJobOfAVanishedWorkerIsLeftToTheQueueWhichHandsItToAnother() {
        beat("w1");
        ready("a/1");
        beat("w1", "a/1");
        pass(Duration.ofSeconds(11));
        assertThat(store.workers(POOL)).isEmpty();
        assertThat(lost()).isEmpty();
        beat("w2", "a/1");
        pass(Duration.ofSeconds(9));
        assertThat(store.jobs(POOL)).singleElement().satisfies(j -> assertThat(j.worker()).contains("w2"));
    }

    private List<SegmentReport.Failed> poison() {
        return effects.stream().filter(e -> e instanceof DispatchEffect.Report r && r.report() instanceof SegmentReport.Failed)
                .map(e -> (SegmentReport.Failed) ((DispatchEffect.Report) e).report()).toList();
    }

    /** The queue hands the job on as soon as a worker is gone, and knows nothing of how often it did. */
    @Test
    void aJobThatThreeWorkersDidNotSurviveIsPoisonWhateverTheQueueRemembers() {
        beat("w1");
        ready("a/deadly");
        String dispatch = dispatch("a/deadly");
        beat("w1", "a/deadly");
        beat("w2", "a/deadly");
        beat("w3", "a/deadly");
        assertThat(poison()).isEmpty();
        beat("w4", "a/deadly");
        assertThat(poison()).singleElement().satisfies(f -> {
            assertThat(f.cause()).isEqualTo(SegmentReport.Cause.POISON);
            assertThat(f.attempt()).isEqualTo(attempt("a/deadly"));
            assertThat(f.worker()).isEqualTo("w3");
            assertThat(f.reason()).isEqualTo("3 workers ended or froze while they worked on it");
        });
        assertThat(orders(WorkerControl.CancelAttempt.class)).extracting(WorkerControl.CancelAttempt::dispatch).as("whoever has it, and whoever comes to it").containsExactly(dispatch);
        assertThat(store.jobs(POOL)).isEmpty();
        effects.clear();
        ready("a/sound");
        assertThat(sent()).containsExactly("a/sound");
    }

    @Test
    void workersThatAreNotHeardOfAnyMoreCountAsSoonAsTheyAreMissed() {
        beat("w0");
        ready("a/deadly");
        for (String worker : List.of("w1", "w2", "w3")) {
            assertThat(poison()).isEmpty();
            beat(worker, "a/deadly");
            pass(Duration.ofSeconds(11));
        }
        assertThat(poison()).hasSize(1);
    }

    @Test
    void workersThatWereOnlyNotHeardOfForAWhileDoNotCount() {
        beat("w1");
        ready("a/1");
        for (int i = 0; i < 5; i++) {
            beat("w1", "a/1");
            pass(Duration.ofSeconds(11));
        }
        beat("w1", "a/1");
        beat("w2", "a/1");
        beat("w1", "a/1");
        beat("w2", "a/1");
        assertThat(poison()).isEmpty();
        assertThat(store.jobs(POOL)).singleElement().satisfies(j -> assertThat(j.deaths()).isEqualTo(1));
    }

    @Test
    void aWorkerThatPutsAJobDownOrSaysGoodbyeHasNotDiedOfIt() {
        beat("w1");
        ready("a/1");
        for (String worker : List.of("w1", "w2", "w3", "w4")) {
            beat(worker, "a/1");
            beat(worker);
        }
        assertThat(poison()).isEmpty();
        assertThat(store.jobs(POOL)).singleElement().satisfies(j -> assertThat(j.deaths()).isZero());
    }

    /** A store that is away, or a queue that drops the job, ends the attempt; what it has cost is not forgotten with it. */
    @Test
    void theNextAttemptBeginsWithTheDeathsOfThoseBefore() {
        beat("w1");
        ready("a/deadly");
        beat("w1", "a/deadly");
        beat("w2", "a/deadly");
        settled("a/deadly");
        ready("a/deadly");
        beat("w2", "a/deadly");
        beat("w3", "a/deadly");
        assertThat(poison()).isEmpty();
        beat("w4", "a/deadly");
        assertThat(poison()).as("w1, w2, w3").hasSize(1);
        ready("a/other");
        beat("w4", "a/other");
        beat("w5", "a/other");
        settled("a/other");
        beat("w5");
        pass(Duration.ofMinutes(11));
        assertThat(store.deaths(POOL)).as("not kept for ever").isEmpty();
    }

    @Test
    void whatNobodyWaitsForIsCalledOffWhereverItIsShown() {
        beat("w");
        effects.clear();
        WorkerHeartbeat.Running fenced = new WorkerHeartbeat.Running(film("a/1"), 0, attempt("a/1"), "given out by a scheduler that was fenced off", 1, 8);
        stage.on(new WorkerHeartbeat(1, "w", POOL, List.of(Lane.values()), 1, "cafe", "cpu", WorkerHeartbeat.State.READY, List.of(fenced), now), now);
        assertThat(orders(WorkerControl.CancelAttempt.class)).singleElement().satisfies(c -> assertThat(c.dispatch()).isEqualTo(fenced.dispatch()));
    }

    @Test
    void aJobThatAWorkerHasRoomForAndDoesNotTakeIsLostAndDoesNotCount() {
        beat("w");
        ready("a/1");
        for (int i = 0; i < 8; i++) {
            pass(Duration.ofSeconds(5));
            beat("w");
        }
        assertThat(lost()).singleElement().satisfies(l -> assertThat(l.started()).isFalse());
    }

    @Test
    void aJobThatTheQueueDroppedIsMissedThoughEverySlotStaysBusy() {
        beat("w");
        ready("a/1", "a/dropped", "a/2", "a/3", "a/4", "a/5");
        String at = "a/1";
        for (String next : List.of("a/2", "a/3", "a/4")) {
            for (int i = 0; i < 3; i++) {
                beat("w", at);
                pass(Duration.ofSeconds(5));
            }
            settled(at);
            at = next;
            beat("w", at);
        }
        assertThat(lost()).singleElement().satisfies(l -> {
            assertThat(l.film().film()).isEqualTo("dropped");
            assertThat(l.reason()).contains("sent after it");
        });
    }

    @Test
    void aHeartbeatThatShowsAnEarlierDispatchSaysNothingOfThisOne() {
        beat("w");
        ready("a/1");
        WorkerHeartbeat.Running old = new WorkerHeartbeat.Running(film("a/1"), 0, attempt("a/1"), "an earlier dispatch", 1, 8);
        stage.on(new WorkerHeartbeat(1, "zombie", POOL, List.of(Lane.values()), 1, "cafe", "cpu", WorkerHeartbeat.State.READY, List.of(old), now), now);
        assertThat(store.jobs(POOL)).singleElement().satisfies(j -> assertThat(j.worker()).isEmpty());
    }

    @Test
    void aWorkerThatFailsTwiceOnWorkOthersDoNotFailOnRestsAndIsTriedAgain() {
        beat("bad");
        beat("good");
        judged("a/1", "bad", false);
        assertThat(orders(WorkerControl.Bench.class)).isEmpty();
        judged("a/2", "bad", false);
        assertThat(orders(WorkerControl.Bench.class)).singleElement().satisfies(b -> {
            assertThat(b.worker()).isEqualTo("bad");
            assertThat(b.seconds()).isEqualTo(60);
        });
        effects.clear();
        ready("a/3", "a/4", "a/5");
        assertThat(sent()).as("places of the good worker only").containsExactly("a/3", "a/4");
        for (int i = 0; i < 7; i++) {
            pass(Duration.ofSeconds(9));
            beat("bad");
            beat("good");
        }
        assertThat(store.worker(POOL, "bad").orElseThrow().state()).isEqualTo(WorkerState.READY);
        judged("a/9", "bad", false);
        assertThat(orders(WorkerControl.Bench.class)).as("on probation").hasSize(1);
    }

    @Test
    void aWorkerIsNotBenchedForWorkThatAllFailOnNorIfItIsTheOnlyOne() {
        beat("one");
        judged("a/1", "one", false);
        judged("a/1", "one", false);
        judged("a/1", "one", false);
        beat("other");
        judged("a/1", "other", false);
        judged("a/1", "one", false);
        judged("a/2", "one", true);
        judged("a/3", "one", false);
        assertThat(orders(WorkerControl.Bench.class)).isEmpty();
    }

    @Test
    void aDrainingWorkerGetsNothingNew() {
        ready("a/1");
        stage.on(new WorkerHeartbeat(1, "w", POOL, List.of(Lane.values()), 1, "cafe", "cpu", WorkerHeartbeat.State.DRAINING, List.of(), now), now);
        assertThat(sent()).isEmpty();
        stage.on(new WorkerHeartbeat(1, "w", POOL, List.of(Lane.values()), 1, "cafe", "cpu", WorkerHeartbeat.State.GONE, List.of(), now), now);
        assertThat(store.workers(POOL)).isEmpty();
    }

    private void moved(String name, Lane lane) {
        stage.on(new LaneEvent.Moved(1, POOL, lane, film(name), attempt(name), now), now);
    }

    @Test
    void whatIsMovedToTheUrgentLaneIsNextHoweverLateItCame() {
        ready("a/1", "a/2", "a/3", "a/4", "a/5");
        beat("w", List.of(Lane.values()), 1);
        assertThat(sent()).containsExactly("a/1", "a/2");
        moved("a/5", Lane.INTERACTIVE);
        assertThat(sent()).containsExactly("a/5");
        settled("a/1");
        assertThat(sent()).as("the others wait as before").isEmpty();
        settled("a/5");
        assertThat(sent()).containsExactly("a/3");
    }

    @Test
    void whatIsSentStaysInTheLaneThatItWasSentTo() {
        ready("a/1");
        beat("w");
        assertThat(sent()).containsExactly("a/1");
        moved("a/1", Lane.INTERACTIVE);
        assertThat(store.job(POOL, film("a/1"), attempt("a/1")).orElseThrow().lane()).isEqualTo(Lane.BATCH);
        moved("a/2", Lane.INTERACTIVE);
        assertThat(store.job(POOL, film("a/2"), attempt("a/2"))).as("a move of what is not there").isEmpty();
    }
}
