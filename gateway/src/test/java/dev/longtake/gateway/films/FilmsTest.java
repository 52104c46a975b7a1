package dev.longtake.gateway.films;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.film.plan.PlanDocument;
import dev.longtake.gateway.films.FilmPlanner.Planned;
import dev.longtake.platform.memory.MemoryObjectStore;
import dev.longtake.platform.queue.QueueUnavailableException;
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
    private final Films films = new Films(objects, queue, table, workers, clock, "cpu");

    static FilmState state(String id, String state, long sequence, Instant submitted) {
        Optional<String> key = Optional.of("tenants/default/films/" + id + "/r1/a1/film.mp4").filter(k -> state.equals("finished"));
        return new FilmState(1, new FilmRef(TENANT, id, 1), "A title", "phenaki", "cafe", Lane.BATCH, state, Optional.empty(), 1, 4, 24, 8, 128, 128, 2, 1, 0, 0,
                new FilmState.Seconds(3, 0.5, 0.25), sequence, submitted, submitted, state.equals("finished") ? Optional.of(submitted.plusSeconds(7)) : Optional.empty(), key, Optional.empty());
    }

    private static Planned planned(String story) throws Exception {
        return new FilmPlanner(TestModels.one()).plan(story.getBytes(StandardCharsets.UTF_8), Optional.empty(), Map.of());
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
    void twoFilmsWithoutAKeyAreTwo() throws Exception {
        assertThat(films.submit(TENANT, Optional.empty(), planned("A city.")).id()).isNotEqualTo(films.submit(TENANT, Optional.empty(), planned("A city.")).id());
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
}
