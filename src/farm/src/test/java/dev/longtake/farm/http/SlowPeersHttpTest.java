package dev.longtake.farm.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import dev.longtake.gateway.access.Secret;
import dev.longtake.gateway.events.EventHub;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who sends or takes too slowly is cut off, whoever is slow enough not to be idle too; all others are served meanwhile. Patience is two seconds here, and 1,000 bytes are worth another. */
@QuarkusTest
@TestProfile(SlowPeersHttpTest.Hasty.class)
@Timeout(120)
class SlowPeersHttpTest extends HttpHarness {
    private static final String SLOW = "lt_000000000001_" + "s".repeat(43);
    private static final String HEAD = "Host: 127.0.0.1\r\nAuthorization: Bearer " + SLOW + "\r\n";
    private static final String STORY = "POST /v1/films HTTP/1.1\r\n" + HEAD + "Content-Type: text/plain\r\n";
    /** What a tenant may ask at once. */
    private static final int AT_ONCE = 3;
    private static final int FILM_BYTES = 24 << 20;
    /** From the end of somebody's patience: a look a second, and a machine that has other things to do. */
    private static final Duration AT_LAST = Duration.ofSeconds(20);

    /** Little patience, and keys, so that places are counted. */
    public static final class Hasty implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("longtake.gateway.access.bootstrap-key-sha256", Secret.of(SLOW).orElseThrow().sha256(),
                    "longtake.gateway.quota.requests-per-second", "100000",
                    "longtake.gateway.quota.requests-at-once", Integer.toString(AT_ONCE),
                    "longtake.gateway.peers.request-patience", "PT2S",
                    "longtake.gateway.peers.body-patience", "PT2S",
                    "longtake.gateway.peers.answer-patience", "PT2S",
                    "longtake.gateway.peers.bytes-per-second", "1000");
        }
    }

    @Inject
    EventHub hub;

    private final List<RawClient> open = new ArrayList<>();

    private RawClient client() throws Exception {
        RawClient client = new RawClient(root);
        open.add(client);
        return client;
    }

    private int status() throws Exception {
        return HTTP.send(HttpRequest.newBuilder(root.resolve("/v1/models")).header("Authorization", "Bearer " + SLOW).timeout(AT_LAST).build(),
                HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    private void awaitStatus(int status) throws Exception {
        long until = System.nanoTime() + AT_LAST.toNanos();
        while (status() != status) {
            assertThat(System.nanoTime()).as("never answered " + status).isLessThan(until);
            Thread.sleep(50);
        }
    }

    /** Somebody that does not come to an end by itself. */
    private interface Slow {
        RawClient begin() throws Exception;
    }

    /** Begins slow requests until they have taken all places of their tenant at the same time: on a busy machine the first may be cut off before the last has come. */
    private List<RawClient> takeAllPlaces(Slow slow) throws Exception {
        List<RawClient> begun = new ArrayList<>();
        long until = System.nanoTime() + AT_LAST.toNanos();
        do {
            assertThat(System.nanoTime()).as("never answered 429").isLessThan(until);
            for (int i = 0; i < AT_ONCE; i++) {
                begun.add(slow.begin());
            }
        } while (status() != 429);
        return begun;
    }

    /** Others' requests end, whatever the slow ones do. */
    private void assertOthersAreServed() throws Exception {
        HttpResponse<byte[]> answer = HTTP.send(HttpRequest.newBuilder(root.resolve("/v1/models")).timeout(AT_LAST).build(), HttpResponse.BodyHandlers.ofByteArray());
        problem(answer, 401);
    }

    /** Sends the same over and over until the other side has had enough. @return seconds that took */
    private static double trickle(List<RawClient> clients, String bytes, long pauseMillis) throws Exception {
        long begin = System.nanoTime();
        List<RawClient> left = new ArrayList<>(clients);
        while (!left.isEmpty()) {
            left.removeIf(c -> !c.trickle(bytes.getBytes(StandardCharsets.ISO_8859_1)));
            assertThat(System.nanoTime() - begin).as("still taking bytes").isLessThan(AT_LAST.toNanos());
            Thread.sleep(pauseMillis);
        }
        return (System.nanoTime() - begin) / 1e9;
    }

    @BeforeEach
    void begin() {
        hub.begin(Map.of(0, 0L));
    }

    @AfterEach
    void close() throws Exception {
        for (RawClient client : open) {
            client.close();
        }
    }

    @Test
    void aHeadThatTricklesIsCutOff() throws Exception {
        List<RawClient> slow = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            slow.add(client().send("GET /v1/models HTTP/1.1\r\n" + HEAD));
        }
        assertOthersAreServed();
        assertThat(trickle(slow, "X: y\r\n", 100)).isGreaterThan(1.5);
        assertOthersAreServed();
    }

    @Test
    void whoSaysNothingIsHungUpOn() throws Exception {
        assertThat(client().rest()).isEmpty();
        RawClient polite = client().send("GET /v1/models HTTP/1.1\r\n" + HEAD + "\r\n");
        assertThat(polite.rest()).startsWith("HTTP/1.1 200");
    }

    @Test
    void whoAsksNowAndThenKeepsTheConnection() throws Exception {
        RawClient client = client();
        for (int i = 0; i < 8; i++) {
            client.send("GET /v1/films/none HTTP/1.1\r\n" + HEAD + "X-Request-Id: r" + i + "\r\n\r\n");
            assertThat(client.until("\"errors\":[]}")).contains("r" + i);
            Thread.sleep(900);
        }
    }

    @Test
    void aBodyThatTricklesGivesItsPlaceBack() throws Exception {
        List<RawClient> slow = takeAllPlaces(() -> client().send(STORY + (open.size() % 2 == 0 ? "Content-Length: 100000\r\n\r\n" : "Transfer-Encoding: chunked\r\n\r\n")));
        assertOthersAreServed();
        assertThat(trickle(slow, "1\r\nA\r\n", 200)).isGreaterThan(1.5);
        awaitStatus(200);
        assertThat(queue.sent).isEmpty();
    }

    @Test
    void aBodyThatStopsGivesItsPlaceBack() throws Exception {
        takeAllPlaces(() -> client().send(STORY + "Content-Length: 100000\r\n\r\nA city."));
        awaitStatus(200);
    }

    @Test
    void aFormThatTricklesIsCutOffToo() throws Exception {
        RawClient form = client().send("POST /v1/videos HTTP/1.1\r\n" + HEAD + "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000\r\n\r\n--b\r\n");
        RawClient key = client().send("POST /v1/keys HTTP/1.1\r\n" + HEAD + "Content-Type: application/json\r\nContent-Length: 10000\r\n\r\n{");
        assertThat(trickle(List.of(form, key), " ", 200)).isGreaterThan(1.5);
    }

    @Test
    void aBodyThatComesSlowlyAndSteadilyIsTaken() throws Exception {
        RawClient client = client().send(STORY + "Connection: close\r\nContent-Length: 5000\r\n\r\n");
        String sentence = "A red fish swims to the right in the deep blue sea".substring(0, 49) + ".";
        for (int i = 0; i < 100; i++) {
            client.send(sentence);
            Thread.sleep(50);
        }
        assertThat(client.rest()).startsWith("HTTP/1.1 202");
    }

    private String film() {
        Instant at = Instant.now();
        String id = "a".repeat(24);
        String key = "tenants/default/films/" + id + "/r1/film.mp4";
        objects.put(key, new byte[FILM_BYTES], "video/mp4");
        table.put(new FilmState(1, new FilmRef("default", id, 1), "T", "phenaki", "cafe", Lane.BATCH, "finished", Optional.empty(), 1, 4, 24, 8, 128, 128, 2, 1, 0, 0,
                FilmState.Seconds.NONE, 1, at, at, Optional.of(at), Optional.of(key), Optional.empty()));
        return id;
    }

    @Test
    void aFilmThatNobodyTakesGivesItsPlaceBack() throws Exception {
        String path = "/v1/films/" + film() + "/content";
        List<RawClient> slow = takeAllPlaces(() -> {
            RawClient client = RawClient.small(root);
            open.add(client);
            return client.send("GET " + path + " HTTP/1.1\r\n" + HEAD + "\r\n");
        });
        assertOthersAreServed();
        awaitStatus(200);
        for (RawClient client : slow) {
            assertThat(client.rest().length()).as("cut off before the end").isLessThan(FILM_BYTES);
        }
    }

    @Test
    void aFilmThatIsTakenIsSentToItsEnd() throws Exception {
        RawClient client = client().send("GET /v1/films/" + film() + "/content HTTP/1.1\r\n" + HEAD + "Connection: close\r\n\r\n");
        assertThat(client.rest().length()).isGreaterThan(FILM_BYTES);
    }

    @Test
    void aListenerThatTakesNothingIsCutOffAndOneThatOnlyWaitsIsNot() throws Exception {
        RawClient deaf = RawClient.small(root);
        open.add(deaf);
        deaf.send("GET /v1/events HTTP/1.1\r\n" + HEAD + "\r\n");
        RawClient patient = client().send("GET /v1/events HTTP/1.1\r\n" + HEAD + "\r\n");
        patient.until("\r\n\r\n");
        long until = System.nanoTime() + AT_LAST.toNanos();
        while (hub.listeners() < 2) {
            assertThat(System.nanoTime()).isLessThan(until);
            Thread.sleep(20);
        }
        Thread.sleep(TimeUnit.SECONDS.toMillis(5));
        assertThat(hub.listeners()).as("nothing happens, and both wait").isEqualTo(2);
        CompletableFuture<String> heard = CompletableFuture.supplyAsync(() -> {
            try {
                return patient.rest();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        for (long offset = 0; hub.listeners() > 1; offset++) {
            hub.on(0, offset, new FilmEvent.FilmChanged(1, new FilmRef("default", "b".repeat(24), 1), "rendering", "failed", Optional.of("x".repeat(20_000)), Instant.EPOCH));
            assertThat(System.nanoTime()).as("a listener that takes nothing keeps its place").isLessThan(until + AT_LAST.toNanos());
            Thread.sleep(10);
        }
        assertThat(heard).as("the other listens on").isNotDone();
        assertOthersAreServed();
    }
}
