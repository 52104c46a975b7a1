package dev.longtake.scheduler.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.AssemblyJob;
import dev.longtake.contract.AssemblyReport;
import dev.longtake.contract.DeadLetter;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Json;
import dev.longtake.contract.Lane;
import dev.longtake.contract.Lineage;
import dev.longtake.contract.Message;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.SegmentJob;
import dev.longtake.contract.SegmentReport;
import dev.longtake.contract.Topics;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.FilmSettings;
import dev.longtake.film.plan.PlanDocument;
import dev.longtake.film.plan.Planner;
import dev.longtake.film.story.StoryLimits;
import dev.longtake.film.story.StoryReader;
import dev.longtake.platform.memory.MemoryObjectStore;
import dev.longtake.scheduler.stage.dispatch.DispatchLimits;
import dev.longtake.scheduler.stage.dispatch.DispatchStore;
import dev.longtake.scheduler.stage.film.FilmLimits;
import dev.longtake.scheduler.stage.film.FilmStore;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A film's way through both stages inside Kafka Streams, with the test in the part of worker and stitcher. */
class SchedulerTopologyTest {
    private static final FilmSettings SETTINGS = new FilmSettings("phenaki", "cafe", 1, 128, 128, 8, 11, 5, 8, 3.5, 1);
    private final MemoryObjectStore objects = new MemoryObjectStore();
    private final FlakyStore store = new FlakyStore(objects);
    private TopologyTestDriver driver;
    private Instant now = Instant.now();

    @BeforeEach
    void start() {
        Properties p = new Properties();
        p.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
        driver = new TopologyTestDriver(SchedulerTopology.of(new BriefStore(store, Duration.ofMillis(200)), FilmLimits.DEFAULT, DispatchLimits.DEFAULT, () -> now), p, now);
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    private void send(String topic, String key, Message message) {
        sendRaw(topic, key, Json.write(message));
    }

    private void sendRaw(String topic, String key, byte[] message) {
        TestInputTopic<String, byte[]> input = driver.createInputTopic(topic, new StringSerializer(), new ByteArraySerializer());
        input.pipeInput(key, message, Instant.now());
    }

    private <T> List<T> read(String topic, Class<T> type) {
        List<T> all = new ArrayList<>();
        for (byte[] bytes : driver.createOutputTopic(topic, new StringDeserializer(), new ByteArrayDeserializer()).readValuesToList()) {
            try {
                all.add(Json.read(bytes, type));
            } catch (dev.longtake.contract.UnreadableMessageException e) {
                throw new AssertionError(e);
            }
        }
        return all;
    }

    private FilmRef submit(String name, String story) throws Exception {
        FilmPlan plan = Planner.plan(new StoryReader(StoryLimits.DEFAULT, 3).read(story.getBytes(), Optional.empty()), SETTINGS);
        byte[] document = PlanDocument.of(plan).toBytes();
        FilmRef film = new FilmRef("default", name, 1);
        objects.put(ObjectKeys.plan(film), document, "application/json");
        String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(document));
        send(Topics.FILM_COMMANDS, "default", new FilmCommand.Submit(1, film, ObjectKeys.plan(film), digest, "t", Lane.INTERACTIVE, "cpu", Instant.now()));
        return film;
    }

    private void pass(Duration time) {
        now = now.plus(time);
        driver.advanceWallClockTime(time);
    }

    private void heartbeat() {
        send(Topics.WORKER_HEARTBEATS, "cpu", new WorkerHeartbeat(1, "w1", "cpu", List.of(Lane.values()), 1, "cafe", "cpu", WorkerHeartbeat.State.READY, List.of(), Instant.EPOCH));
    }

    private List<SegmentJob> jobs() {
        return read(Topics.segmentJobs("cpu", Lane.INTERACTIVE), SegmentJob.class);
    }

    private void render(SegmentJob job) {
        SegmentJob.Work.Render r = (SegmentJob.Work.Render) job.work();
        send(Topics.SEGMENT_REPORTS, "default", new SegmentReport.Rendered(1, job.film(), job.index(), job.attempt(), r.parent(), "w1", "cafe", "t", "l", "redis",
                r.parent().isPresent() ? 5 : 0, r.newFrames(), new SegmentReport.Timing(0, 1, 0, 0), Instant.now()));
        send(Topics.SEGMENT_REPORTS, "default", new SegmentReport.Clipped(1, job.film(), job.index(), job.attempt(), "w1", "c" + job.index(), 1, 0.1, Instant.now()));
    }

    private FilmState newest() {
        List<FilmState> states = read(Topics.FILM_STATES, FilmState.class);
        return states.get(states.size() - 1);
    }

    @Test
    void aFilmGoesThroughAndASecondOneRendersNothing() throws Exception {
        heartbeat();
        FilmRef film = submit("one", "A city. A fish. [1s]");
        for (int index = 0; index < 6; index++) {
            List<SegmentJob> jobs = jobs();
            assertThat(jobs).as("one segment of a chain at a time").hasSize(1);
            assertThat(jobs.get(0).index()).isEqualTo(index);
            render(jobs.get(0));
            heartbeat();
        }
        assertThat(jobs()).isEmpty();
        AssemblyJob assembly = read(Topics.ASSEMBLY_JOBS, AssemblyJob.class).get(0);
        Lineage lineage = Json.read(objects.get(assembly.lineageKey()), Lineage.class);
        assertThat(lineage.segments()).hasSize(6);
        assertThat(lineage.segments().get(3).parent()).contains(lineage.segments().get(2).attempt());
        send(Topics.ASSEMBLY_REPORTS, "default", new AssemblyReport.Assembled(1, film, assembly.assembly(), "key", "d", 9, 32, 1, Instant.now()));
        assertThat(newest()).satisfies(s -> {
            assertThat(s.state()).isEqualTo("finished");
            assertThat(s.filmKey()).contains("key");
            assertThat(s.frames()).isEqualTo(32);
            assertThat(s.reused()).isZero();
        });

        submit("two", "A city. A fish. [1s]");
        assertThat(jobs()).isEmpty();
        AssemblyJob again = read(Topics.ASSEMBLY_JOBS, AssemblyJob.class).get(0);
        assertThat(Json.read(objects.get(again.lineageKey()), Lineage.class).segments()).extracting(Lineage.Entry::attempt)
                .containsExactlyElementsOf(lineage.segments().stream().map(Lineage.Entry::attempt).toList());
        assertThat(newest()).satisfies(s -> {
            assertThat(s.reused()).isEqualTo(6);
            assertThat(s.state()).isEqualTo("assembling");
        });
    }

    @Test
    void jobsWaitUntilAWorkerIsThereAndGoBackWhenItVanishes() throws Exception {
        submit("one", "A city.");
        assertThat(jobs()).isEmpty();
        heartbeat();
        SegmentJob first = jobs().get(0);
        pass(Duration.ofMinutes(11));
        assertThat(read(Topics.SEGMENT_REPORTS, SegmentReport.class)).hasAtLeastOneElementOfType(SegmentReport.Lost.class);
        assertThat(first.index()).isZero();
    }

    @Test
    void whatCannotBeReadIsParked() {
        sendRaw(Topics.FILM_COMMANDS, "default", "nonsense".getBytes());
        sendRaw(Topics.SEGMENT_REPORTS, "default", "{\"type\":\"rendered\",\"version\":99}".getBytes());
        sendRaw(Topics.WORKER_HEARTBEATS, "cpu", null);
        assertThat(read(Topics.DEAD_LETTERS, DeadLetter.class)).extracting(DeadLetter::topic)
                .containsExactly(Topics.FILM_COMMANDS, Topics.SEGMENT_REPORTS, Topics.WORKER_HEARTBEATS);
    }

    @Test
    void aMessageOfANewerVersionOrOfAnUnknownTypeIsParkedAsItWasAndWhereItWas() {
        byte[] newer = "{\"type\":\"submit\",\"version\":2,\"story\":\"elsewhere\"}".getBytes();
        byte[] unknown = "{\"type\":\"splice\",\"version\":1}".getBytes();
        sendRaw(Topics.FILM_COMMANDS, "default", newer);
        sendRaw(Topics.FILM_COMMANDS, null, unknown);
        assertThat(read(Topics.DEAD_LETTERS, DeadLetter.class)).satisfiesExactly(l -> {
            assertThat(l.reason()).isEqualTo("FilmCommand of version 2; this build reads 1..1");
            assertThat(l.message().orElseThrow()).isEqualTo(newer);
            assertThat(l.originalKey()).isEqualTo("default");
            assertThat(l.source().orElseThrow().offset()).isZero();
        }, l -> {
            assertThat(l.reason()).isEqualTo("FilmCommand of unknown type \"splice\" and of version 1; this build reads 1..1");
            assertThat(l.message().orElseThrow()).isEqualTo(unknown);
            assertThat(l.originalKey()).isNull();
            assertThat(l.source().orElseThrow().offset()).isEqualTo(1);
        });
    }

    @Test
    void heartbeatsOfANewerWorkerAreOneLetterAndNotOneASecond() {
        for (int i = 0; i < 100; i++) {
            sendRaw(Topics.WORKER_HEARTBEATS, "cpu", ("{\"version\":2,\"worker\":\"w1\",\"beat\":" + i + "}").getBytes());
        }
        assertThat(read(Topics.DEAD_LETTERS, DeadLetter.class)).singleElement().satisfies(l -> assertThat(l.reason()).isEqualTo("WorkerHeartbeat of version 2; this build reads 1..1"));
    }

    @Test
    void aHeartbeatCountsWhateverTheClocksOfWorkerAndBrokerSay() throws Exception {
        TestInputTopic<String, byte[]> beats = driver.createInputTopic(Topics.WORKER_HEARTBEATS, new StringSerializer(), new ByteArraySerializer());
        beats.pipeInput("cpu", Json.write(new WorkerHeartbeat(1, "w1", "cpu", List.of(Lane.values()), 1, "cafe", "cpu", WorkerHeartbeat.State.READY, List.of(), Instant.EPOCH)),
                now.minus(Duration.ofDays(1)));
        submit("one", "A city.");
        assertThat(jobs()).hasSize(1);
    }

    @Test
    void aWorkerOfAPoolThatIsNotThereGetsNothing() throws Exception {
        send(Topics.WORKER_HEARTBEATS, "gpu", new WorkerHeartbeat(1, "w1", "gpu", List.of(Lane.values()), 1, "cafe", "cuda", WorkerHeartbeat.State.READY, List.of(), now));
        submit("one", "A city.");
        assertThat(jobs()).isEmpty();
    }

    @Test
    void aMessageThatCannotBeDecidedOnIsParkedAndLeavesNothingBehind() throws Exception {
        FilmRef film = submit("one", "A city.");
        driver.<String, byte[]>getKeyValueStore(FilmProcessor.STORE).put("film/default/one", "{}".getBytes());
        send(Topics.FILM_COMMANDS, "default", new FilmCommand.Cancel(1, film, now));
        assertThat(read(Topics.DEAD_LETTERS, DeadLetter.class)).singleElement().satisfies(d -> {
            assertThat(d.reason()).contains("the scheduler cannot decide on it");
            assertThat(d.body()).contains("cancel");
        });
        assertThat(driver.<String, byte[]>getKeyValueStore(FilmProcessor.STORE).get("film/default/one")).isEqualTo("{}".getBytes());
        submit("two", "A fish.");
        assertThat(newest().state()).as("others go on").isEqualTo("rendering");
    }

    @Test
    void whileTheStoreIsAwayFilmsWaitVisiblyAndTheThreadDoesNot() throws Exception {
        heartbeat();
        store.away = true;
        submit("one", "A city. [1s]");
        assertThat(newest().state()).isEqualTo("queued");
        for (int i = 0; i < 4; i++) {
            pass(Duration.ofSeconds(10));
        }
        assertThat(newest()).satisfies(s -> {
            assertThat(s.state()).isEqualTo("stalled");
            assertThat(s.reason().orElseThrow()).contains("plan cannot be read");
        });
        store.away = false;
        Thread.sleep(250); // the store is left alone for a while after it failed
        pass(Duration.ofSeconds(31));
        assertThat(newest().state()).isEqualTo("rendering");
        heartbeat();
        store.away = true;
        render(jobs().get(0));
        assertThat(read(Topics.ASSEMBLY_JOBS, AssemblyJob.class)).as("no job without its lineage").isEmpty();
        store.away = false;
        Thread.sleep(250);
        pass(Duration.ofSeconds(31));
        AssemblyJob assembly = read(Topics.ASSEMBLY_JOBS, AssemblyJob.class).get(0);
        assertThat(Json.read(objects.get(assembly.lineageKey()), Lineage.class).frames()).isEqualTo(8);
    }

    @Test
    void anotherSchedulerGoesOnFromTheStateOfTheFirst() throws Exception {
        heartbeat();
        submit("one", "A city. A fish. [1s]");
        SegmentJob job = jobs().get(0);
        List<KeyValue<String, byte[]>> films = all(FilmProcessor.STORE);
        List<KeyValue<String, byte[]>> dispatch = all(DispatchProcessor.STORE);
        driver.close();
        start();
        films.forEach(e -> driver.<String, byte[]>getKeyValueStore(FilmProcessor.STORE).put(e.key, e.value));
        dispatch.forEach(e -> driver.<String, byte[]>getKeyValueStore(DispatchProcessor.STORE).put(e.key, e.value));
        StreamsState state = new StreamsState(driver.getKeyValueStore(FilmProcessor.STORE), FilmStore.WALKED);
        FilmStore store = new FilmStore(state);
        assertThat(store.segmentAt(job.film(), 0).orElseThrow().newest()).contains(job.attempt());
        assertThat(store.alarms()).hasSize(1);
        assertThat(new DispatchStore(new StreamsState(driver.getKeyValueStore(DispatchProcessor.STORE), DispatchStore.TYPES)).jobs("cpu")).singleElement()
                .satisfies(j -> assertThat(j.job()).isEqualTo(job));
    }

    private List<KeyValue<String, byte[]>> all(String name) {
        List<KeyValue<String, byte[]>> all = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> entries = driver.<String, byte[]>getKeyValueStore(name).all()) {
            entries.forEachRemaining(all::add);
        }
        return all;
    }

    @Test
    void whatIsGivenUpIsKeptAsADeadLetter() throws Exception {
        heartbeat();
        submit("one", "A city.");
        SegmentJob job = jobs().get(0);
        send(Topics.SEGMENT_REPORTS, "default", new SegmentReport.Failed(1, job.film(), 0, job.attempt(), "w1", SegmentReport.Cause.POISON, "no such word", now));
        DeadLetter letter = read(Topics.DEAD_LETTERS, DeadLetter.class).get(0);
        assertThat(letter.topic()).isEqualTo(Topics.segmentJobs("cpu", Lane.INTERACTIVE));
        assertThat(letter.reason()).contains("scene 1").contains("no such word");
        assertThat(Json.read(letter.body().getBytes(), SegmentJob.class).attempt()).isEqualTo(job.attempt());
    }

    @Test
    void aFilmWithoutItsPlanFailsAndSaysSo() {
        send(Topics.FILM_COMMANDS, "default", new FilmCommand.Submit(1, new FilmRef("default", "x", 1), "nowhere", "d", "t", Lane.BATCH, "cpu", Instant.now()));
        assertThat(newest()).satisfies(s -> {
            assertThat(s.state()).isEqualTo("failed");
            assertThat(s.reason().orElseThrow()).contains("plan");
        });
    }

    @Test
    void aCancelledFilmIsWithdrawn() throws Exception {
        heartbeat();
        FilmRef film = submit("one", "A city.");
        SegmentJob job = jobs().get(0);
        send(Topics.FILM_COMMANDS, "default", new FilmCommand.Cancel(1, film, Instant.now()));
        assertThat(newest().state()).isEqualTo("cancelled");
        assertThat(driver.createOutputTopic(Topics.WORKER_CONTROL, new StringDeserializer(), new ByteArrayDeserializer()).readValuesToList()).hasSize(1);
        render(job);
        assertThat(read(Topics.FILM_STATES, FilmState.class)).as("a zombie changes nothing").isEmpty();
    }
}
