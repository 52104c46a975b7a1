package dev.longtake.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longtake.contract.Lineage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever dies in the middle of a film, the film is finished, and nothing that was accepted is rendered again. */
class RestartIT {
    private static final String STORY = "A futuristic city at night. [2s]\nA red fish swims to the right in the deep sea. [2s]\nThe beach near the city. [2s]\n";
    private static final int FRAMES = 48;

    @TempDir
    Path dir;

    @Test
    void aFarmStoppedInTheMiddleGoesOnWhereItWas() throws Exception {
        String film;
        int accepted;
        try (FarmProcess farm = FarmProcess.up(dir.resolve("data"), Map.of())) {
            film = farm.submit(STORY, "?steps=3");
            accepted = farm.awaitAccepted(film, 2).get("accepted").asInt();
            farm.terminate();
        }
        finishes(film, accepted);
    }

    @Test
    void aFarmKilledInTheMiddleGoesOnWhereItWas() throws Exception {
        FarmProcess farm = FarmProcess.up(dir.resolve("data"), Map.of());
        String film = farm.submit(STORY, "?steps=3");
        int accepted = farm.awaitAccepted(film, 3).get("accepted").asInt();
        Optional<ProcessHandle> worker = farm.worker();
        farm.killHard();
        worker.orElseThrow().onExit().get(30, java.util.concurrent.TimeUnit.SECONDS);
        finishes(film, accepted);
    }

    private void finishes(String film, int acceptedBefore) throws Exception {
        Instant started = Instant.now();
        try (FarmProcess again = FarmProcess.up(dir.resolve("data"), Map.of()); Stored stored = new Stored(again.endpoints())) {
            System.out.printf("restart: ready after %.1f s%n", Duration.between(started, Instant.now()).toMillis() / 1e3);
            JsonNode found = again.film(film);
            assertThat(found.get("accepted").asInt()).as("what was accepted is known").isGreaterThanOrEqualTo(acceptedBefore);
            again.awaitAccepted(film, acceptedBefore + 1);
            System.out.printf("restart: the next segment accepted after %.1f s%n", Duration.between(started, Instant.now()).toMillis() / 1e3);
            isWhole(again, stored, film);
        }
    }

    private static void isWhole(FarmProcess farm, Stored stored, String film) throws Exception {
        JsonNode view = farm.awaitFinished(film);
        assertThat(view.get("frames").asInt()).isEqualTo(FRAMES);
        assertThat(Events.acceptances(farm.endpoints(), film).values()).as("acceptances of each segment").hasSize(view.get("segments").asInt()).containsOnly(1L);
        List<Lineage.Entry> lineage = stored.lineage(film);
        for (int i = 1; i < lineage.size(); i++) {
            assertThat(lineage.get(i).parent()).contains(lineage.get(i - 1).attempt());
        }
    }

    @Test
    void aWorkerThatDiesAtAnyStepCostsARetryAndNeverASegment() throws Exception {
        Needs.time(2);
        // One fault at each externally visible step, each at another segment, by the worker's own hand and at that very instruction.
        Map<String, String> faults = Map.of("LONGTAKE_WORKER_FAULTS", "before-tokens:1,after-tokens:2,before-report:4,after-report:5,before-clip:6,after-clip:7",
                "LONGTAKE_SCHEDULER_CLIP_PATIENCE", "PT10S");
        try (FarmProcess farm = FarmProcess.up(dir.resolve("data"), faults); Stored stored = new Stored(farm.endpoints())) {
            String film = farm.submit(STORY, "?steps=4");
            isWhole(farm, stored, film);
            assertThat(farm.log("farm.log").split("the worker ended with 137", -1)).as("every fault fired").hasSizeGreaterThanOrEqualTo(7);
        }
    }

    @Test
    void aWorkerKilledFromOutsideIsReplaced() throws Exception {
        Needs.time(2);
        try (FarmProcess farm = FarmProcess.up(dir.resolve("data"), Map.of()); Stored stored = new Stored(farm.endpoints())) {
            String film = farm.submit(STORY, "?steps=3");
            farm.awaitAccepted(film, 2);
            ProcessHandle worker = farm.worker().orElseThrow();
            worker.destroyForcibly();
            isWhole(farm, stored, film);
            assertThat(farm.worker().orElseThrow().pid()).isNotEqualTo(worker.pid());
        }
    }
}
