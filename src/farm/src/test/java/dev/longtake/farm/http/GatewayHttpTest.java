package dev.longtake.farm.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longtake.contract.DeadLetter;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import dev.longtake.contract.Topics;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.gateway.films.WorkerTable;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The gateway over HTTP, with queue and store in memory. */
@QuarkusTest
class GatewayHttpTest extends HttpHarness {
    @Inject
    MemoryPorts.Letters letters;

    @Inject
    WorkerTable workers;

    @BeforeEach
    void noLetters() {
        letters.letters.clear();
    }

    private HttpResponse<byte[]> post(String path, String type, byte[] body, String... headers) throws Exception {
        return send(path, r -> (headers.length == 0 ? r : r.headers(headers)).header("Content-Type", type).POST(BodyPublishers.ofByteArray(body)));
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

    @Test
    void aPictureComesAsAPartOfAFormOrAsADataUrl() throws Exception {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(20, 10, BufferedImage.TYPE_INT_RGB), "png", png);
        String head = "--b\r\nContent-Disposition: form-data; name=\"story\"\r\n\r\nA city.\r\n--b\r\nContent-Disposition: form-data; name=\"start_image\"; filename=\"a.png\"\r\n"
                + "Content-Type: image/png\r\n\r\n";
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        form.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        form.writeBytes(png.toByteArray());
        form.writeBytes("\r\n--b--\r\n".getBytes(StandardCharsets.US_ASCII));
        String url = "data:image/png;base64," + Base64.getEncoder().encodeToString(png.toByteArray());
        for (HttpResponse<byte[]> answer : List.of(post("/v1/films", "multipart/form-data; boundary=b", form.toByteArray()),
                post("/v1/films", "application/json", "{\"start_image\":\"" + url + "\",\"scenes\":[{\"prompt\":\"A city.\"}]}"))) {
            assertThat(answer.statusCode()).as(json(answer).toString()).isEqualTo(202);
            assertThat(json(answer).get("warnings")).isEmpty();
        }
        assertThat(pictures()).hasSize(1);
    }

    @Test
    void wordsBeyondTheModelsAreWarnedOf() throws Exception {
        HttpResponse<byte[]> answer = post("/v1/films", TEXT, "A lion stands in the office. Ein Pferd galoppiert durch die Wüste.");
        assertThat(answer.statusCode()).isEqualTo(202);
        JsonNode warning = json(answer).get("warnings").get(0);
        assertThat(warning.get("field").asText()).isEqualTo("scenes[1].prompt");
        assertThat(warning.get("words").toString()).contains("pferd");
        assertThat(json(get("/v1/films/" + json(answer).get("id").asText())).get("warnings")).isEqualTo(json(answer).get("warnings"));
        JsonNode schemas = JSON.readTree(get("/q/openapi?format=json").body()).at("/components/schemas");
        assertThat(schemas.at("/Warning/properties").fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(() -> warning.fieldNames());
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
                new Bad("scene settings out of range", json, scenes(",\"settings\":{\"guidance\":21}"), "", 400, "scenes[0].settings.guidance"),
                new Bad("a picture that is none", json, "{\"start_image\":\"data:image/png;base64,AAAA\",\"scenes\":[{\"prompt\":\"A city.\"}]}", "", 400, "start_image"),
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
    void deadLettersAreListedAndPutBackOnce() throws Exception {
        letters.letters.add(DeadLetter.parked(Topics.FILM_COMMANDS, 1, 9, "default", "{\"version\":2}".getBytes(StandardCharsets.UTF_8), "FilmCommand of version 2; this build reads 1..1", Instant.EPOCH));
        JsonNode letter = json(get("/v1/dead-letters?limit=5")).get("letters").get(0);
        assertThat(letter.get("id").asText()).isEqualTo("0-0");
        assertThat(letter.get("reason").asText()).contains("version 2");
        assertThat(letter.has("handled")).isFalse();
        HttpResponse<byte[]> done = post("/v1/dead-letters/0-0/requeue", TEXT, "");
        assertThat(done.statusCode()).isEqualTo(202);
        assertThat(json(done).at("/handled/how").asText()).isEqualTo("requeued");
        assertThat(queue.put).containsExactly(Topics.FILM_COMMANDS + " default {\"version\":2}");
        problem(post("/v1/dead-letters/0-0/requeue", TEXT, ""), 409);
        assertThat(post("/v1/dead-letters/0-0/requeue?force=true", TEXT, "").statusCode()).isEqualTo(202);
        assertThat(queue.put).hasSize(2);
        JsonNode after = json(get("/v1/dead-letters")).get("letters");
        assertThat(after).hasSize(1);
        assertThat(after.get(0).at("/handled/how").asText()).isEqualTo("requeued");
        assertThat(json(get("/v1/dead-letters?film=another")).get("letters")).isEmpty();
        problem(post("/v1/dead-letters/0-77/requeue", TEXT, ""), 404);
        problem(post("/v1/dead-letters/0-0/requeue?force=perhaps", TEXT, ""), 400);
        problem(get("/v1/dead-letters?limit=1001"), 400);
        problem(get("/v1/dead-letters?colour=red"), 400);
    }

    @Test
    void workersAreListedWithThoseThatRest() throws Exception {
        workers.put(new WorkerHeartbeat(1, "w1", "cpu", List.of(Lane.BATCH), 1, "cafe", "cpu", WorkerHeartbeat.State.READY, List.of(), Instant.EPOCH,
                Optional.of(new WorkerHeartbeat.Resting(30, "failed"))));
        JsonNode worker = json(get("/v1/workers")).get("workers").get(0);
        assertThat(worker.get("state").asText()).isEqualTo("resting");
        assertThat(worker.at("/resting/reason").asText()).isEqualTo("failed");
        assertThat(worker.at("/resting/until").asText()).startsWith("20");
        workers.put(new WorkerHeartbeat(1, "w1", "cpu", List.of(), 1, "cafe", "cpu", WorkerHeartbeat.State.GONE, List.of(), Instant.EPOCH));
        assertThat(json(get("/v1/workers")).get("workers")).isEmpty();
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
        letters.letters.add(DeadLetter.parked(Topics.FILM_COMMANDS, 1, 9, "default", "{\"film\":{\"film\":\"f\"}}".getBytes(StandardCharsets.UTF_8), "newer", Instant.EPOCH));
        JsonNode letter = json(post("/v1/dead-letters/0-0/requeue", TEXT, ""));
        assertThat(schemas.at("/DeadLetter/properties").fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(() -> letter.fieldNames());
        workers.put(new WorkerHeartbeat(1, "w1", "cpu", List.of(Lane.BATCH), 1, "cafe", "cpu", WorkerHeartbeat.State.READY, List.of(), Instant.EPOCH,
                Optional.of(new WorkerHeartbeat.Resting(30, "failed"))));
        JsonNode worker = json(get("/v1/workers")).get("workers").get(0);
        assertThat(schemas.at("/Worker/properties").fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(() -> worker.fieldNames());
        workers.put(new WorkerHeartbeat(1, "w1", "cpu", List.of(), 1, "cafe", "cpu", WorkerHeartbeat.State.GONE, List.of(), Instant.EPOCH));
        JsonNode problem = problem(get("/v1/nothing"), 404);
        assertThat(schemas.at("/Problem/properties").fieldNames()).toIterable().containsAll(() -> problem.fieldNames());
    }

    @Test
    void pagesOfOtherSitesMayNotUseTheFarmOfThisMachine() throws Exception {
        problem(post("/v1/films", TEXT, "A city.", "Origin", "https://evil.example"), 403);
        problem(post("/v1/webhooks", TEXT, "{\"url\":\"https://evil.example/\"}", "Sec-Fetch-Site", "cross-site"), 403);
        assertThat(queue.sent).isEmpty();
        assertThat(post("/v1/films", TEXT, "A city.", "Origin", "http://" + root.getAuthority()).statusCode()).isEqualTo(202);
        // A name that was made to lead here; no client but a browser could be made to send it, so it is written by hand.
        try (java.net.Socket socket = new java.net.Socket("127.0.0.1", root.getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("GET /v1/films HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).startsWith("HTTP/1.1 403").contains("foreign-page");
        }
    }

    @Test
    void aProblemNamesAPageThatTheGatewayShows() throws Exception {
        HttpResponse<byte[]> answer = get("/v1/films/" + "0".repeat(24));
        problem(answer, 404);
        HttpResponse<byte[]> page = get(answer.headers().firstValue("Link").orElseThrow().replaceAll("^<|>.*$", ""));
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(new String(page.body(), StandardCharsets.UTF_8)).contains("no-such-film").contains("What to do");
    }
}
