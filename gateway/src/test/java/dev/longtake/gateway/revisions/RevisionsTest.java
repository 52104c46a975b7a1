package dev.longtake.gateway.revisions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longtake.contract.Digests;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.film.plan.FilmSettings;
import dev.longtake.film.plan.PlanDocument;
import dev.longtake.film.story.StoryException;
import dev.longtake.gateway.HandClock;
import dev.longtake.gateway.films.FilmPlanner;
import dev.longtake.gateway.films.FilmPlanner.Before;
import dev.longtake.gateway.films.FilmTable;
import dev.longtake.gateway.films.FilmView;
import dev.longtake.gateway.films.FilmWarnings;
import dev.longtake.gateway.films.Films;
import dev.longtake.gateway.films.RecordingPublisher;
import dev.longtake.gateway.films.TestModels;
import dev.longtake.gateway.films.WorkerTable;
import dev.longtake.gateway.quota.TenantLimits;
import dev.longtake.platform.memory.MemoryObjectStore;
import dev.longtake.platform.queue.QueueUnavailableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RevisionsTest {
    private static final String TENANT = "default";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HandClock clock = new HandClock(Instant.parse("2026-01-02T03:04:05Z"));
    private final MemoryObjectStore objects = new MemoryObjectStore();
    private final RecordingPublisher queue = new RecordingPublisher();
    private final FilmPlanner planner = new FilmPlanner(TestModels.one());
    private final FilmTable table = new FilmTable();
    private final Films films = new Films(objects, queue, table, new WorkerTable(clock, Duration.ofSeconds(10)), new FilmWarnings(objects, TestModels.one()), clock, "cpu");
    private final Revisions one = revisions();
    private final Revisions other = revisions();

    private Revisions revisions() {
        return new Revisions(objects, queue, table, clock, "cpu", PATIENCE, tenant -> TenantLimits.DEFAULT);
    }

    private String submit(String story, Map<String, List<String>> parameters) throws Exception {
        return films.submit(TENANT, Optional.empty(), planner.plan(story.getBytes(StandardCharsets.UTF_8), Optional.empty(), parameters)).id();
    }

    private Revised revise(Revisions gateway, String id, String story, boolean dryRun) throws Exception {
        return revise(gateway, gateway.base(TENANT, id).orElseThrow(), story, dryRun);
    }

    private Revised revise(Revisions gateway, Revisions.Base base, String story, boolean dryRun) throws Exception {
        return gateway.revise(base, planner.revise(story.getBytes(StandardCharsets.UTF_8), Optional.empty(), Map.of(), Optional.empty(), base.before()), dryRun);
    }

    private FilmState state(String id, int revision, String state, Optional<String> filmKey) {
        return new FilmState(1, new FilmRef(TENANT, id, revision), "t", "phenaki", "cafe", Lane.BATCH, state, Optional.empty(), 2, 8, 48, 8, 128, 128, 8, 8, 0, 1, FilmState.Seconds.NONE, revision, clock.now,
                clock.now, Optional.of(clock.now), filmKey, Optional.empty());
    }

    @Test
    void onlyWhatChangedAndWhatFollowsFromItIsRendered() throws Exception {
        String id = submit("A city. A river. [3s#] A lion. A fish. [3s#]", Map.of());
        Revised revised = revise(one, id, "A city. A river. [3s#] A tiger. A fish. [3s#]", false);
        // Frames of a scene that begins a chain: 11, 6, 6, 1; of one that continues: 6, 6, 6, 6.
        assertThat(revised.segments()).isEqualTo(16);
        assertThat(revised.reused()).isEqualTo(12);
        assertThat(revised.toRender()).isEqualTo(4);
        assertThat(revised.framesToRender()).isEqualTo(24);
        assertThat(revised.changedScenes()).containsExactly(2);
        assertThat(revised.byScene()).containsExactly(new Revised.ByScene(4, 0), new Revised.ByScene(4, 0), new Revised.ByScene(4, 4), new Revised.ByScene(4, 0));
        assertThat(revised.dropped()).isEqualTo(4);
        assertThat(revised.revision()).isEqualTo(2);
        FilmRef second = new FilmRef(TENANT, id, 2);
        byte[] plan = objects.get(ObjectKeys.plan(second));
        assertThat(queue.sent().get(1)).isEqualTo(new FilmCommand.Revise(1, second, ObjectKeys.plan(second), Digests.sha256(plan), "", Lane.BATCH, "cpu", clock.now));
    }

    @Test
    void whatIsNotSaidStaysAsItWas() throws Exception {
        String id = submit("A city. A river.", Map.of("seed", List.of("7"), "steps", List.of("5"), "guidance", List.of("2"), "title", List.of("T"), "lane", List.of("interactive")));
        Revisions.Base base = one.base(TENANT, id).orElseThrow();
        assertThat(revise(one, base, "A city. A lion.", true).reused()).isEqualTo(4);
        FilmPlanner.Planned json = planner.revise("{\"scenes\":[{\"prompt\":\"A city.\"}]}".getBytes(), Optional.empty(), Map.of(), Optional.empty(), base.before());
        assertThat(json.plan().story().seed()).isEqualTo(7);
        assertThat(json.plan().story().title()).isEqualTo("T");
        assertThat(json.plan().settings().steps()).isEqualTo(5);
        assertThat(json.plan().settings().guidance()).isEqualTo(2);
        FilmPlanner.Planned said = planner.revise("{\"seed\":8,\"scenes\":[{\"prompt\":\"A city.\"}]}".getBytes(), Optional.empty(), Map.of("preset", List.of("fast"), "lane", List.of("batch")), Optional.empty(), base.before());
        assertThat(said.plan().story().seed()).isEqualTo(8);
        assertThat(said.plan().settings().steps()).isEqualTo(8);
        assertThat(said.lane()).isEqualTo(Lane.BATCH);
    }

    private String submitWithPicture(String story, byte[] picture) throws Exception {
        return films.submit(TENANT, Optional.empty(), planner.plan(story.getBytes(StandardCharsets.UTF_8), Optional.empty(), Map.of(), Optional.of(picture))).id();
    }

    private Revised revise(String id, String story, Optional<byte[]> picture, boolean dryRun) throws Exception {
        Revisions.Base base = one.base(TENANT, id).orElseThrow();
        return one.revise(base, planner.revise(story.getBytes(StandardCharsets.UTF_8), Optional.empty(), Map.of(), picture, base.before()), dryRun);
    }

    private List<String> pictures() {
        return objects.list("tenants/" + TENANT + "/films/").stream().filter(k -> k.contains("/start-")).toList();
    }

    @Test
    void aFilmKeepsItsPictureUntilItIsGivenAnotherOrNone() throws Exception {
        byte[] picture = TestModels.png(40, 40);
        String scenes = "\"scenes\":[{\"prompt\":\"A city.\"},{\"prompt\":\"A river.\",\"start\":\"cut\"}]}";
        String id = submitWithPicture("A city. A river. [3s#]", picture);
        assertThat(revise(id, "A city. A river. [3s#]", Optional.empty(), false)).satisfies(r -> {
            assertThat(r.unchanged()).isTrue();
            assertThat(r.toRender()).isZero();
        });
        assertThat(revise(id, "A city. A river. [3s#]", Optional.of(picture), false).unchanged()).as("the same picture again").isTrue();
        assertThat(revise(id, "A city. A lion. [3s#]", Optional.empty(), true).changedScenes()).containsExactly(1);

        byte[] other = TestModels.png(40, 10);
        Revised dry = revise(id, "A city. A river. [3s#]", Optional.of(other), true);
        assertThat(dry.changedScenes()).as("a chain after a cut does not begin with the picture").containsExactly(0);
        assertThat(pictures()).hasSize(1);
        Revised changed = revise(id, "A city. A river. [3s#]", Optional.of(other), false);
        assertThat(changed.revision()).isEqualTo(2);
        String digest = PlanDocument.fromBytes(objects.get(ObjectKeys.plan(new FilmRef(TENANT, id, 2)))).startImage();
        assertThat(pictures()).hasSize(2).contains(ObjectKeys.image(ObjectKeys.plan(new FilmRef(TENANT, id, 2)), digest));
        assertThat(revise(id, "{" + scenes, Optional.empty(), true).unchanged()).isTrue();

        Revised without = revise(id, "{\"start_image\":null," + scenes, Optional.empty(), false);
        assertThat(without.revision()).isEqualTo(3);
        assertThat(without.changedScenes()).containsExactly(0);
        assertThat(PlanDocument.fromBytes(objects.get(ObjectKeys.plan(new FilmRef(TENANT, id, 3)))).startImage()).isNull();
        assertThat(revise(id, "A city. A river. [3s#]", Optional.empty(), true).unchanged()).as("what was taken away stays away").isTrue();
    }

    @Test
    void settingsOfAStoryStayAndThoseOfASceneComeWithIt() throws Exception {
        String told = "{\"settings\":{\"steps\":9,\"guidance\":2},\"scenes\":[{\"prompt\":\"A city.\"},{\"prompt\":\"A fish.\",\"settings\":{\"steps\":24}}]}";
        String id = submit(told, Map.of());
        assertThat(revise(id, told, Optional.empty(), true).unchanged()).isTrue();
        assertThat(revise(id, told.replace("\"settings\":{\"steps\":9,\"guidance\":2},", ""), Optional.empty(), true)).satisfies(r -> {
            assertThat(r.unchanged()).as("the film's own are kept").isTrue();
            assertThat(r.toRender()).isZero();
        });
        assertThat(revise(id, "A city. A fish.", Optional.empty(), true).changedScenes()).as("a scene that says nothing is the film's").containsExactly(1);
        assertThat(revise(id, told.replace("\"steps\":9", "\"steps\":10"), Optional.empty(), true).changedScenes()).as("what the story says goes before what was").containsExactly(0, 1);
    }

    @Test
    void aModelOfAnotherSizeDoesNotBeginWithTheFilmsPicture() throws Exception {
        String id = submitWithPicture("A city.", TestModels.png(40, 40));
        Before before = one.base(TENANT, id).orElseThrow().before();
        FilmSettings s = before.plan().settings();
        PlanDocument small = new PlanDocument(before.plan().version(), "", 0, before.plan().scenes(), new FilmSettings(s.model(), s.bundle(), 1, 64, 64, 8, 11, 5, 12, 3.5, 1), before.plan().startImage());
        Before other = new Before(small, Lane.BATCH, before.picture());
        StoryException refused = catchThrowableOfType(StoryException.class, () -> planner.revise("A city.".getBytes(), Optional.empty(), Map.of("steps", List.of("5")), Optional.empty(), other));
        assertThat(refused.problems()).singleElement().satisfies(p -> {
            assertThat(p.field()).isEqualTo("start_image");
            assertThat(p.fix()).contains("null");
        });
        assertThat(planner.revise("A city.".getBytes(), Optional.empty(), Map.of(), Optional.of(TestModels.png(8, 8)), other).plan().startImage()).isPresent();
    }

    @Test
    void warningsAreInTheAnswer() throws Exception {
        String id = submit("A city.", Map.of());
        Revisions.Base base = one.base(TENANT, id).orElseThrow();
        FilmPlanner taught = new FilmPlanner(TestModels.taught("a", "city"));
        Revised revised = one.revise(base, taught.revise("A city. A horse.".getBytes(), Optional.empty(), Map.of(), Optional.empty(), base.before()), true);
        assertThat(revised.warnings()).singleElement().satisfies(w -> assertThat(w.words()).containsExactly("horse"));
    }

    @Test
    void aDryRunChangesNothing() throws Exception {
        String id = submit("A city. A river.", Map.of());
        List<String> before = objects.list("");
        Revised revised = revise(one, id, "A city. A lion.", true);
        assertThat(revised.dryRun()).isTrue();
        assertThat(revised.toRender()).isEqualTo(4);
        assertThat(objects.list("")).isEqualTo(before);
        assertThat(queue.sent()).hasSize(1);
        assertThat(revise(one, id, "A city. A lion.", false).revision()).isEqualTo(2);
    }

    @Test
    void theSameScenesBeginNoRevision() throws Exception {
        String id = submit("A city. A river.", Map.of());
        assertThat(revise(one, id, "A city. A river.", false)).satisfies(r -> {
            assertThat(r.unchanged()).isTrue();
            assertThat(r.revision()).isEqualTo(1);
            assertThat(r.toRender()).isZero();
        });
        assertThat(queue.sent()).hasSize(1);
    }

    /** Three may be kept: those the scheduler spoke of and those begun here just now. */
    @Test
    void ofOneFilmSoManyRevisionsAreKeptAndNoMore() throws Exception {
        Revisions few = new Revisions(objects, queue, table, clock, "cpu", PATIENCE, tenant -> new TenantLimits(10, 10, 3, 1_000, 10, 8, 1 << 20));
        String id = submit("A city.", Map.of());
        FilmState first = state(id, 1, "finished", Optional.empty());
        table.put(first);
        assertThat(revise(few, id, "A lion.", false).revision()).isEqualTo(2);
        assertThat(revise(few, id, "A fish.", false).revision()).isEqualTo(3);
        Revisions.TooManyRevisionsException refused = catchThrowableOfType(Revisions.TooManyRevisionsException.class, () -> revise(few, id, "A river.", false));
        assertThat(refused.limit()).isEqualTo("kept-revisions");
        assertThat(refused).hasMessageContaining("3 revisions");
        assertThat(revise(few, id, "A river.", true).revision()).as("a dry run keeps nothing").isEqualTo(4);
        assertThat(revise(few, id, "A fish.", false).unchanged()).as("nor does what is there already").isTrue();
        assertThat(queue.sent()).hasSize(3);

        FilmState second = state(id, 2, "superseded", Optional.empty());
        table.take(first.film().revisionKey(), first);
        table.take(second.film().revisionKey(), second);
        table.put(state(id, 3, "finished", Optional.empty()));
        assertThatThrownBy(() -> revise(few, id, "A river.", false)).as("all three are known by now").isInstanceOf(Revisions.TooManyRevisionsException.class);
        table.take(first.film().revisionKey(), null);
        assertThat(revise(few, id, "A river.", false).revision()).as("one expired").isEqualTo(4);
    }

    @Test
    void ofTwoGatewaysThatReviseAtOnceOneWinsAndTheOtherSaysSo() throws Exception {
        String id = submit("A city. A river.", Map.of());
        Revisions.Base seenByOne = one.base(TENANT, id).orElseThrow();
        Revisions.Base seenByOther = other.base(TENANT, id).orElseThrow();
        assertThat(revise(one, seenByOne, "A city. A lion.", false).revision()).isEqualTo(2);
        byte[] winner = objects.get(ObjectKeys.plan(new FilmRef(TENANT, id, 2)));
        assertThatThrownBy(() -> revise(other, seenByOther, "A city. A fish.", false)).isInstanceOfSatisfying(Revisions.OvertakenException.class, e -> assertThat(e.revision()).isEqualTo(2));
        assertThat(objects.get(ObjectKeys.plan(new FilmRef(TENANT, id, 2)))).isEqualTo(winner);
        assertThat(queue.sent()).hasSize(2);
        table.put(state(id, 2, "rendering", Optional.empty()));
        assertThat(revise(other, id, "A city. A fish.", false).revision()).isEqualTo(3);
    }

    @Test
    void aRevisionIsBasedOnTheOneJustBegunHereThoughTheSchedulerHasNotSpoken() throws Exception {
        String id = submit("A city. A river.", Map.of());
        revise(one, id, "A city. A lion.", false);
        Revised third = revise(one, id, "A city. A lion. A fish.", false);
        assertThat(third.revision()).isEqualTo(3);
        assertThat(third.basedOn()).isEqualTo(2);
        assertThat(third.reused()).isEqualTo(8);
    }

    @Test
    void aGatewayThatDiedBetweenPlanAndCommandBlocksNobodyForLong() throws Exception {
        String id = submit("A city. A river.", Map.of());
        queue.setAway(true);
        assertThatThrownBy(() -> revise(one, id, "A city. A lion.", false)).isInstanceOf(QueueUnavailableException.class);
        queue.setAway(false);
        assertThatThrownBy(() -> revise(other, id, "A city. A fish.", false)).isInstanceOf(Revisions.OvertakenException.class);
        clock.now = clock.now.plus(PATIENCE);
        assertThat(revise(other, id, "A city. A fish.", false).revision()).isEqualTo(3);
        assertThat(queue.sent()).hasSize(2);
    }

    @Test
    void theSameRequestSentAgainAfterAnAbsentQueueComesThrough() throws Exception {
        String id = submit("A city. A river.", Map.of());
        queue.setAway(true);
        assertThatThrownBy(() -> revise(one, id, "A city. A lion.", false)).isInstanceOf(QueueUnavailableException.class);
        queue.setAway(false);
        assertThat(revise(other, id, "A city. A lion.", false).revision()).isEqualTo(2);
    }

    @Test
    void revisionsAreListedAndCompared() throws Exception {
        String id = submit("A city. A river.", Map.of());
        FilmState first = state(id, 1, "finished", Optional.of("tenants/default/films/" + id + "/r1/film.mp4"));
        table.put(first);
        revise(one, id, "A city. A lion. A fish.", false);
        table.take(first.film().revisionKey(), first);
        table.put(state(id, 2, "rendering", Optional.empty()));
        RevisionView.Page page = one.list(TENANT, id, OptionalInt.empty(), 1).orElseThrow();
        assertThat(page.revisions()).extracting(RevisionView::revision).containsExactly(2);
        page = one.list(TENANT, id, OptionalInt.of(Integer.parseInt(page.next().orElseThrow())), 1).orElseThrow();
        assertThat(page.revisions()).singleElement().satisfies(r -> {
            assertThat(r.state()).isEqualTo("finished");
            assertThat(r.content()).contains("/v1/films/" + id + "/content?revision=1");
        });
        assertThat(page.next()).isEmpty();

        RevisionPlan plan = one.compare(TENANT, id, 2, OptionalInt.empty(), 0, 2).orElseThrow();
        assertThat(plan.against()).contains(1);
        assertThat(plan.reused()).isEqualTo(4);
        assertThat(plan.toRender()).isEqualTo(8);
        assertThat(plan.dropped()).isEqualTo(4);
        assertThat(plan.scenes()).extracting(RevisionPlan.SceneView::kept).containsExactly(true, false);
        assertThat(plan.scenes().get(1).segments()).extracting(RevisionPlan.SegmentView::segment).containsExactly(4, 5, 6, 7);
        assertThat(plan.next()).contains(1);
        RevisionPlan rest = one.compare(TENANT, id, 2, OptionalInt.empty(), 2, 2).orElseThrow();
        assertThat(rest.scenes()).extracting(RevisionPlan.SceneView::prompt).containsExactly("A fish.");
        assertThat(rest.next()).isEmpty();
        assertThat(one.compare(TENANT, id, 1, OptionalInt.empty(), 0, 9).orElseThrow().against()).isEmpty();
        assertThat(one.compare(TENANT, id, 3, OptionalInt.empty(), 0, 9)).isEmpty();
        assertThat(one.compare(TENANT, id, 2, OptionalInt.of(5), 0, 9)).isEmpty();
    }

    @Test
    void aPlanOfAnEarlierRevisionIsReadWhereTheSchedulerSaysThatItIs() throws Exception {
        String id = submit("A city. A river.", Map.of());
        FilmState s = state(id, 2, "rendering", Optional.empty());
        String plan = ObjectKeys.plan(new FilmRef(TENANT, id, 1));
        table.put(new FilmState(1, s.film(), s.title(), s.model(), s.bundle(), s.lane(), s.state(), s.reason(), 2, 8, 48, 8, 128, 128, 0, 0, 0, 0, s.seconds(), 9, clock.now, clock.now, Optional.empty(),
                Optional.empty(), Optional.empty(), Optional.of(plan)));
        Revised revised = revise(one, id, "A city. A lion.", false);
        assertThat(revised.basedOn()).as("a retry of the first").isEqualTo(2);
        assertThat(revised.revision()).isEqualTo(3);
        assertThat(revised.reused()).isEqualTo(4);
    }

    @Test
    void theLargestStoryIsComparedInLittleMemory() throws Exception {
        String story = IntStream.range(0, 10_000).mapToObj(i -> "Scene number " + i + ".").collect(Collectors.joining("\n"));
        String id = submit(story, Map.of());
        Revised revised = revise(one, id, story.replace("number 9999.", "number X."), false);
        assertThat(revised.segments()).isEqualTo(40_000);
        assertThat(revised.toRender()).isEqualTo(4);
        assertThat(revised.changedScenes()).containsExactly(9_999);
        SegmentKeys keys = SegmentKeys.of(PlanDocument.fromBytes(objects.get(ObjectKeys.plan(new FilmRef(TENANT, id, 2)))).plan());
        assertThat(keys.bytes()).isEqualTo(8 * 40_000);
    }

    @Test
    void aPlanThatIsGoneIsSaidToBe() throws Exception {
        String id = submit("A city.", Map.of());
        table.put(state(id, 1, "finished", Optional.empty()));
        objects.delete(ObjectKeys.plan(new FilmRef(TENANT, id, 1)));
        assertThatThrownBy(() -> one.base(TENANT, id)).isInstanceOf(Revisions.NoPlanException.class);
        assertThat(one.base(TENANT, "0".repeat(24))).isEmpty();
        assertThat(one.base(TENANT, "../..")).isEmpty();
        assertThat(films.find(TENANT, id)).map(FilmView::state).contains("finished");
    }
}
