package dev.longtake.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longtake.contract.Lineage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two workers, in two processes, share the work of four films. */
class TwoWorkersIT {
    @TempDir
    Path dir;

    @Test
    void twoWorkersShareFourFilmsAndEachSegmentIsAcceptedOnce() throws Exception {
        try (FarmProcess farm = FarmProcess.up(dir.resolve("data"), Map.of()); Stored stored = new Stored(farm.endpoints())) {
            Process second = worker(farm.endpoints());
            try {
                farm.awaitWorkers(2);
                List<String> films = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    films.add(farm.submit("A fish swims in the dark ocean. [2s]\nThe beach near the city. [1s]\n", "?steps=3&seed=" + i));
                }
                Set<String> workers = new HashSet<>();
                for (String film : films) {
                    JsonNode view = farm.awaitFinished(film);
                    assertThat(Events.acceptances(farm.endpoints(), film).values()).hasSize(view.get("segments").asInt()).containsOnly(1L);
                    stored.lineage(film).stream().map(Lineage.Entry::worker).forEach(workers::add);
                }
                assertThat(workers).hasSize(2);
            } finally {
                second.destroy();
                if (!second.waitFor(40, TimeUnit.SECONDS)) {
                    second.destroyForcibly().waitFor();
                    throw new AssertionError("the second worker did not stop");
                }
            }
        }
    }

    private Process worker(JsonNode endpoints) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(FarmProcess.command("serve", "worker")).redirectErrorStream(true).redirectOutput(dir.resolve("second.log").toFile());
        Map<String, String> environment = builder.environment();
        environment.put("LONGTAKE_KAFKA_BOOTSTRAP", endpoints.get("kafka").asText());
        environment.put("LONGTAKE_REDIS_URL", endpoints.get("redis").asText());
        environment.put("LONGTAKE_STORE_ENDPOINT", endpoints.get("store").get("endpoint").asText());
        environment.put("LONGTAKE_STORE_BUCKET", endpoints.get("store").get("bucket").asText());
        environment.put("LONGTAKE_STORE_ACCESS_KEY", endpoints.get("store").get("accessKey").asText());
        environment.put("LONGTAKE_STORE_SECRET_KEY", endpoints.get("store").get("secretKey").asText());
        return builder.start();
    }
}
