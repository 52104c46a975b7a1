package dev.longtake.gateway.letters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.DeadLetter;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Json;
import dev.longtake.contract.Lane;
import dev.longtake.contract.SegmentJob;
import dev.longtake.contract.Topics;
import dev.longtake.gateway.films.FilmTable;
import dev.longtake.gateway.films.FilmWarnings;
import dev.longtake.gateway.films.Films;
import dev.longtake.gateway.films.RecordingPublisher;
import dev.longtake.gateway.films.TestModels;
import dev.longtake.gateway.films.WorkerTable;
import dev.longtake.gateway.letters.DeadLetters.RefusedException;
import dev.longtake.platform.memory.MemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Letters without Kafka: the log is a list, to which notes are added as the topic would. */
class DeadLettersTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final String ID = "0123456789abcdef01234567";
    private static final FilmRef FILM = new FilmRef("default", ID, 1);
    private static final String COMMAND = new String(Json.write(new FilmCommand.Cancel(1, FILM, NOW)), StandardCharsets.UTF_8);

    private final RecordingPublisher queue = new RecordingPublisher();
    private final FilmTable table = new FilmTable();
    private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    private final Films films = new Films(new MemoryObjectStore(), queue, table, new WorkerTable(clock, Duration.ofSeconds(10)), new FilmWarnings(new MemoryObjectStore(), TestModels.one()), clock, "cpu");
    private final List<DeadLetter> log = new ArrayList<>();
    private final DeadLetters letters = new DeadLetters((most, each) -> {
        List<DeadLetter> all = new ArrayList<>(log);
        queue.sent().stream().filter(DeadLetter.class::isInstance).map(DeadLetter.class::cast).forEach(all::add);
        for (int i = Math.max(0, all.size() - most); i < all.size(); i++) {
            each.accept(new dev.longtake.platform.queue.LetterLog.Entry("0-" + i, all.get(i)));
        }
    }, queue, films, clock, 20);

    private static DeadLetter parked(String topic, long offset, String key, String body) {
        return DeadLetter.parked(topic, 0, offset, key, body.getBytes(StandardCharsets.UTF_8), "not a FilmCommand", NOW);
    }

    private static DeadLetter givenUp(FilmRef film) {
        SegmentJob job = new SegmentJob(1, film, 3, 1, new AttemptRef("k", "a"), new SegmentJob.Work.EncodeClip("cafe", 5, 6), NOW, "d");
        return DeadLetter.givenUp(Topics.segmentJobs("cpu", Lane.BATCH), film.filmKey(), job, "scene 2: no such word", NOW);
    }

    private void film(FilmRef film, String state) {
        table.put(new FilmState(1, film, "t", "phenaki", "cafe", Lane.BATCH, state, Optional.empty(), 1, 1, 6, 8, 128, 128, 0, 0, 0, -1, FilmState.Seconds.NONE, 1, NOW, NOW, Optional.empty(),
                Optional.empty(), Optional.empty()));
    }

    @Test
    void lettersAreListedNewestFirstWithWhatTheyAreAbout() {
        log.add(parked(Topics.FILM_COMMANDS, 7, "default", COMMAND));
        log.add(parked(Topics.WORKER_CONTROL, 1, null, "\u0000".repeat(500)));
        log.add(givenUp(new FilmRef("default", "f2", 1)));
        List<LetterView> all = letters.list(Optional.empty(), Optional.empty(), 10);
        assertThat(all).extracting(LetterView::id).containsExactly("0-2", "0-1", "0-0");
        assertThat(all).extracting(LetterView::kind).containsExactly("given-up", "message", "message");
        assertThat(all).extracting(LetterView::film).containsExactly(Optional.of("f2"), Optional.empty(), Optional.of(ID));
        assertThat(all).allSatisfy(l -> {
            assertThat(l.extract().length()).isLessThanOrEqualTo(161);
            assertThat(l.extract()).doesNotContainPattern("\\p{Cntrl}");
            assertThat(l.handled()).isEmpty();
        });
        assertThat(letters.list(Optional.empty(), Optional.of(ID), 10)).extracting(LetterView::id).containsExactly("0-0");
        assertThat(letters.list(Optional.empty(), Optional.empty(), 2)).extracting(LetterView::id).containsExactly("0-2", "0-1");
    }

    @Test
    void aTenantSeesItsOwnLettersAndTouchesNoOthers() throws Exception {
        log.add(parked(Topics.FILM_COMMANDS, 7, "default", COMMAND));
        log.add(parked(Topics.FILM_COMMANDS, 8, "default", "not JSON"));
        log.add(parked(Topics.EXPIRY_JOBS, 9, "default", "{\"tenant\":\"default\"}"));
        log.add(givenUp(new FilmRef("default", "f2", 1)));
        log.add(parked(Topics.FILM_STATES, 10, "other/f3", "{}"));
        log.add(parked(Topics.LANE_EVENTS, 11, "default", "not JSON, and keyed by pool"));
        log.add(parked(Topics.FILM_COMMANDS, 12, "default", "{\"film\":{\"tenant\":\"other\",\"film\":\"f3\"}}"));
        assertThat(letters.list(Optional.of("default"), Optional.empty(), 10)).extracting(LetterView::id).containsExactly("0-3", "0-2", "0-1", "0-0");
        assertThat(letters.list(Optional.of("other"), Optional.empty(), 10)).extracting(LetterView::id).containsExactly("0-6", "0-4");
        assertThat(letters.list(Optional.of("nobody"), Optional.empty(), 10)).isEmpty();
        assertThat(letters.list(Optional.empty(), Optional.empty(), 10)).hasSize(7);
        assertThat(letters.requeue(Optional.of("other"), "0-0", false)).as("as if it were not there").isEqualTo(letters.requeue(Optional.of("other"), "0-99", false));
        assertThat(letters.requeue(Optional.of("default"), "0-5", false)).isEmpty();
        assertThat(queue.sent()).isEmpty();
        assertThat(letters.requeue(Optional.of("default"), "0-0", false)).isPresent();
    }

    @Test
    void aMessageGoesBackAsItWasOnceAndThatIsRemembered() throws Exception {
        log.add(parked(Topics.FILM_COMMANDS, 7, "default", COMMAND + "  "));
        log.add(parked(Topics.LANE_EVENTS, 8, null, "x"));
        LetterView done = letters.requeue(Optional.empty(), "0-0", false).orElseThrow();
        assertThat(done.handled()).contains(new LetterView.Handled("requeued", NOW));
        assertThat(queue.raw()).containsExactly(new RecordingPublisher.Raw(Topics.FILM_COMMANDS, "default", COMMAND + "  "));
        assertThat(letters.list(Optional.empty(), Optional.empty(), 10)).extracting(LetterView::handled).containsExactly(Optional.empty(), done.handled());
        assertThatThrownBy(() -> letters.requeue(Optional.empty(), "0-0", false)).isInstanceOf(RefusedException.class).hasMessageContaining("was requeued at 2026-01-02T03:04:05Z");
        assertThat(queue.raw()).hasSize(1);
        letters.requeue(Optional.empty(), "0-0", true);
        letters.requeue(Optional.empty(), "0-1", false);
        assertThat(queue.raw()).hasSize(3).last().isEqualTo(new RecordingPublisher.Raw(Topics.LANE_EVENTS, null, "x"));
        assertThat(letters.requeue(Optional.empty(), "0-99", false)).isEmpty();
        assertThat(letters.requeue(Optional.empty(), "0-2", false)).as("a note is no letter").isEmpty();
    }

    @Test
    void whatSeveralReadersParkedIsOneLetterUnderItsFirstId() throws Exception {
        log.add(parked(Topics.WORKER_CONTROL, 5, "", "x"));
        log.add(parked(Topics.WORKER_CONTROL, 5, "", "x"));
        log.add(parked(Topics.WORKER_CONTROL, 6, "", "x"));
        assertThat(letters.list(Optional.empty(), Optional.empty(), 10)).extracting(LetterView::id, LetterView::copies)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("0-2", 1), org.assertj.core.groups.Tuple.tuple("0-0", 2));
        letters.requeue(Optional.empty(), "0-1", false);
        assertThat(letters.list(Optional.empty(), Optional.empty(), 10).get(1).handled()).isPresent();
        assertThatThrownBy(() -> letters.requeue(Optional.empty(), "0-0", false)).isInstanceOf(RefusedException.class);
    }

    @Test
    void workThatWasGivenUpIsItsFilmAskedForAgain() throws Exception {
        log.add(givenUp(FILM));
        film(FILM, "failed");
        assertThat(letters.requeue(Optional.empty(), "0-0", false).orElseThrow().handled()).contains(new LetterView.Handled("retried", NOW));
        assertThat(queue.raw()).as("the job itself would do nothing").isEmpty();
        assertThat(queue.sent().get(0)).isEqualTo(new FilmCommand.Retry(1, FILM, NOW));
        assertThat(queue.sent().get(1)).isEqualTo(DeadLetter.handled(log.get(0), "0-0", DeadLetter.How.RETRIED, NOW));
    }

    @Test
    void aFilmThatHasGoneOnIsLeftAlone() {
        log.add(givenUp(FILM));
        assertThatThrownBy(() -> letters.requeue(Optional.empty(), "0-0", false)).isInstanceOf(RefusedException.class).hasMessageContaining("no film " + ID);
        film(FILM, "cancelled");
        film(new FilmRef("default", ID, 2), "rendering");
        assertThatThrownBy(() -> letters.requeue(Optional.empty(), "0-0", false)).isInstanceOf(RefusedException.class).hasMessageContaining("its revision 2 is rendering");
        log.add(givenUp(new FilmRef("default", ID, 2)));
        assertThatThrownBy(() -> letters.requeue(Optional.empty(), "0-1", false)).isInstanceOf(RefusedException.class).hasMessageContaining("rendering and cannot be retried");
        assertThat(queue.sent()).isEmpty();
    }

    @Test
    void whatWouldDoHarmOrIsNotWholeStaysWhereItIs() {
        log.add(parked(Topics.WORKER_HEARTBEATS, 1, "cpu", "{}"));
        log.add(DeadLetter.parked(Topics.FILM_COMMANDS, 0, 2, "default", new byte[DeadLetter.LARGEST + 1], "not a FilmCommand", NOW));
        log.add(parked("__consumer_offsets", 3, "", "x"));
        for (String id : List.of("0-0", "0-1", "0-2")) {
            assertThatThrownBy(() -> letters.requeue(Optional.empty(), id, true)).isInstanceOf(RefusedException.class);
        }
        assertThat(queue.raw()).isEmpty();
        assertThat(queue.sent()).isEmpty();
    }

    @Test
    void lettersOfEarlierReleasesAreMessagesUnlessTheyAreJobs() {
        log.add(new DeadLetter(1, Topics.segmentJobs("cpu", Lane.BATCH), "default/f3", "{", "not a SegmentJob", NOW, Optional.empty(), Optional.empty()));
        assertThat(letters.list(Optional.empty(), Optional.of("f3"), 10)).singleElement().satisfies(l -> assertThat(l.kind()).isEqualTo("message"));
    }

    @Test
    void onlyTheNewestAreLookedAt() {
        for (int i = 0; i < 50; i++) {
            log.add(parked(Topics.FILM_COMMANDS, i, "", "x"));
        }
        assertThat(letters.list(Optional.empty(), Optional.empty(), 1_000)).hasSize(20).first().satisfies(l -> assertThat(l.id()).isEqualTo("0-49"));
    }
}
