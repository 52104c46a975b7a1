package dev.longtake.gateway.films;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.Digests;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.engine.Frames;
import dev.longtake.film.plan.PlanDocument;
import dev.longtake.gateway.films.FilmPlanner.Planned;
import dev.longtake.gateway.quota.TenantLimits;
import dev.longtake.platform.memory.MemoryObjectStore;
import dev.longtake.platform.queue.QueueUnavailableException;
import dev.longtake.platform.store.ObjectStore;
import dev.longtake.platform.store.StoreUnavailableException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FilmsTest {
    private static final String TENANT = "default";
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    private final MemoryObjectStore objects = new MemoryObjectStore();
    private final RecordingPublisher queue = new RecordingPublisher();
    private final FilmTable table = new FilmTable();
    private final WorkerTable workers = new WorkerTable(clock, Duration.ofSeconds(10));
    private final Films films = new Films(objects, queue, table, workers, new FilmWarnings(objects, TestModels.taught("a", "city", "river")), clock, "cpu");

    static FilmState state(String id, String state, long sequence, Instant submitted) {
        Optional<String> key = Optional.of("tenants/default/films/" + id + "/r1/a1/film.mp4").filter(k -> state.equals("finished"));
        return new FilmState(1, new FilmRef(TENANT, id, 1), "A title", "phenaki", "cafe", Lane.BATCH, state, Optional.empty(), 1, 4, 24, 8, 128, 128, 2, 1, 0, 0,
                new FilmState.Seconds(3, 0.5, 0.25), sequence, submitted, submitted, state.equals("finished") ? Optional.of(submitted.plusSeconds(7)) : Optional.empty(), key, Optional.empty());
    }

    private static Planned planned(String story) throws Exception {
        return planned(story, Optional.empty());
    }

    private static Planned planned(String story, Optional<byte[]> image) throws Exception {
        return new FilmPlanner(TestModels.taught("a", "city", "river")).plan(story.getBytes(StandardCharsets.UTF_8), Optional.empty(), Map.of(), image);
    }

    @Test
    void aFilmIsItsPlanAndOneCommandThatNamesIt() throws Exception {
        FilmView film = films.submit(TENANT, Optional.empty(), planned("A city. A river."));
        FilmCommand.Submit command = (FilmCommand.Submit) queue.sent().get(0);
        assertThat(queue.sent()).hasSize(1);
        byte[] plan = objects.get(command.planKey());
        assertThat(command.planDigest()).isEqualTo(dev.longtake.bundle.BundleManifest.digest(plan));
        assertThat(PlanDocument.fromBytes(plan).plan().frames()).isEqualTo(48);
        assertThat(command.pool()).isEqualTo("cpu");
        assertThat(film.state()).isEqualTo("queued");
        assertThat(film.frames()).isEqualTo(48);
        assertThat(film.scenes()).isEqualTo(2);
        assertThat(film.segments()).isEqualTo(8);
        assertThat(film.links().cancel()).contains("/v1/films/" + film.id() + "/cancel");
        assertThat(films.find(TENANT, film.id()).orElseThrow()).isEqualTo(film);
    }

    @Test
    void aPictureIsStoredAsAFrameBeforeThePlanThatNamesIt() throws Exception {
        films.submit(TENANT, Optional.empty(), planned("A city. A river.", Optional.of(TestModels.png(40, 30))));
        FilmCommand.Submit command = (FilmCommand.Submit) queue.sent().get(0);
        PlanDocument plan = PlanDocument.fromBytes(objects.get(command.planKey()));
        byte[] frame = objects.get(ObjectKeys.image(command.planKey(), plan.startImage()));
        assertThat(Digests.sha256(frame)).isEqualTo(plan.startImage());
        assertThat(Frames.fromBytes(frame)).hasToString("1 frames of 128x128");
        assertThat(plan.plan().segments().get(0).startImage()).contains(plan.startImage());
    }

    @Test
    void warningsAreInTheAnswerAndInTheFilmAndNotInLists() throws Exception {
        FilmView film = films.submit(TENANT, Optional.empty(), planned("A city. A horse gallops."));
        assertThat(film.warnings().orElseThrow()).singleElement().satisfies(w -> assertThat(w.words()).containsExactly("horse", "gallops"));
        assertThat(films.find(TENANT, film.id()).orElseThrow().warnings()).isEqualTo(film.warnings());
        table.put(state(film.id(), "rendering", 3, NOW));
        assertThat(films.find(TENANT, film.id()).orElseThrow().warnings()).isEqualTo(film.warnings());
        FilmState s = state(film.id(), "rendering", 4, NOW);
        table.put(new FilmState(1, new FilmRef(TENANT, film.id(), 2), s.title(), s.model(), s.bundle(), s.lane(), s.state(), s.reason(), 1, 4, 24, 8, 128, 128, 2, 1, 0, 0, s.seconds(), 9, NOW, NOW,
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(ObjectKeys.plan(new FilmRef(TENANT, film.id(), 1)))));
        assertThat(films.find(TENANT, film.id()).orElseThrow().warnings()).as("a revision that retries").isEqualTo(film.warnings());
        assertThat(films.page(TENANT, Optional.empty(), 5).orElseThrow().films()).singleElement().satisfies(f -> assertThat(f.warnings()).isEmpty());
        assertThat(films.submit(TENANT, Optional.empty(), planned("A city.")).warnings()).contains(List.of());
    }

    @Test
    void aFilmIsShownWithoutWarningsWhenItsPlanCannotBeRead() {
        ObjectStore away = (ObjectStore) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {ObjectStore.class}, (p, m, a) -> {
            throw new StoreUnavailableException("store away", null);
        });
        String id = "0123456789abcdef01234567";
        table.put(state(id, "rendering", 1, NOW));
        FilmView film = new Films(away, queue, table, workers, new FilmWarnings(away, TestModels.one()), clock, "cpu").find(TENANT, id).orElseThrow();
        assertThat(film.state()).isEqualTo("rendering");
        assertThat(film.warnings()).isEmpty();
    }

    @Test
    void twoFilmsWithoutAKeyAreTwo() throws Exception {
        assertThat(films.submit(TENANT, Optional.empty(), planned("A city.")).id()).isNotEqualTo(films.submit(TENANT, Optional.empty(), planned("A city.")).id());
    }

    @Test
    void theKeyOfADeletedFilmMakesNoSecondOne() throws Exception {
        FilmView first = films.submit(TENANT, Optional.of("k1"), planned("A city."));
        table.put(state(first.id(), "finished", 3, NOW));
        assertThat(films.ask(TENANT, first.id(), Films.Wish.DELETE)).isPresent();
        assertThat(queue.sent().get(queue.sent().size() - 1)).isInstanceOf(FilmCommand.Delete.class);
        table.put(state(first.id(), "deleted", 4, NOW));
        int sent = queue.sent().size();
        assertThat(films.find(TENANT, first.id())).as("though its plan is not removed yet").isEmpty();
        assertThat(films.page(TENANT, Optional.empty(), 10).orElseThrow().films()).isEmpty();
        assertThat(films.ask(TENANT, first.id(), Films.Wish.DELETE)).isEmpty();
        assertThatThrownBy(() -> films.submit(TENANT, Optional.of("k1"), planned("A city."))).isInstanceOf(Films.FilmGoneException.class);
        assertThat(queue.sent()).hasSize(sent);
        objects.delete(first.objects().plan());
        table.remove(TENANT + "/" + first.id());
        assertThat(films.submit(TENANT, Optional.of("k1"), planned("A city.")).id()).as("after a day it is a new film").isEqualTo(first.id());
    }

    @Test
    void aTenantWithTooManyFilmsIsTold() throws Exception {
        Films few = new Films(objects, queue, table, workers, new FilmWarnings(objects, TestModels.one()), clock, "cpu", tenant -> new TenantLimits(2, 3, 2, 864_000, 100, 8, 1_000));
        FilmView first = few.submit(TENANT, Optional.of("k1"), planned("A city."));
        table.put(state(first.id(), "rendering", 1, NOW));
        table.put(state("film_b", "queued", 1, NOW));
        assertThatThrownBy(() -> few.submit(TENANT, Optional.empty(), planned("A city."))).isInstanceOf(Films.TooManyFilmsException.class).hasMessageContaining("2 films are not over");
        assertThat(few.submit(TENANT, Optional.of("k1"), planned("A city.")).id()).as("the one it has").isEqualTo(first.id());
        table.put(state("film_b", "finished", 2, NOW));
        few.submit(TENANT, Optional.empty(), planned("A city."));
        table.put(state("film_c", "finished", 1, NOW));
        assertThatThrownBy(() -> few.submit(TENANT, Optional.empty(), planned("A city."))).isInstanceOf(Films.TooManyFilmsException.class).hasMessageContaining("3 films are kept");
        few.submit("other", Optional.empty(), planned("A city."));
    }

    @Test
    void secondsThatATenantWaitsForAreBounded() throws Exception {
        // A film of 24 frames at 8 a second, of whose 4 segments 2 are rendered, is 1.5 seconds to come; the story below is 3.
        table.put(state("film_a", "rendering", 1, NOW));
        table.put(state("film_b", "finished", 1, NOW));
        assertThat(table.load(TENANT, Optional.empty())).isEqualTo(new FilmTable.Load(1, 1.5));
        assertThat(table.load(TENANT, Optional.of("film_a"))).isEqualTo(new FilmTable.Load(0, 0));
        assertThat(table.load("other", Optional.empty())).isEqualTo(new FilmTable.Load(0, 0));
        Planned three = planned("A city.");
        with(4.5).submit(TENANT, Optional.empty(), three);
        assertThatThrownBy(() -> with(4.4).submit(TENANT, Optional.empty(), three)).isInstanceOfSatisfying(Films.TooManyFilmsException.class, e -> assertThat(e.limit()).isEqualTo("unfinished-seconds"));
        with(4.4).requireRoom(TENANT, Optional.of("film_a"), three);
        with(4.4).submit("other", Optional.empty(), three);
        FilmView failed = films.submit(TENANT, Optional.of("again"), three);
        table.put(state(failed.id(), "failed", 1, NOW));
        assertThatThrownBy(() -> with(4.4).ask(TENANT, failed.id(), Films.Wish.RETRY)).isInstanceOf(Films.TooManyFilmsException.class);
        assertThat(with(4.5).ask(TENANT, failed.id(), Films.Wish.RETRY)).isPresent();
    }

    @Test
    void aFilmThatIsMadeAgainIsOneRevisionMore() throws Exception {
        Films few = new Films(objects, queue, table, workers, new FilmWarnings(objects, TestModels.one()), clock, "cpu", tenant -> new TenantLimits(10, 10, 1, 1_000, 100, 8, 1_000));
        String id = few.submit(TENANT, Optional.empty(), planned("A city.")).id();
        table.put(state(id, "failed", 1, NOW));
        assertThatThrownBy(() -> few.ask(TENANT, id, Films.Wish.RETRY)).isInstanceOfSatisfying(Films.TooManyFilmsException.class, e -> assertThat(e.limit()).isEqualTo("kept-revisions"));
        assertThat(films.ask(TENANT, id, Films.Wish.RETRY)).isPresent();
        assertThat(few.ask(TENANT, id, Films.Wish.DELETE)).as("it can always be deleted").isPresent();
    }

    private Films with(double seconds) {
        return new Films(objects, queue, table, workers, new FilmWarnings(objects, TestModels.one()), clock, "cpu", tenant -> new TenantLimits(10, 10, 10, seconds, 100, 8, 1_000));
    }

    @Test
    void aKeySentAgainFindsItsFilm() throws Exception {
        FilmView first = films.submit(TENANT, Optional.of("k1"), planned("A city."));
        assertThat(films.submit(TENANT, Optional.of("k1"), planned("A city.")).id()).isEqualTo(first.id());
        assertThat(objects.list("")).hasSize(1);
        table.put(state(first.id(), "rendering", 3, NOW));
        int sent = queue.sent().size();
        assertThat(films.submit(TENANT, Optional.of("k1"), planned("A city.")).state()).isEqualTo("rendering");
        assertThat(queue.sent()).hasSize(sent);
        assertThat(films.submit("other", Optional.of("k1"), planned("A city.")).id()).isNotEqualTo(first.id());
    }

    @Test
    void aKeyCannotStandForTwoStories() throws Exception {
        films.submit(TENANT, Optional.of("k1"), planned("A city."));
        assertThatThrownBy(() -> films.submit(TENANT, Optional.of("k1"), planned("A river."))).isInstanceOf(Films.KeyReusedException.class);
        assertThat(queue.sent()).hasSize(1);
    }

    @Test
    void aFilmThatWasNotAcceptedLeavesNothing() {
        queue.setAway(true);
        assertThatThrownBy(() -> films.submit(TENANT, Optional.empty(), planned("A city."))).isInstanceOf(QueueUnavailableException.class);
        assertThat(objects.list("")).isEmpty();
    }

    @Test
    void aKeyThatMetAnAbsentQueueIsAcceptedWhenSentAgain() throws Exception {
        queue.setAway(true);
        assertThatThrownBy(() -> films.submit(TENANT, Optional.of("k1"), planned("A city."))).isInstanceOf(QueueUnavailableException.class);
        queue.setAway(false);
        films.submit(TENANT, Optional.of("k1"), planned("A city."));
        assertThat(queue.sent()).hasSize(1);
    }

    @Test
    void aFilmShowsWhatWorkersDoForIt() throws Exception {
        FilmView film = films.submit(TENANT, Optional.empty(), planned("A city."));
        FilmState rendering = state(film.id(), "rendering", 2, NOW.minusSeconds(5));
        table.put(rendering);
        workers.put(new WorkerHeartbeat(1, "w1", "cpu", List.of(Lane.BATCH), 1, "cafe", "cpu", WorkerHeartbeat.State.READY,
                List.of(new WorkerHeartbeat.Running(rendering.film(), 2, new AttemptRef("k", "a"), "d", 3, 8)), NOW));
        FilmView seen = films.find(TENANT, film.id()).orElseThrow();
        assertThat(seen.running()).containsExactly(new WorkerTable.Running(2, 3, 8, "w1"));
        assertThat(seen.seconds()).isEqualTo(new FilmView.Seconds(3, 0.5, 0.25, 5));
        assertThat(seen.links().content()).isEmpty();
    }

    @Test
    void aFinishedFilmNamesItsObjects() {
        String id = "0123456789abcdef01234567";
        table.put(state(id, "finished", 9, NOW));
        FilmView film = films.find(TENANT, id).orElseThrow();
        assertThat(film.objects().film()).contains("tenants/default/films/" + id + "/r1/a1/film.mp4");
        assertThat(film.objects().contactSheet()).contains("tenants/default/films/" + id + "/r1/a1/contact-sheet.png");
        assertThat(film.seconds().total()).isEqualTo(7);
        assertThat(film.links().cancel()).isEmpty();
    }

    @Test
    void cancellingIsACommandUnlessTheFilmHasEnded() throws Exception {
        FilmView film = films.submit(TENANT, Optional.empty(), planned("A city."));
        films.ask(TENANT, film.id(), Films.Wish.CANCEL);
        assertThat(queue.sent().get(1)).isEqualTo(new FilmCommand.Cancel(1, new FilmRef(TENANT, film.id(), 1), NOW));
        table.put(state(film.id(), "cancelled", 4, NOW));
        assertThatThrownBy(() -> films.ask(TENANT, film.id(), Films.Wish.CANCEL)).isInstanceOfSatisfying(Films.WrongStateException.class, e -> assertThat(e.state()).isEqualTo("cancelled"));
        assertThat(queue.sent()).hasSize(2);
    }

    @Test
    void whatMayBeAskedDependsOnTheState() throws Exception {
        String id = "0123456789abcdef01234567";
        FilmRef film = new FilmRef(TENANT, id, 1);
        table.put(state(id, "rendering", 1, NOW));
        films.ask(TENANT, id, Films.Wish.PAUSE);
        assertThatThrownBy(() -> films.ask(TENANT, id, Films.Wish.RESUME)).isInstanceOfSatisfying(Films.WrongStateException.class, e -> assertThat(e.state()).isEqualTo("rendering"));
        table.put(state(id, "paused", 2, NOW));
        films.ask(TENANT, id, Films.Wish.RESUME);
        assertThatThrownBy(() -> films.ask(TENANT, id, Films.Wish.RETRY)).isInstanceOf(Films.WrongStateException.class);
        table.put(state(id, "failed", 3, NOW));
        films.ask(TENANT, id, Films.Wish.RETRY);
        assertThat(queue.sent()).isEqualTo(List.of(new FilmCommand.Pause(1, film, NOW), new FilmCommand.Resume(1, film, NOW), new FilmCommand.Retry(1, film, NOW)));
    }

    @Test
    void aFinishedFilmStaysThereWhileItIsRevised() {
        String id = "0123456789abcdef01234567";
        FilmState s = state(id, "rendering", 9, NOW);
        String key = "tenants/default/films/" + id + "/r1/a1/film.mp4";
        table.put(new FilmState(1, new FilmRef(TENANT, id, 2), s.title(), s.model(), s.bundle(), s.lane(), s.state(), s.reason(), 1, 4, 24, 8, 128, 128, 2, 1, 0, 0, s.seconds(), 9, NOW, NOW,
                Optional.empty(), Optional.empty(), Optional.of(new FilmState.Kept(1, key))));
        FilmView film = films.find(TENANT, id).orElseThrow();
        assertThat(film.objects().film()).contains(key);
        assertThat(film.links().content()).contains("/v1/films/" + id + "/content");
    }

    @Test
    void whatIsNoIdFindsNothing() throws Exception {
        for (String id : List.of("", "x", "../../etc/passwd", "0123456789ABCDEF01234567", "0123456789abcdef01234567")) {
            assertThat(films.find(TENANT, id)).isEmpty();
            assertThat(films.ask(TENANT, id, Films.Wish.CANCEL)).isEmpty();
        }
        assertThat(queue.sent()).isEmpty();
    }

    /** Two replicas over one store and one queue, and one that was started anew and knows nothing yet. */
    @Test
    void aKeyIsOneFilmAtEveryReplicaAndAfterARestart() throws Exception {
        Films other = new Films(objects, queue, new FilmTable(), workers, new FilmWarnings(objects, TestModels.one()), clock, "cpu");
        FilmView first = films.submit(TENANT, Optional.of("k1"), planned("A city."));
        assertThat(other.submit(TENANT, Optional.of("k1"), planned("A city.")).id()).isEqualTo(first.id());
        assertThatThrownBy(() -> other.submit(TENANT, Optional.of("k1"), planned("A river."))).isInstanceOf(Films.KeyReusedException.class);
        Films restarted = new Films(objects, queue, new FilmTable(), workers, new FilmWarnings(objects, TestModels.one()), clock, "cpu");
        assertThat(restarted.submit(TENANT, Optional.of("k1"), planned("A city.")).id()).isEqualTo(first.id());
        assertThat(objects.list("")).hasSize(1);
        assertThat(queue.sent()).as("said again, and the same film each time").allSatisfy(m -> assertThat(((FilmCommand) m).film()).isEqualTo(new FilmRef(TENANT, first.id(), 1)));
    }

    @Test
    void ofManyRequestsAtOnceWithOneKeyAndTwoStoriesOneStoryIsTheFilm() throws Exception {
        Films[] replicas = {films, new Films(objects, queue, new FilmTable(), workers, new FilmWarnings(objects, TestModels.one()), clock, "cpu")};
        java.util.concurrent.ExecutorService threads = java.util.concurrent.Executors.newFixedThreadPool(8);
        try {
            List<java.util.concurrent.Future<String>> answers = new java.util.ArrayList<>();
            for (int i = 0; i < 32; i++) {
                Films replica = replicas[i % 2];
                Planned planned = planned(i / 2 % 2 == 0 ? "A city." : "A river.");
                answers.add(threads.submit(() -> {
                    try {
                        replica.submit(TENANT, Optional.of("k2"), planned);
                        return planned.plan().story().scenes().get(0).prompt();
                    } catch (Films.KeyReusedException e) {
                        return "refused";
                    }
                }));
            }
            java.util.Map<String, Integer> counts = new java.util.TreeMap<>();
            for (java.util.concurrent.Future<String> answer : answers) {
                counts.merge(answer.get(), 1, Integer::sum);
            }
            assertThat(counts).hasSize(2).containsEntry("refused", 16);
        } finally {
            threads.shutdownNow();
        }
    }
}
