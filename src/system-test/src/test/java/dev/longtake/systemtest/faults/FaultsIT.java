package dev.longtake.systemtest.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Json;
import dev.longtake.contract.Lineage;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.SegmentReport;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.systemtest.Needs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real processes, really killed, frozen, cut off and started again, in the middle of films. After each the film is the one that nobody
 * disturbed, frame by frame, and what it cost in time is printed. {@code LONGTAKE_FAULT_ROUNDS} repeats what is random;
 * {@code LONGTAKE_FAULT_SEED} repeats a run.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FaultsIT {
    /** Two chains, so that both workers have work. */
    private static final String STORY = """
            A futuristic city at night. [2s]
            The camera zooms in. [1s]
            A red fish swims to the right in the deep sea. [2s #]
            The beach near the city. [1s]
            """;
    private static final String QUERY = "?steps=3&seed=11";
    private static final Duration JOB_DEADLINE = Duration.ofSeconds(30);
    private static final long SEED = Optional.ofNullable(System.getenv("LONGTAKE_FAULT_SEED")).map(Long::parseLong).orElseGet(System::nanoTime);
    private static final int ROUNDS = Optional.ofNullable(System.getenv("LONGTAKE_FAULT_ROUNDS")).map(Integer::parseInt).orElse(1);

    @TempDir
    static Path dir;

    private static SeparateFarm farm;
    private static Films films;
    private static Random random;

    @BeforeAll
    static void start() throws Exception {
        Needs.time(8);
        System.out.println("faults: seed " + SEED + ", rounds " + ROUNDS);
        random = new Random(SEED);
        farm = SeparateFarm.start(dir, Map.of("LONGTAKE_SCHEDULER_JOB_DEADLINE", JOB_DEADLINE.toString(), "LONGTAKE_WORKER_FAULTS", "abort:volcano"), "freeze:zombie");
        films = new Films(farm, STORY, QUERY);
        System.out.printf("faults: undisturbed %.1f s, %d segments%n", films.undisturbed().seconds(), films.undisturbed().tokens().size());
    }

    @AfterAll
    static void stop() throws Exception {
        if (films != null) {
            films.close();
        }
        if (farm != null) {
            farm.close();
            assertThat(ProcessHandle.allProcesses().filter(p -> p.info().commandLine().orElse("").contains(dir.toString()))).as("processes left behind").isEmpty();
            assertThat(farm.leftOver()).as("files left behind").isEmpty();
        }
    }

    @AfterEach
    void repair() throws Exception {
        farm.repair();
        farm.ledger().await("every job to be acknowledged", Duration.ofSeconds(60), () -> {
            try {
                return Optional.of(films.unacknowledged()).filter(n -> n == 0);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static void report(String what, double seconds) {
        System.out.printf("faults: %s: %.1f s lost%n", what, seconds);
    }

    /** Somewhere in the middle of a film. */
    private static void pauseWithinAFilm() throws InterruptedException {
        Thread.sleep((long) (1000 * films.undisturbed().seconds() * (0.05 + 0.8 * random.nextDouble())));
    }

    private static ServiceProcess service(String name) {
        return switch (name) {
            case "worker" -> farm.workers().get(random.nextInt(farm.workers().size()));
            case "scheduler" -> farm.scheduler();
            case "gateway" -> farm.gateway();
            case "stitcher" -> farm.stitcher();
            default -> throw new IllegalArgumentException(name);
        };
    }

    @Test
    @Order(1)
    void twoWorkersShareTwoFilmsAndNobodyDisturbsThem() throws Exception {
        Instant begun = Instant.now();
        FilmRef a = films.again("share-a");
        FilmRef b = films.again("share-b");
        films.endsAsUndisturbed(a, begun);
        films.endsAsUndisturbed(b, begun);
        Set<String> workers = new HashSet<>();
        for (FilmRef film : List.of(a, b)) {
            Json.read(farm.store().get(ObjectKeys.lineage(film)), Lineage.class).segments().forEach(s -> workers.add(s.worker()));
        }
        assertThat(workers).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"worker", "scheduler", "gateway", "stitcher"})
    @Order(2)
    void killedAtAnyMoment(String name) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Instant begun = Instant.now();
            FilmRef film = films.again("killed-" + name + "-" + round);
            if (name.equals("stitcher")) {
                // It has work at the end only.
                farm.ledger().await(film, Films.LONGEST, "assembling", "finished");
                Thread.sleep(random.nextInt(150));
            } else {
                pauseWithinAFilm();
            }
            ServiceProcess victim = service(name);
            victim.kill();
            victim.start();
            report("kill -9 of the " + name, films.endsAsUndisturbed(film, begun));
            repair();
        }
    }

    @Test
    @Order(3)
    void killedAgainAndAgain() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Instant begun = Instant.now();
            FilmRef film = films.again("again-" + round);
            List<String> killed = new ArrayList<>();
            // Two workers at most: a job that three of them died with counts as one that kills them.
            List<String> victims = new ArrayList<>(List.of("worker", "worker", "scheduler", "scheduler", "gateway", "stitcher"));
            Collections.shuffle(victims, random);
            for (String name : victims) {
                Thread.sleep(500 + random.nextInt(2500));
                ServiceProcess victim = service(name);
                killed.add(victim.name());
                victim.kill();
                victim.start();
            }
            report("kill -9 of " + String.join(", ", killed), films.endsAsUndisturbed(film, begun));
            repair();
        }
    }

    @Test
    @Order(4)
    void aWorkerThatFreezesAndComesBackChangesNothing() throws Exception {
        Instant begun = Instant.now();
        FilmRef film = films.again("zombie");
        // It stops by its own hand, with a segment in hand of which nothing is stored: from outside one hits that moment only by luck.
        ServiceProcess zombie = farm.ledger().await("a frozen worker", Films.LONGEST, () -> farm.workers().stream().filter(ServiceProcess::isFrozen).findFirst());
        Instant frozen = Instant.now();
        byte[] before;
        try {
            report("SIGSTOP of a worker", films.endsAsUndisturbed(film, begun));
            before = farm.store().get(ObjectKeys.lineage(film));
            Thread.sleep(Math.max(0, Duration.between(Instant.now(), frozen.plus(JOB_DEADLINE).plusSeconds(1)).toMillis()));
        } finally {
            zombie.thaw();
        }
        farm.ledger().await("the late report", Duration.ofMinutes(1), () -> farm.ledger().events(film).stream().filter(e -> e instanceof FilmEvent.LateReport).findFirst());
        films.endsAsUndisturbed(film, begun);
        assertThat(farm.store().get(ObjectKeys.lineage(film))).isEqualTo(before);
    }

    private static ServiceProcess process(WorkerHeartbeat beat) {
        return farm.workers().stream().filter(w -> beat.worker().startsWith(w.pid() + "-")).findFirst().orElseThrow();
    }

    @Test
    @Order(5)
    void redisForgetsEverything() throws Exception {
        Instant begun = Instant.now();
        FilmRef film = films.again("redis-flushed");
        for (int i = 0; i < 3; i++) {
            Thread.sleep((long) (1000 * films.undisturbed().seconds() / 4));
            farm.flushRedis();
        }
        report("Redis FLUSHALL, three times", films.endsAsUndisturbed(film, begun));
    }

    @Test
    @Order(6)
    void redisIsAwayForTwentySeconds() throws Exception {
        Instant begun = Instant.now();
        FilmRef film = films.again("redis-away");
        farm.ledger().awaitAccepted(film, 1);
        farm.stopRedis();
        Instant stopped = Instant.now();
        FilmRef second = films.again("redis-away-2");
        report("Redis away", films.endsAsUndisturbed(film, begun));
        Thread.sleep(Math.max(0, Duration.between(Instant.now(), stopped.plusSeconds(20)).toMillis()));
        farm.startRedis();
        films.endsAsUndisturbed(second, begun);
        assertThat(farm.ledger().reports(second).stream().filter(r -> r instanceof SegmentReport.Rendered x && x.tailFrom().equals("store"))).as("tails from the store").isNotEmpty();
    }

    @Test
    @Order(7)
    void theBrokerIsKilledAndComesBack() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Instant begun = Instant.now();
            FilmRef film = films.again("broker-" + round);
            pauseWithinAFilm();
            farm.kafka().kill();
            Instant killed = Instant.now();
            Thread.sleep(2_000);
            farm.kafka().start();
            farm.awaitKafka();
            double away = Duration.between(killed, Instant.now()).toMillis() / 1e3;
            double lost = films.endsAsUndisturbed(film, begun);
            System.out.printf("faults: broker away %.1f s%n", away);
            report("kill -9 of the broker", lost);
            repair();
        }
    }

    @ParameterizedTest
    @EnumSource(value = StoreProxy.Mood.class, names = "GOOD", mode = EnumSource.Mode.EXCLUDE)
    @Order(8)
    void theObjectStoreMisbehaves(StoreProxy.Mood mood) throws Exception {
        Instant begun = Instant.now();
        FilmRef film = films.again("store-" + mood);
        farm.ledger().awaitAccepted(film, 1);
        farm.proxy().is(mood);
        Thread.sleep(10_000);
        assertThat(farm.proxy().harmed()).as("requests harmed").isPositive();
        if (mood != StoreProxy.Mood.SLOW) {
            assertThat(farm.ledger().film(film).orElseThrow().state()).isNotEqualTo("finished");
        }
        farm.proxy().is(StoreProxy.Mood.GOOD);
        report("object store " + mood + " for 10 s", films.endsAsUndisturbed(film, begun));
    }

    @Test
    @Order(9)
    void aPromptThatKillsItsEngineFailsItsFilmAndNothingElse() throws Exception {
        Map<Long, String> deaths = new HashMap<>();
        Instant begun = Instant.now();
        HttpResponse<String> answer = films.submit("A futuristic city at night. [1s]\nA volcano by the sea. [1s]\n", QUERY, Optional.empty());
        FilmRef poison = new FilmRef("default", Films.id(answer), 1);
        FilmRef beside = films.again("beside-poison");
        FilmState failed = farm.ledger().await("the film to fail", Films.LONGEST, () -> {
            for (ServiceProcess worker : farm.workers()) {
                if (!worker.isAlive()) {
                    deaths.put(worker.pid(), worker.name() + " ended with " + worker.exitStatus());
                    restart(worker);
                }
            }
            return farm.ledger().film(poison).filter(f -> f.state().equals("failed"));
        });
        System.out.println("faults: deaths of a deadly prompt: " + deaths.values());
        assertThat(failed.reason().orElseThrow()).contains("scene 2");
        assertThat(deaths.values()).hasSizeBetween(2, 5).allMatch(d -> d.endsWith("134"));
        report("a deadly prompt beside a film", films.endsAsUndisturbed(beside, begun));
        JsonNode view = new ObjectMapper().readTree(films.get("/v1/films/" + poison.film()).body());
        assertThat(view.get("state").asText()).isEqualTo("failed");
    }

    private static void restart(ServiceProcess worker) {
        try {
            worker.start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @Order(10)
    void aWorkerToldToEndFinishesWhatItCan() throws Exception {
        Instant begun = Instant.now();
        FilmRef film = films.again("drain");
        WorkerHeartbeat beat = farm.ledger().await("a worker at work", Films.LONGEST, () -> farm.ledger().rendering(film));
        Instant told = Instant.now();
        process(beat).terminate();
        System.out.printf("faults: drained in %.1f s%n", Duration.between(told, Instant.now()).toMillis() / 1e3);
        report("SIGTERM of a worker", films.endsAsUndisturbed(film, begun));
        assertThat(farm.store().list("tenants/drain/segments/").stream().filter(k -> k.endsWith("/tokens"))).as("no attempt was lost").hasSameSizeAs(films.undisturbed().tokens());
        assertThat(farm.ledger().reports(film)).noneMatch(r -> r instanceof SegmentReport.Released || r instanceof SegmentReport.Lost || r instanceof SegmentReport.Failed);
    }

    @Test
    @Order(11)
    void whatCannotBeFinishedInTimeIsGivenBackAtOnce() throws Exception {
        for (ServiceProcess worker : farm.workers()) {
            worker.terminate();
            // Nothing of it is left for rendering: all of the grace is kept for clips.
            worker.start(Map.of("LONGTAKE_WORKER_GRACE", "PT5S"));
        }
        farm.repair();
        Instant begun = Instant.now();
        // One long segment, so that it is certainly cut short.
        FilmRef film = new FilmRef("default", Films.id(films.submit("The beach near the city. [1s]\n", "?steps=24&seed=5", Optional.empty())), 1);
        process(farm.ledger().await("a worker at work", Films.LONGEST, () -> farm.ledger().rendering(film))).terminate();
        SegmentReport.Released released = farm.ledger().await("its job to be given back", Duration.ofSeconds(20), () -> farm.ledger().reports(film).stream()
                .filter(r -> r instanceof SegmentReport.Released).map(r -> (SegmentReport.Released) r).findFirst());
        Films.Whole whole = films.ends(film, begun);
        Instant calmly = Instant.now();
        report("SIGTERM of a worker without time", -films.endsAs(whole, films.again("calm", film), calmly));
        SegmentReport.Rendered next = farm.ledger().reports(film).stream().filter(r -> r instanceof SegmentReport.Rendered x && x.index() == released.index()).map(r -> (SegmentReport.Rendered) r).findFirst().orElseThrow();
        SegmentReport.Timing t = next.timing();
        double pickedUp = Duration.between(released.at(), next.at()).toMillis() / 1e3 - t.waiting() - t.generating() - t.decoding() - t.storing();
        System.out.printf("faults: given back, and picked up after %.2f s%n", pickedUp);
    }

    @Test
    @Order(12)
    void whatTheGatewayAcceptedSurvivesIt() throws Exception {
        Map<String, String> accepted = new HashMap<>();
        Set<String> unanswered = new TreeSet<>();
        for (int i = 0; i < 30; i++) {
            String key = "storm-" + SEED + "-" + i;
            int seed = i;
            CompletableFuture<HttpResponse<String>> answer = CompletableFuture.supplyAsync(() -> submit("?steps=2&seed=" + seed, key));
            if (i % 10 == 5) {
                Thread.sleep(random.nextInt(40));
                farm.gateway().kill();
                farm.gateway().start();
            }
            try {
                assertThat(answer.get().statusCode()).isEqualTo(202);
                accepted.put(key, Films.id(answer.get()));
            } catch (ExecutionException e) {
                assertThat(e.getCause()).isInstanceOf(UncheckedIOException.class);
                unanswered.add(key);
                farm.awaitReady(farm.gateway());
            }
        }
        farm.repair();
        assertThat(accepted).isNotEmpty();
        for (String key : unanswered) {
            int i = Integer.parseInt(key.substring(key.lastIndexOf('-') + 1));
            HttpResponse<String> answer = submit("?steps=2&seed=" + i, key);
            assertThat(answer.statusCode()).isEqualTo(202);
            accepted.put(key, Films.id(answer));
        }
        assertThat(new HashSet<>(accepted.values())).as("films").hasSize(30);
        System.out.printf("faults: %d of 30 submissions answered although the gateway was killed three times; the others when sent again%n", 30 - unanswered.size());
        for (String id : accepted.values()) {
            assertThat(films.get("/v1/films/" + id).statusCode()).isEqualTo(200);
            films.post("/v1/films/" + id + "/cancel");
        }
        for (String id : accepted.values()) {
            farm.ledger().await(new FilmRef("default", id, 1), Duration.ofMinutes(1), "cancelled", "finished");
        }
    }

    private static HttpResponse<String> submit(String query, String key) {
        try {
            return films.submit("A fish swims in the dark ocean. [1s]\n", query, Optional.of(key));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Test
    @Order(13)
    void withoutItsQueueTheGatewayRefusesInTimeAndTheSameKeyWorksLater() throws Exception {
        farm.kafka().kill();
        String key = "away-" + SEED;
        Instant asked = Instant.now();
        HttpResponse<String> refused = submit("?steps=2&seed=99", key);
        double seconds = Duration.between(asked, Instant.now()).toMillis() / 1e3;
        System.out.printf("faults: refused after %.1f s without a broker%n", seconds);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(seconds).isLessThan(15);
        farm.kafka().start();
        farm.awaitKafka();
        HttpResponse<String> accepted = submit("?steps=2&seed=99", key);
        assertThat(accepted.statusCode()).isEqualTo(202);
        farm.ledger().await(new FilmRef("default", Films.id(accepted), 1), Films.LONGEST, "finished");
    }
}
