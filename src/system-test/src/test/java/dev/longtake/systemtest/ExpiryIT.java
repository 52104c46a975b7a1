package dev.longtake.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.Lineage;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real farm removes what nobody needs, and nothing else. */
class ExpiryIT {
    private static final String STORY = "A futuristic city at night. [2s]\n";
    private static final String QUERY = "?steps=2&seed=5";

    @TempDir
    Path dir;

    private interface Check {
        boolean isSo() throws Exception;
    }

    private static void await(String what, Check check) throws Exception {
        Instant until = Instant.now().plus(Duration.ofMinutes(3));
        while (!check.isSo()) {
            assertThat(Instant.now()).as(what).isBefore(until);
            Thread.sleep(300);
        }
    }

    @Test
    void aDeletedFilmGoesAndAnotherThatSharesItsSegmentsStays() throws Exception {
        try (FarmProcess farm = FarmProcess.up(dir.resolve("data"), Map.of()); Stored stored = new Stored(farm.endpoints())) {
            String first = farm.submit(STORY, QUERY);
            farm.awaitFinished(first);
            String second = farm.submit(STORY, QUERY);
            int segments = farm.awaitFinished(second).get("segments").asInt();
            byte[] film = farm.content(second);
            List<AttemptRef> shared = stored.lineage(first).stream().map(Lineage.Entry::attempt).toList();

            assertThat(delete(farm, first)).isEqualTo(202);
            await("the film is known no more", () -> farm.get("/v1/films/" + first).statusCode() == 404);
            await("its objects are gone", () -> stored.under("films/" + first + "/").isEmpty());

            assertThat(farm.content(second)).isEqualTo(film);
            assertThat(stored.lineage(second).stream().map(Lineage.Entry::attempt)).isEqualTo(shared);
            for (AttemptRef attempt : shared) {
                assertThat(stored.tail(attempt)).isNotEmpty();
            }
            String longer = farm.submit(STORY + "A red fish swims to the right in the deep sea. [1s]\n", QUERY);
            assertThat(farm.awaitFinished(longer).get("reused").asInt()).as("taken over after the first film went").isEqualTo(segments);

            assertThat(delete(farm, second)).isEqualTo(202);
            assertThat(delete(farm, longer)).isEqualTo(202);
            await("nothing is left", () -> stored.under("").isEmpty());
            assertThat(delete(farm, first)).isEqualTo(404);
        }
    }

    private static int delete(FarmProcess farm, String id) throws Exception {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(farm.url("/v1/films/" + id)).DELETE().build(), HttpResponse.BodyHandlers.ofString()).statusCode();
    }
}
