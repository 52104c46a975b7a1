package dev.longtake.farm.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import dev.longtake.gateway.films.FilmTable;
import dev.longtake.platform.store.ObjectStore;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The gateway over HTTP, with queue and store in memory. */
@QuarkusTest
class GatewayHttpTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String TEXT = "text/plain; charset=utf-8";

    @TestHTTPResource("/")
    URI root;

    @Inject
    ObjectStore objects;

    @Inject
    MemoryPorts.Queue queue;

    @Inject
    FilmTable table;

    @BeforeEach
    void empty() {
        objects.list("").forEach(objects::delete);
        queue.sent.clear();
        queue.away = false;
    }

    private HttpResponse<byte[]> send(String path, UnaryOperator<HttpRequest.Builder> request) throws Exception {
        return HTTP.send(request.apply(HttpRequest.newBuilder(root.resolve(path))).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private HttpResponse<byte[]> post(String path, String type, byte[] body, String... headers) throws Exception {
        return send(path, r -> (headers.length == 0 ? r : r.headers(headers)).header("Content-Type", type).POST(BodyPublishers.ofByteArray(body)));
    }

    private HttpResponse<byte[]> post(String path, String type, String body, String... headers) throws Exception {
        return post(path, type, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    private HttpResponse<byte[]> get(String path, String... headers) throws Exception {
        return send(path, r -> headers.length == 0 ? r : r.headers(headers));
    }

    private static JsonNode json(HttpResponse<byte[]> answer) throws Exception {
        return JSON.readTree(answer.body());
    }

    private static JsonNode problem(HttpResponse<byte[]> answer, int status) throws Exception {
        JsonNode problem = json(answer);
        assertThat(answer.statusCode()).as(problem.toString()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.get("title").asText()).isNotBlank();
        assertThat(problem.get("detail").asText()).isNotBlank();
        return problem;
    }

    private String known(String state, byte[] content) {
        String id = HexFormat.of().formatHex(random(12));
        Optional<String> key = Optional.of("tenants/default/films/" + id + "/r1/film.mp4").filter(k -> state.equals("finished"));
        key.ifPresent(k -> {
            objects.put(k, content, "video/mp4");
            objects.put(k.replace("film.mp4", "poster.png"), new byte[] {1, 2}, "image/png");
        });
        Instant at = Instant.now();
        table.put(new FilmState(1, new FilmRef("default", id, 1), "Ein Tag: Übersee", "phenaki", "cafe", Lane.BATCH, state, Optional.empty(), 1, 4, 24, 8, 128, 128, 2, 1, 0, 0,
                FilmState.Seconds.NONE, 1, at, at, Optional.of(at).filter(t -> state.equals("finished")), key, Optional.empty()));
        return id;
    }

    private static byte[] random(int n) {
        byte[] bytes = new byte[n];
        new Random().nextBytes(bytes);
        return bytes;
    }

    @Test
    void aStoryIsAcceptedAsTextJsonOrForm() throws Exception {
        String json = "{\"title\":\"T\",\"scenes\":[{\"prompt\":\"A city.\"},{\"prompt\":\"A river.\"}]}";
        List<HttpResponse<byte[]>> answers = List.of(
                post("/v1/films?preset=fast&title=T", TEXT, "A city. A river."),
                post("/v1/films?preset=fast", "application/json", json),
                post("/v1/films", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"story\"; filename=\"s.json\"\r\n\r\n" + json
                        + "\r\n--b\r\nContent-Disposition: form-data; name=\"preset\"\r\n\r\nfast\r\n--b--\r\n"));
        List<byte[]> plans = new ArrayList<>();
        for (HttpResponse<byte[]> answer : answers) {
            JsonNode film = json(answer);
            assertThat(answer.statusCode()).as(film.toString()).isEqualTo(202);
            assertThat(answer.headers().firstValue("Location").orElse("")).endsWith("/v1/films/" + film.get("id").asText());
            assertThat(film.get("state").asText()).isEqualTo("queued");
            assertThat(film.get("frames").asInt()).isEqualTo(48);
            FilmCommand.Submit command = (FilmCommand.Submit) queue.sent.get(plans.size());
            assertThat(command.film().film()).isEqualTo(film.get("id").asText());
            plans.add(objects.get(command.planKey()));
            assertThat(json(get("/v1/films/" + film.get("id").asText())).get("segments").asInt()).isEqualTo(film.get("segments").asInt());
        }
        assertThat(plans.get(1)).isEqualTo(plans.get(0)).isEqualTo(plans.get(2));
        assertThat(new String(plans.get(0), StandardCharsets.UTF_8)).contains("\"steps\":8");
    }

    private record Bad(String what, String type, byte[] body, String query, int status, String field) {
        Bad(String what, String type, String body, String query, int status, String field) {
            this(what, type, body.getBytes(StandardCharsets.UTF_8), query, status, field);
        }
    }

    private static String scenes(String inner) {
        return "{\"scenes\":[{\"prompt\":\"A city.\"" + inner + "}]}";
    }

    private static List<Bad> bad() {
        String json = "application/json";
        return List.of(
                new Bad("empty", TEXT, "", "", 400, "story"),
                new Bad("whitespace", TEXT, " \n\t\n", "", 400, "story"),
                new Bad("invalid UTF-8", TEXT, new byte[] {'A', (byte) 0xc3, 0x28, '.'}, "", 400, "story"),
                new Bad("a long prompt", json, "{\"scenes\":[{\"prompt\":\"" + "a".repeat(32_001) + "\"}]}", "", 400, "scenes[0].prompt"),
                new Bad("many scenes", TEXT, "A city.\n".repeat(10_001), "", 400, "scenes"),
                new Bad("a negative duration", json, scenes(",\"seconds\":-1"), "", 400, "scenes[0].seconds"),
                new Bad("a duration of zero", TEXT, "A city. [0s]", "", 400, "scenes[0].seconds"),
                new Bad("an absurd duration", json, scenes(",\"seconds\":1e9"), "", 400, "scenes[0].seconds"),
                new Bad("an unknown model", json, "{\"model\":\"sora\",\"scenes\":[{\"prompt\":\"A city.\"}]}", "", 400, "model"),
                new Bad("malformed JSON", json, "{\"scenes\":[", "", 400, "story"),
                new Bad("prose called JSON", json, "A city.", "", 400, "story"),
                new Bad("an unknown field", json, "{\"scenes\":[{\"prompt\":\"A city.\"}],\"colour\":1}", "", 400, "colour"),
                new Bad("a wrong type", json, "{\"scenes\":\"A city.\"}", "", 400, "scenes"),
                new Bad("a control character in the title", json, "{\"title\":\"a\\u0007b\",\"scenes\":[{\"prompt\":\"A city.\"}]}", "", 400, "title"),
                new Bad("a path as title", TEXT, "A city.", "?title=..%2Fetc", 400, "title"),
                new Bad("an unknown parameter", TEXT, "A city.", "?stepz=4", 400, "stepz"),
                new Bad("steps out of range", TEXT, "A city.", "?steps=0", 400, "steps"),
                new Bad("a parameter twice", TEXT, "A city.", "?seed=1&seed=2", 400, "seed"),
                new Bad("a form without a story", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"seed\"\r\n\r\n1\r\n--b--\r\n", "", 400, "story"),
                new Bad("over 4 MiB", TEXT, "A".repeat((4 << 20) + 1), "", 413, "story"),
                new Bad("far over 4 MiB", TEXT, "A".repeat(24 << 20), "", 413, "story"));
    }

    @TestFactory
    List<DynamicTest> badInputIsNamedAndLeavesNothing() {
        return bad().stream().map(bad -> DynamicTest.dynamicTest(bad.what(), () -> {
            JsonNode problem = problem(post("/v1/films" + bad.query(), bad.type(), bad.body()), bad.status());
            JsonNode error = problem.get("errors").get(0);
            assertThat(error.get("field").asText()).isEqualTo(bad.field());
            assertThat(error.get("message").asText()).isNotBlank();
            assertThat(error.get("fix").asText()).isNotBlank();
            assertThat(problem.toString()).doesNotContain("Exception").doesNotContain("dev.longtake");
            assertThat(queue.sent).isEmpty();
            assertThat(objects.list("")).isEmpty();
        })).toList();
    }

    @Test
    void aBodyOfUnknownLengthIsBoundedToo() throws Exception {
        byte[] block = new byte[1 << 20];
        InputStream endless = new InputStream() {
            private int left = 12 << 20;

            @Override
            public int read() {
                return left-- > 0 ? 'A' : -1;
            }

            @Override
            public int read(byte[] b, int off, int len) {
                int n = Math.min(Math.min(len, left), block.length);
                left -= n;
                java.util.Arrays.fill(b, off, off + n, (byte) 'A');
                return n > 0 ? n : -1;
            }
        };
        problem(send("/v1/films", r -> r.header("Content-Type", TEXT).POST(BodyPublishers.ofInputStream(() -> endless))), 413);
    }

    @Test
    void everythingWrongIsSaidAtOnce() throws Exception {
        JsonNode problem = problem(post("/v1/films?steps=0&seed=x", TEXT, "A city. [0s] A river. [-1s]"), 400);
        assertThat(problem.get("errors").findValuesAsText("field")).containsExactlyInAnyOrder("steps", "seed", "scenes[0].seconds", "scenes[1].seconds");
    }

    @Test
    void theFrameworksRefusalsAreProblemsToo() throws Exception {
        problem(get("/v1/nothing"), 404);
        problem(get("/v1/films/nothing"), 404);
        problem(get("/v1/films/" + "0".repeat(24) + "/content"), 404);
        problem(send("/v1/films", r -> r.method("PATCH", BodyPublishers.noBody())), 405);
        problem(post("/v1/films", "application/xml", "<story/>"), 415);
        problem(get("/v1/films?limit=0"), 400);
        problem(get("/v1/films?colour=red"), 400);
        problem(get("/v1/films?after=nothing"), 400);
    }

    @Test
    void aKeySentAgainFindsItsFilmAndNeverAnother() throws Exception {
        String first = json(post("/v1/films", TEXT, "A city.", "Idempotency-Key", "k1")).get("id").asText();
        assertThat(json(post("/v1/films", TEXT, "A city.", "Idempotency-Key", "k1")).get("id").asText()).isEqualTo(first);
        problem(post("/v1/films", TEXT, "A river.", "Idempotency-Key", "k1"), 422);
        problem(post("/v1/films", TEXT, "A city.", "Idempotency-Key", "two words"), 400);
        assertThat(objects.list("")).hasSize(1);
    }

    @Test
    void aQueueThatIsAwayIs503WithATimeToComeBack() throws Exception {
        queue.away = true;
        HttpResponse<byte[]> answer = post("/v1/films", TEXT, "A city.");
        problem(answer, 503);
        assertThat(answer.headers().firstValueAsLong("Retry-After")).hasValue(5);
        assertThat(objects.list("")).isEmpty();
        problem(post("/v1/films/" + known("rendering", null) + "/cancel", TEXT, ""), 503);
    }

    @Test
    void contentIsSentWholeOrInPart() throws Exception {
        byte[] film = random(100_000);
        String path = "/v1/films/" + known("finished", film) + "/content";
        HttpResponse<byte[]> whole = get(path);
        assertThat(whole.statusCode()).isEqualTo(200);
        assertThat(whole.body()).isEqualTo(film);
        assertThat(whole.headers().firstValue("Content-Type")).contains("video/mp4");
        assertThat(whole.headers().firstValue("Accept-Ranges")).contains("bytes");
        assertThat(whole.headers().firstValueAsLong("Content-Length")).hasValue(film.length);
        assertThat(whole.headers().firstValue("Content-Disposition").orElse("")).contains("filename*=UTF-8''Ein%20Tag%3A%20%C3%9Cbersee.mp4");
        String etag = whole.headers().firstValue("ETag").orElseThrow();

        HttpResponse<byte[]> part = get(path, "Range", "bytes=10-19");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo(java.util.Arrays.copyOfRange(film, 10, 20));
        assertThat(part.headers().firstValue("Content-Range")).contains("bytes 10-19/100000");
        assertThat(get(path, "Range", "bytes=-5").body()).isEqualTo(java.util.Arrays.copyOfRange(film, film.length - 5, film.length));
        assertThat(get(path, "Range", "bytes=10-19", "If-Range", etag).statusCode()).isEqualTo(206);
        assertThat(get(path, "Range", "bytes=10-19", "If-Range", "\"other\"").statusCode()).isEqualTo(200);
        assertThat(get(path, "If-None-Match", etag).statusCode()).isEqualTo(304);

        HttpResponse<byte[]> outside = get(path, "Range", "bytes=100000-");
        problem(outside, 416);
        assertThat(outside.headers().firstValue("Content-Range")).contains("bytes */100000");

        HttpResponse<byte[]> head = send(path, r -> r.method("HEAD", BodyPublishers.noBody()));
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValueAsLong("Content-Length")).hasValue(film.length);
        assertThat(get(path.replace("content", "poster")).body()).containsExactly(1, 2);
        problem(get(path.replace("content", "contact-sheet")), 404);
    }

    @Test
    void aFilmThatIsNotFinishedHasNoContentYet() throws Exception {
        JsonNode problem = problem(get("/v1/films/" + known("rendering", null) + "/content"), 409);
        assertThat(problem.get("state").asText()).isEqualTo("rendering");
    }

    @Test
    void cancellingIsACommandUnlessTheFilmHasEnded() throws Exception {
        String id = known("rendering", null);
        assertThat(post("/v1/films/" + id + "/cancel", TEXT, "").statusCode()).isEqualTo(202);
        assertThat(queue.sent).singleElement().isInstanceOfSatisfying(FilmCommand.Cancel.class, c -> assertThat(c.film().film()).isEqualTo(id));
        assertThat(problem(post("/v1/films/" + known("cancelled", null) + "/cancel", TEXT, ""), 409).get("state").asText()).isEqualTo("cancelled");
        problem(post("/v1/films/" + "0".repeat(24) + "/cancel", TEXT, ""), 404);
    }

    @Test
    void filmsAreListedInPages() throws Exception {
        List<String> ids = List.of(known("rendering", null), known("queued", null), known("failed", null));
        JsonNode page = json(get("/v1/films?limit=2"));
        assertThat(page.get("films")).hasSize(2);
        JsonNode rest = json(get("/v1/films?limit=200&after=" + page.get("next").asText()));
        List<String> all = new ArrayList<>(page.get("films").findValuesAsText("id"));
        all.addAll(rest.get("films").findValuesAsText("id"));
        assertThat(all).containsAll(ids).doesNotHaveDuplicates();
    }

    @Test
    void healthMetricsModelsAndTheDescriptionAreThere() throws Exception {
        assertThat(get("/q/health/live").statusCode()).isEqualTo(200);
        assertThat(json(get("/q/health/ready")).get("status").asText()).isEqualTo("UP");
        post("/v1/films", TEXT, "A city.");
        assertThat(new String(get("/q/metrics").body(), StandardCharsets.UTF_8)).contains("longtake_films_accepted_total");
        JsonNode model = json(get("/v1/models")).get("models").get(0);
        assertThat(model.get("name").asText()).isEqualTo("phenaki");
        JsonNode description = JSON.readTree(get("/q/openapi?format=json").body());
        assertThat(description.get("paths").fieldNames()).toIterable().contains("/v1/films", "/v1/films/{id}", "/v1/films/{id}/content", "/v1/films/{id}/cancel", "/v1/models");
        assertThat(description.at("/components/examples").size()).isGreaterThanOrEqualTo(3);
    }

    /** The description is written by hand: what is answered must be what it describes. */
    @Test
    void whatIsAnsweredIsDescribed() throws Exception {
        JsonNode schemas = JSON.readTree(get("/q/openapi?format=json").body()).at("/components/schemas");
        JsonNode film = json(get("/v1/films/" + known("finished", new byte[1])));
        assertThat(schemas.at("/Film/properties").fieldNames()).toIterable().containsAll(() -> film.fieldNames());
        for (String nested : List.of("seconds", "objects", "links")) {
            assertThat(schemas.at("/Film/properties/" + nested + "/properties").fieldNames()).toIterable().containsAll(() -> film.get(nested).fieldNames());
        }
        for (JsonNode required : schemas.at("/Film/required")) {
            assertThat(film.has(required.asText())).as(required.asText()).isTrue();
        }
        JsonNode model = json(get("/v1/models")).get("models").get(0);
        assertThat(schemas.at("/Model/properties").fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(() -> model.fieldNames());
        JsonNode problem = problem(get("/v1/nothing"), 404);
        assertThat(schemas.at("/Problem/properties").fieldNames()).toIterable().containsAll(() -> problem.fieldNames());
    }
}
