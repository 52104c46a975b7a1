package dev.longtake.systemtest.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.Topics;
import dev.longtake.systemtest.Needs;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong without anybody dying, and who dies with nothing of a film in hand: real processes, and how long it takes until all is as it was. */
class EdgesIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String STORY = "A futuristic city at night. [2s]\nA red fish swims to the right in the deep sea. [2s #]\n";
    private static final String QUERY = "?steps=3&seed=11";
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration REST = Duration.ofSeconds(15);
    private static final Duration GRACE = Duration.ofSeconds(12);
    private static final long SEED = Optional.ofNullable(System.getenv("LONGTAKE_FAULT_SEED")).map(Long::parseLong).orElseGet(System::nanoTime);

    @TempDir
    static Path dir;

    private static SeparateFarm farm;
    private static Films films;

    @BeforeAll
    static void start() throws Exception {
        Needs.time(5);
        System.out.println("edges: seed " + SEED);
        farm = SeparateFarm.start(dir, Map.of(
                "LONGTAKE_WORKER_FAULTS", "refuse:volcano",
                "LONGTAKE_SCHEDULER_BENCH_PAUSE", REST.toString(),
                "LONGTAKE_SCHEDULER_SESSION_TIMEOUT", "PT10S",
                "LONGTAKE_SCHEDULER_KEEPING_GRACE", GRACE.toString(),
                "LONGTAKE_SCHEDULER_KEEPING_PATIENCE", "PT15S",
                "LONGTAKE_GATEWAY_WEBHOOKS_PRIVATE_ADDRESSES", "true"), "fail:benched");
        films = new Films(farm, STORY, QUERY);
    }

    @AfterAll
    static void stop() throws Exception {
        if (films != null) {
            films.close();
        }
        if (farm != null) {
            farm.close();
            assertThat(farm.leftOver()).as("files left behind").isEmpty();
        }
    }

    private static double since(Instant then) {
        return Duration.between(then, Instant.now()).toMillis() / 1e3;
    }

    private static void report(String what, double seconds) {
        System.out.printf("edges: %s: %.1f s%n", what, seconds);
    }

    private static void await(String what, Supplier<Boolean> is) throws InterruptedException {
        farm.ledger().await(what, SOON.multipliedBy(3), () -> Optional.of(is.get()).filter(Boolean::booleanValue));
    }

    private static JsonNode json(String path) {
        try {
            return JSON.readTree(films.get(path).body());
        } catch (Exception e) {
            throw new IllegalStateException(path, e);
        }
    }

    private static FilmRef submit(String story, String query) throws Exception {
        HttpResponse<String> answer = films.submit(story, query, Optional.empty());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return new FilmRef("default", Films.id(answer), 1);
    }

    @Test
    void aWorkerThatFailsOnWhatOthersCanDoRestsAndIsTriedAgain() throws Exception {
        Instant begun = Instant.now();
        FilmRef film = films.again("benched");
        await("a worker that rests", () -> json("/v1/workers").findValuesAsText("state").contains("resting"));
        Instant rested = Instant.now();
        report("a worker that fails twice rests, after", Duration.between(begun, rested).toMillis() / 1e3);
        assertThat(json("/v1/workers").findValuesAsText("reason").toString()).contains("in a row");
        report("a film with a worker that fails, lost", films.endsAsUndisturbed(film, begun));
        await("it to be ready again", () -> !json("/v1/workers").findValuesAsText("state").contains("resting"));
        report("it is tried again, after", since(rested));
        FilmRef next = films.again("after-bench");
        Instant again = Instant.now();
        films.endsAsUndisturbed(next, again);
    }

    @Test
    void aPromptThatTheEngineRefusesFailsItsFilmAtOnce() throws Exception {
        FilmRef film = submit("A volcano by the sea. [1s]\nA futuristic city at night. [1s #]\n", QUERY);
        Instant begun = Instant.now();
        FilmState failed = farm.ledger().await(film, SOON, "failed");
        report("a refused prompt fails its film, after", since(begun));
        assertThat(failed.reason().orElseThrow()).contains("scene 1").contains("refuses this prompt");
        begun = Instant.now();
        films.endsAsUndisturbed(films.again("after-refusal"), begun);
    }

    @Test
    void aStitcherThatIsKilledWhileAFilmIsWatchedIsFollowedByAnother() throws Exception {
        Instant begun = Instant.now();
        FilmRef film = films.again("watched");
        await("the first fragment", () -> !fragments(film).isEmpty());
        List<String> published = fragments(film);
        byte[] first = farm.store().get(published.get(0));
        farm.stitcher().kill();
        Instant killed = Instant.now();
        farm.stitcher().start();
        await("another fragment", () -> fragments(film).size() > published.size());
        report("a film that is watched goes on after its stitcher was killed, after", since(killed));
        films.endsAsUndisturbed(film, begun);
        assertThat(farm.store().get(published.get(0))).isEqualTo(first);
        farm.repair();
    }

    private static List<String> fragments(FilmRef film) {
        return farm.store().list(ObjectKeys.revision(film) + "hls/").stream().filter(key -> key.endsWith(".m4s")).sorted().toList();
    }

    @Test
    void whatAGatewayHadNotToldYetIsToldByTheNext() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 10);
        receiver.createContext("/", exchange -> {
            told.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        receiver.start();
        try {
            FilmRef film = submit("The beach near the city. [1s]\n", QUERY + "9&callback=http://127.0.0.1:" + receiver.getAddress().getPort() + "/");
            farm.gateway().kill();
            farm.ledger().await(film, SOON, "finished");
            assertThat(told).noneMatch(t -> t.contains("film.completed"));
            farm.gateway().start();
            farm.awaitReady(farm.gateway());
            Instant ready = Instant.now();
            await("to be told", () -> told.stream().anyMatch(t -> t.contains("film.completed")));
            report("what a killed gateway had not told is told, after the next is ready, after", since(ready));
        } finally {
            receiver.stop(0);
            farm.repair();
        }
    }

    /** Everything that was ever said of films is said again, in another order, while another is rendered. */
    @Test
    void messagesThatComeTwiceLateAndOutOfOrderChangeNothing() throws Exception {
        FilmRef film = films.again("doubled");
        films.endsAsUndisturbed(film, Instant.now());
        FilmState before = farm.ledger().film(film).orElseThrow();
        byte[] lineage = farm.store().get(ObjectKeys.lineage(film));
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        for (String topic : List.of(Topics.FILM_COMMANDS, Topics.SEGMENT_REPORTS, Topics.ASSEMBLY_REPORTS)) {
            all.addAll(read(topic));
        }
        java.util.Collections.shuffle(all, new Random(SEED));
        Instant begun = Instant.now();
        FilmRef beside = films.again("beside-doubled");
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (ConsumerRecord<byte[], byte[]> record : all) {
                producer.send(new ProducerRecord<>(record.topic(), record.partition(), record.key(), record.value()));
            }
        }
        report("a film beside " + all.size() + " messages that were said before, lost", films.endsAsUndisturbed(beside, begun));
        FilmState after = farm.ledger().film(film).orElseThrow();
        assertThat(after.state()).isEqualTo(before.state());
        assertThat(after.filmKey()).isEqualTo(before.filmKey());
        assertThat(farm.store().get(ObjectKeys.lineage(film))).isEqualTo(lineage);
        assertThat(films.acceptances(film).values()).containsOnly(1L);
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", farm.kafkaAddress(), "isolation.level", "read_committed", "enable.metrics.push", false),
                new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream().map(p -> new TopicPartition(topic, p.partition())).toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                consumer.poll(Duration.ofMillis(200)).forEach(all::add);
            }
        }
        return all;
    }

    private static KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(Map.of("bootstrap.servers", farm.kafkaAddress(), "enable.metrics.push", false), new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Test
    void aMessageOfANewerVersionIsParkedShownAndPutBack() throws Exception {
        Instant begun = Instant.now();
        FilmRef film = films.again("parked");
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            producer.send(new ProducerRecord<>(Topics.SEGMENT_REPORTS, "parked".getBytes(StandardCharsets.UTF_8), "{\"type\":\"rendered\",\"version\":99}".getBytes(StandardCharsets.UTF_8))).get();
        }
        Instant sent = Instant.now();
        await("the letter", () -> json("/v1/dead-letters?limit=1000").toString().contains("99"));
        report("a newer message is parked and shown, after", since(sent));
        JsonNode letters = json("/v1/dead-letters?limit=1000").get("letters");
        String id = java.util.stream.StreamSupport.stream(letters.spliterator(), false).filter(l -> l.toString().contains("99")).findFirst().orElseThrow().get("id").asText();
        Instant asked = Instant.now();
        assertThat(films.post("/v1/dead-letters/" + id + "/requeue").statusCode()).isBetween(200, 299);
        await("it to be parked again, since nobody here can read it", () -> json("/v1/dead-letters?limit=1000").get("letters").findValuesAsText("id").stream().anyMatch(i -> !i.equals(id)
                && !letters.findValuesAsText("id").contains(i)));
        report("put back, and looked at again, after", since(asked));
        report("a film beside it lost", films.endsAsUndisturbed(film, begun));
    }

    @Test
    void pausedResumedCancelledAndTriedAgainAFilmComesOutTheSame() throws Exception {
        Random random = new Random(SEED);
        FilmRef film = submit(STORY, QUERY);
        // Reused segments would leave nothing to disturb.
        FilmRef own = submit(STORY, "?steps=3&seed=" + (1000 + random.nextInt(1000)));
        farm.ledger().await(film, SOON, "finished");
        Thread.sleep(random.nextInt(2_000));
        assertThat(films.post("/v1/films/" + own.film() + "/pause").statusCode()).isEqualTo(202);
        Instant paused = Instant.now();
        farm.ledger().await(own, SOON, "paused", "finished");
        await("nothing in hand", () -> farm.ledger().rendering(own).isEmpty());
        report("a paused film holds, after", since(paused));
        int accepted = farm.ledger().film(own).orElseThrow().accepted();
        if (farm.ledger().film(own).orElseThrow().state().equals("paused")) {
            Instant resumed = Instant.now();
            assertThat(films.post("/v1/films/" + own.film() + "/resume").statusCode()).isEqualTo(202);
            farm.ledger().awaitAccepted(own, accepted + 1);
            report("a resumed film has its next segment, after", since(resumed));
            films.post("/v1/films/" + own.film() + "/cancel");
            FilmState state = farm.ledger().await(own, SOON, "cancelled", "finished");
            if (state.state().equals("cancelled")) {
                Instant tried = Instant.now();
                assertThat(films.post("/v1/films/" + own.film() + "/retry").statusCode()).isEqualTo(202);
                FilmRef second = new FilmRef("default", own.film(), 2);
                FilmState again = farm.ledger().await("the second try", Films.LONGEST, () -> farm.ledger().film(second).filter(s -> s.film().revision() == 2 && s.state().equals("finished")));
                assertThat(again.reused()).isGreaterThanOrEqualTo(accepted);
                report("a cancelled film that is tried again is finished, after", since(tried));
            }
        }
    }

    @Test
    void aJanitorThatIsKilledIsFollowedByAnotherAndNothingNeededGoes() throws Exception {
        FilmRef kept = submit(STORY, QUERY);
        FilmRef gone = submit("The coastline in daylight. [2s]\n", QUERY);
        farm.ledger().await(kept, SOON, "finished");
        farm.ledger().await(gone, SOON, "finished");
        byte[] film = farm.store().get(farm.ledger().film(kept).orElseThrow().filmKey().orElseThrow());
        Instant asked = Instant.now();
        assertThat(films.delete("/v1/films/" + gone.film()).statusCode()).isEqualTo(202);
        await("the film is known no more", () -> status("/v1/films/" + gone.film()) == 404);
        // It waits for its grace in the janitor's memory, and is lost with it.
        Thread.sleep(2_000);
        farm.scheduler().kill();
        farm.scheduler().start();
        await("its objects are gone", () -> farm.store().list("tenants/default/films/" + gone.film() + "/").isEmpty());
        report("a removal with a grace of " + GRACE.toSeconds() + " s and a patience of 15 s, whose janitor was killed, is done after", since(asked));
        assertThat(farm.store().get(farm.ledger().film(kept).orElseThrow().filmKey().orElseThrow())).isEqualTo(film);
        farm.repair();
    }

    private static int status(String path) {
        try {
            return films.get(path).statusCode();
        } catch (Exception e) {
            throw new IllegalStateException(path, e);
        }
    }

    @Test
    void aTenantThatFloodsTakesNoMoreThanItsShare() throws Exception {
        List<FilmRef> flood = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            flood.add(submit("A green fish floats in the dark ocean. [6s]\n", "?steps=3&lane=interactive&seed=" + (5000 + i)));
        }
        farm.ledger().await("the flood to be at work", SOON, () -> farm.ledger().rendering(flood.get(0)).or(() -> farm.ledger().rendering(flood.get(1))));
        Instant begun = Instant.now();
        FilmRef film = films.again("beside-flood");
        double lost = films.endsAsUndisturbed(film, begun);
        report("a film beside thirty of another tenant, lost", lost);
        assertThat(lost).as("at worst every other segment is somebody else's, and one was in hand").isLessThan(3 * films.undisturbed().seconds() + 20);
        for (FilmRef f : flood) {
            films.post("/v1/films/" + f.film() + "/cancel");
        }
        for (FilmRef f : flood) {
            farm.ledger().await(f, SOON, "cancelled", "finished");
        }
    }
}
