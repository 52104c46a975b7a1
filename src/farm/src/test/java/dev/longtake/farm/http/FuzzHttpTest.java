package dev.longtake.farm.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import dev.longtake.engine.Frames;
import dev.longtake.gateway.events.EventHub;
import dev.longtake.media.fragment.Label;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Thousands of requests that the gateway's own description gives rise to, most of them wrong in some way, over every operation of it. Whatever is asked: an
 * answer, soon, that is no failure of the gateway and says nothing of its insides. {@code LONGTAKE_FUZZ_SEED} repeats a run, {@code
 * LONGTAKE_FUZZ_EACH} asks for more requests of each operation than 80.
 */
@QuarkusTest
class FuzzHttpTest extends HttpHarness {
    private static final int EACH = Optional.ofNullable(System.getenv("LONGTAKE_FUZZ_EACH")).map(Integer::parseInt).orElse(80);
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int ENOUGH = 64 * 1024;
    private static final long SEED = Optional.ofNullable(System.getenv("LONGTAKE_FUZZ_SEED")).map(Long::parseLong).orElseGet(System::nanoTime);
    /** What only somebody who looks into the gateway should see. */
    private static final List<String> INSIDES = List.of("dev.longtake", "java.lang", "java.util", "java.io", "io.quarkus", "io.vertx", "com.fasterxml", "org.jboss", "\tat ", "Exception", "NullPointer", "tenants/");

    @Inject
    EventHub hub;

    /** The request before, and what was answered: a connection that is cut off may have been spoilt by it. */
    private String before = "";

    private record Asked(String operation, String method, URI uri, List<String> headers, Requests.Body body) {
        @Override
        public String toString() {
            return operation + ": " + method + " " + uri + " " + headers + " " + body;
        }
    }

    private static final String FILM = "0911cb93245636c42d53b48b";

    private void aFilmThatIsOver() {
        Instant at = Instant.now();
        String key = "tenants/default/films/" + FILM + "/r1/film.mp4";
        objects.put(key, new byte[1_000], "video/mp4");
        objects.put(key.replace("film.mp4", "hls/0.m4s"), Label.first(11_250, 24, "0".repeat(16), true).toBytes(), "video/mp4");
        objects.put("tenants/default/segments/" + Requests.SEGMENT + "/x/tail", new Frames(1, 1, 1, new byte[3]).toBytes(), "application/octet-stream");
        table.put(new FilmState(1, new FilmRef("default", FILM, 1), "A film", "phenaki", "cafe", Lane.BATCH, "finished", Optional.empty(), 1, 4, 24, 8, 128, 128, 4, 4, 0, 0, FilmState.Seconds.NONE, 99, at, at,
                Optional.of(at), Optional.of(key), Optional.empty()));
    }

    @Test
    @Timeout(3_600)
    void whateverIsAskedIsAnsweredAndNothingBreaks() throws Exception {
        System.out.println("fuzz: seed " + SEED);
        hub.begin(Map.of(0, 0L));
        Requests requests = new Requests(SEED, JSON.readTree(get("/q/openapi?format=json").body()), FILM);
        TreeMap<Integer, Integer> answers = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        int sent = 0;
        for (Requests.Operation operation : requests.operations()) {
            for (int i = 0; i < EACH; i++) {
                aFilmThatIsOver();
                Asked asked = new Asked(operation.id(), operation.method(), root.resolve(requests.target(operation)), requests.headers(operation), requests.body(operation));
                int status = ask(asked, wrong);
                answers.merge(status, 1, Integer::sum);
                sent++;
                queue.sent.clear();
            }
        }
        System.out.println("fuzz: " + sent + " requests over " + requests.operations().size() + " operations, answered " + answers);
        assertThat(wrong).as("seed %d", SEED).isEmpty();
        assertThat(sent).isGreaterThan(3_000);
        assertThat(answers.keySet()).as("requests of every kind: some that are good, and many that are not").contains(200, 202, 400, 404);
        assertThat(get("/q/health/live").statusCode()).isEqualTo(200);
    }

    private int ask(Asked asked, List<String> wrong) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(asked.uri()).timeout(SOON);
        for (int i = 0; i < asked.headers().size(); i += 2) {
            request.header(asked.headers().get(i), asked.headers().get(i + 1));
        }
        asked.body().type().ifPresent(type -> request.header("Content-Type", type));
        request.method(asked.method(), asked.body().bytes().length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(asked.body().bytes()));
        try {
            HttpResponse<InputStream> answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = answer.body()) {
                boolean stream = answer.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream");
                String said = stream ? "" : new String(in.readNBytes(ENOUGH), StandardCharsets.UTF_8);
                judge(asked, answer, said).ifPresent(wrong::add);
                before = answer.statusCode() + " " + answer.headers().map() + " to " + asked;
            }
            return answer.statusCode();
        } catch (HttpTimeoutException e) {
            wrong.add("no answer within " + SOON + ": " + asked);
            return 0;
        } catch (IOException e) {
            wrong.add("cut off (" + e.getMessage() + "): " + asked + "; before: " + before);
            return 0;
        }
    }

    private static Optional<String> judge(Asked asked, HttpResponse<?> answer, String said) {
        int status = answer.statusCode();
        if (status >= 500) {
            return Optional.of(status + " " + said + ": " + asked);
        }
        if (status >= 400) {
            Optional<String> inside = INSIDES.stream().filter(said::contains).findFirst();
            // What was sent may be quoted.
            if (inside.isPresent() && !asked.toString().contains(inside.get())) {
                return Optional.of("says '" + inside.get() + "', " + said + ": " + asked);
            }
            // Of a request line or headers that are too long nobody but the server itself has heard.
            if (status != 414 && status != 431 && !asked.method().equals("HEAD") && !says(asked, said)) {
                return Optional.of(status + " does not say what is wrong, '" + said + "': " + asked);
            }
        }
        return Optional.empty();
    }

    /** Whether an error has the shape of its face. */
    private static boolean says(Asked asked, String said) {
        try {
            JsonNode error = JSON.readTree(said);
            return asked.operation().toLowerCase(java.util.Locale.ROOT).contains("video") && error.path("error").path("message").isTextual()
                    || error.path("title").isTextual() && error.path("detail").isTextual();
        } catch (IOException e) {
            return false;
        }
    }
}
