package dev.longtake.farm.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.gateway.events.EventHub;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Live events over real connections. The hub lives as long as the application, so tests go on in one topic. */
@QuarkusTest
@Timeout(120)
class EventsHttpTest extends HttpHarness {
    @Inject
    EventHub hub;

    @Inject
    MemoryPorts.History history;

    @BeforeEach
    void begin() {
        hub.begin(Map.of(0, 0L));
    }

    private void happens(String film, String to) {
        FilmEvent event = new FilmEvent.FilmChanged(1, new FilmRef("default", film, 1), "rendering", to, Optional.empty(), Instant.EPOCH);
        history.events.add(event);
        hub.on(0, history.events.size() - 1, event);
    }

    /** A connection that is read line by line. */
    private final class Listener implements AutoCloseable {
        final BufferedReader lines;
        final HttpResponse<InputStream> answer;
        String id;

        Listener(String path, String... headers) throws Exception {
            HttpRequest.Builder request = HttpRequest.newBuilder(root.resolve(path));
            answer = HTTP.send((headers.length == 0 ? request : request.headers(headers)).build(), HttpResponse.BodyHandlers.ofInputStream());
            lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
        }

        /** The data of the next event; signs of life are passed over. */
        String next(String name) throws Exception {
            List<String> event = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isEmpty()) {
                    event.add(line);
                } else if (event.stream().anyMatch(l -> l.startsWith("data:"))) {
                    event.stream().filter(l -> l.startsWith("id:")).forEach(l -> id = l.substring(3).strip());
                    assertThat(event).anySatisfy(l -> assertThat(l.replace(" ", "")).isEqualTo("event:" + name));
                    return event.stream().filter(l -> l.startsWith("data:")).map(l -> l.substring(5).strip()).findFirst().orElseThrow();
                } else {
                    event.clear();
                }
            }
            throw new AssertionError("the stream ended");
        }

        @Override
        public void close() throws Exception {
            answer.body().close();
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 600 && !condition.getAsBoolean(); i++) {
            Thread.sleep(50);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    @Test
    void aFilmsEventsComeAsTheyHappenAndGoOnAfterTheLastThatWasSeen() throws Exception {
        String id = submit("A city.");
        String other = submit("A river.");
        String last;
        try (Listener listener = new Listener("/v1/films/" + id + "/events")) {
            assertThat(listener.answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
            happens(other, "paused");
            happens(id, "paused");
            assertThat(JSON.readTree(listener.next("film")).get("to").asText()).isEqualTo("paused");
            last = listener.id;
            assertThat(last).matches("0-\\d+");
        }
        happens(id, "assembling");
        happens(id, "finished");
        for (String[] resume : new String[][] {{"/events", "Last-Event-ID", last}, {"/events?after=" + last}, {"/events?after=0-0", "Last-Event-ID", last}}) {
            String[] headers = resume.length > 1 ? new String[] {resume[1], resume[2]} : new String[0];
            try (Listener again = new Listener("/v1/films/" + id + resume[0], headers)) {
                assertThat(JSON.readTree(again.next("film")).get("to").asText()).isEqualTo("assembling");
                assertThat(JSON.readTree(again.next("film")).get("to").asText()).isEqualTo("finished");
            }
        }
        try (Listener all = new Listener("/v1/events?after=" + last)) {
            assertThat(JSON.readTree(all.next("film")).get("film").asText()).isEqualTo(id);
        }
        await(() -> hub.listeners() == 0);
    }

    @Test
    void whatIsNoListenerIsRefused() throws Exception {
        String id = submit("A city.");
        problem(get("/v1/films/" + "0".repeat(24) + "/events"), 404);
        problem(get("/v1/films/" + id + "/events?after=x"), 400);
        problem(get("/v1/events", "Last-Event-ID", "9-1"), 400);
        problem(get("/v1/events?since=1"), 400);
    }

    @Test
    void thereIsALimitToHowManyListen() throws Exception {
        List<Listener> all = new ArrayList<>();
        try {
            // The test's own limit, see application.properties of the tests.
            for (int i = 0; i < 3; i++) {
                all.add(new Listener("/v1/events"));
            }
            HttpResponse<byte[]> refused = get("/v1/events");
            problem(refused, 503);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        } finally {
            for (Listener listener : all) {
                listener.close();
            }
        }
        await(() -> hub.listeners() == 0);
        new Listener("/v1/events").close();
    }

    /** A client that asks and never reads: what the kernel does not take stays with us only as far as the ring goes, and then the connection is closed. */
    @Test
    void whoeverDoesNotReadIsCutOff() throws Exception {
        String id = submit("A city.");
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4 << 10);
            socket.connect(new java.net.InetSocketAddress(root.getHost(), root.getPort()));
            socket.getOutputStream().write(("GET /v1/films/" + id + "/events HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            await(() -> hub.listeners() == 1);
            String state = "paused".repeat(2_000);
            for (int i = 0; i < 3_000 && hub.listeners() > 0; i++) {
                happens(id, state);
            }
            await(() -> hub.listeners() == 0);
        }
    }
}
