package dev.longtake.farm.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longtake.contract.AccessKey;
import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.AuditRecord;
import dev.longtake.contract.DeadLetter;
import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Json;
import dev.longtake.contract.Lane;
import dev.longtake.contract.Message;
import dev.longtake.contract.Topics;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.contract.webhook.WebhookDelivery;
import dev.longtake.engine.Frames;
import dev.longtake.gateway.access.KeyTable;
import dev.longtake.gateway.access.Operation;
import dev.longtake.gateway.access.Scope;
import dev.longtake.gateway.access.Secret;
import dev.longtake.gateway.events.EventHub;
import dev.longtake.gateway.films.WorkerTable;
import dev.longtake.gateway.webhooks.EndpointTable;
import dev.longtake.gateway.webhooks.delivery.DeliveryTable;
import dev.longtake.gateway.webhooks.delivery.Notices;
import dev.longtake.media.fragment.Label;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** A gateway that asks who is calling: every operation of its description, by those who may, those who may not, and nobody. */
@QuarkusTest
@TestProfile(AccessHttpTest.Asked.class)
@Timeout(120)
class AccessHttpTest extends HttpHarness {
    private static final String MASTER = "lt_000000000001_" + "m".repeat(43);
    private static final String NO_FILM = "0".repeat(24);
    private static final String NO_KEY = "0".repeat(12);
    private static final String NO_LETTER = "9-99";
    private static final String NO_WEBHOOK = "ep_0";
    private static final String NO_DELIVERY = "dlv_0";
    private static final String SEGMENT = "a".repeat(64) + "/b1";
    private static final String NO_SEGMENT = "a".repeat(64) + "/b2";
    private static final String HOOK = "{\"url\":\"https://example.com/hook\"}";
    private static final List<String> JSON_BODIES = List.of("/v1/keys", "/v1/webhooks", "/v1/videos");
    private static final String TITLE = "Alphas own title";
    private static final List<Operation> STREAMS = List.of(Operation.EVENTS, Operation.FILM_EVENTS);

    /** A gateway with a bootstrap key and some limits. */
    public static final class Asked implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("longtake.gateway.access.bootstrap-key-sha256", Secret.of(MASTER).orElseThrow().sha256(),
                    "longtake.gateway.access.keys", "100000",
                    "longtake.gateway.quota.requests-per-second", "100000",
                    "longtake.gateway.quota.tenants.hasty.requests-per-second", "3",
                    "longtake.gateway.quota.tenants.small.upload-bytes", "1000",
                    "longtake.gateway.quota.tenants.small.unfinished-films", "1");
        }
    }

    @Inject
    EventHub hub;

    @Inject
    WorkerTable workers;

    @Inject
    EndpointTable webhooks;

    @Inject
    DeliveryTable deliveries;

    @Inject
    MemoryPorts.Letters letters;

    @Inject
    MemoryPorts.Counter counter;

    private final List<String> logged = new CopyOnWriteArrayList<>();
    private final Handler log = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            logged.add(entry.getMessage() + Arrays.toString(entry.getParameters()) + entry.getThrown());
        }

        @Override
        public void flush() {
            // Nothing is held back.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    };

    private final List<String> secrets = new ArrayList<>(List.of(MASTER));
    private String alpha;
    private String beta;
    private String film;
    private String letter;
    private String spareKey;
    private String webhook;
    private String delivery;

    @BeforeEach
    void twoTenants() throws Exception {
        java.util.logging.Logger.getLogger("").addHandler(log);
        keys.complete();
        queue.trail.clear();
        queue.trailAway = false;
        counter.away = false;
        letters.letters.clear();
        counter.frozen = false;
        alpha = key("alpha", "admin");
        beta = key("beta", "admin");
        film = json(as(alpha, "POST", "/v1/films?title=Alphas%20own%20title", "A secret city.", "Idempotency-Key", "k1")).get("id").asText();
        finish("alpha", film);
        letters.letters.add(DeadLetter.parked(Topics.FILM_COMMANDS, 0, 1, "alpha", ("{\"film\":{\"tenant\":\"alpha\",\"film\":\"" + film + "\"}}").getBytes(StandardCharsets.UTF_8), "newer", Instant.EPOCH));
        letter = "0-0";
        spareKey = Secret.of(key("alpha", "films:read")).orElseThrow().id();
        somebodyIsTold();
        queue.sent.clear();
        queue.trail.clear();
    }

    /** Alpha's only webhook, and what it is told. */
    private void somebodyIsTold() throws Exception {
        for (String tenant : List.of("alpha", "beta")) {
            webhooks.of(tenant).forEach(e -> webhooks.take(e.key(), null));
        }
        webhook = json(as(alpha, "POST", "/v1/webhooks", HOOK)).get("id").asText();
        WebhookDelivery pending = Notices.delivery(new Notices.Notice(Notices.Kind.FAILED, new FilmRef("alpha", film, 1), Optional.of("why"), Instant.now()), webhooks.find("alpha", webhook).orElseThrow(),
                Instant.now());
        delivery = pending.id();
        deliveries.put(pending);
    }

    @AfterEach
    void nothingThatOpensAnythingWasSaid() {
        java.util.logging.Logger.getLogger("").removeHandler(log);
        String all = logged + queue.trail.toString() + queue.sent.stream().map(m -> new String(Json.write(m), StandardCharsets.UTF_8)).collect(Collectors.joining()) + queue.put;
        for (String secret : secrets) {
            assertThat(all).doesNotContain(secret.substring(16));
        }
    }

    private void finish(String tenant, String id) {
        String key = "tenants/" + tenant + "/films/" + id + "/r1/film.mp4";
        objects.put(key, "a film".getBytes(StandardCharsets.UTF_8), "video/mp4");
        objects.put("tenants/" + tenant + "/segments/" + SEGMENT + "/tail", new Frames(1, 1, 1, new byte[3]).toBytes(), "application/octet-stream");
        for (String product : List.of("poster.png", "contact-sheet.png", "manifest.json")) {
            objects.put(key.replace("film.mp4", product), new byte[] {1}, "image/png");
        }
        objects.put(key.replace("film.mp4", "hls/0.m4s"), Label.first(11_250, 11, "0".repeat(16), true).toBytes(), "video/mp4");
        Instant at = Instant.now();
        table.put(new FilmState(1, new FilmRef(tenant, id, 1), TITLE, "phenaki", "cafe", Lane.BATCH, "finished", Optional.empty(), 1, 4, 24, 8, 128, 128, 4, 4, 0, 0, FilmState.Seconds.NONE, 99, at, at,
                Optional.of(at), Optional.of(key), Optional.empty()));
    }

    private String key(String tenant, String... scopes) throws Exception {
        HttpResponse<byte[]> made = as(MASTER, "POST", "/v1/keys", JSON.writeValueAsString(Map.of("tenant", tenant, "name", "a key", "scopes", scopes)));
        assertThat(made.statusCode()).as(new String(made.body(), StandardCharsets.UTF_8)).isEqualTo(201);
        assertThat(made.headers().firstValue("Cache-Control")).contains("no-store");
        String secret = json(made).get("secret").asText();
        secrets.add(secret);
        return secret;
    }

    /** @param secret null for nobody */
    private HttpResponse<byte[]> as(String secret, String method, String path, String body, String... headers) throws Exception {
        return send(path, r -> {
            HttpRequest.Builder request = headers.length == 0 ? r : r.headers(headers);
            request = secret == null ? request : request.header("Authorization", "Bearer " + secret);
            return request.header("Content-Type", JSON_BODIES.stream().anyMatch(path::startsWith) ? "application/json" : TEXT).method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        });
    }

    private HttpResponse<byte[]> as(String secret, Operation o, String path, String film) throws Exception {
        String body = switch (o.id()) {
            case "registerWebhook" -> HOOK;
            case "createVideo", "remixVideo" -> "{\"prompt\":\"A river.\"}";
            case "extendVideo" -> "{\"prompt\":\"A river.\",\"seconds\":\"1\",\"video\":{\"id\":\"video_" + film + "\"}}";
            case "submitFilm", "planFilm", "reviseFilm", "tryRevision" -> "A river.";
            case "createKey" -> "{\"name\":\"n\",\"scopes\":[\"films:read\"]}";
            default -> "";
        };
        return as(secret, o.method(), path, body);
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    /** What an operation may be about. */
    private record Ids(String film, String key, String letter, String webhook, String delivery, String segment) {
        static final Ids UNKNOWN = new Ids(NO_FILM, NO_KEY, NO_LETTER, NO_WEBHOOK, NO_DELIVERY, NO_SEGMENT);

        /** An operation's path with ids. An operation whose ids nobody knows here fails the test: it has to be told. */
        String in(Operation o) {
            String path = o.path().replace("/v1/films/{id}", "/v1/films/" + film).replace("/v1/videos/{id}", "/v1/videos/video_" + film).replace("/v1/keys/{id}", "/v1/keys/" + key)
                    .replace("/v1/dead-letters/{id}", "/v1/dead-letters/" + letter).replace("/v1/webhooks/{id}", "/v1/webhooks/" + webhook).replace("{delivery}", delivery).replace("{n}", "1").replace("{key}/{attempt}", segment).replace("{name}", "0.m4s");
            assertThat(path).as("say here what the ids of %s are", o).doesNotContain("{");
            return path;
        }
    }

    private HttpResponse<byte[]> own(String secret, Operation o) throws Exception {
        return as(secret, o, new Ids(film, spareKey, letter, webhook, delivery, SEGMENT).in(o), film);
    }

    private HttpResponse<byte[]> unknown(String secret, Operation o) throws Exception {
        return as(secret, o, Ids.UNKNOWN.in(o), NO_FILM);
    }

    /** The operations that the gateway itself describes; each must be in the table, by the path that its resource has. */
    private List<Operation> described() throws Exception {
        List<Operation> all = new ArrayList<>();
        JSON.readTree(get("/q/openapi?format=json").body()).get("paths").fields().forEachRemaining(path -> path.getValue().fieldNames().forEachRemaining(method -> {
            if (!method.equals("parameters")) {
                all.add(Operation.of(method.toUpperCase(java.util.Locale.ROOT), path.getKey()).orElseThrow(() -> new AssertionError("no rule for " + method + " " + path.getKey())));
            }
        }));
        assertThat(all).hasSizeGreaterThan(25).doesNotHaveDuplicates();
        return all;
    }

    @TestFactory
    List<DynamicTest> nobodyIsLetInAnywhereAndLearnsNothing() throws Exception {
        return described().stream().map(o -> DynamicTest.dynamicTest(o.id(), () -> {
            keys.complete();
            for (String shown : new String[] {null, "sk-anything", "lt_000000000001_" + "x".repeat(43), alpha + "x"}) {
                HttpResponse<byte[]> there = own(shown, o);
                assertThat(there.statusCode()).as(o.id()).isEqualTo(401);
                assertThat(there.headers().firstValue("WWW-Authenticate").orElse("")).startsWith("Bearer");
                assertThat(text(there)).isEqualTo(text(unknown(shown, o)));
                if (o.path().startsWith("/v1/videos")) {
                    assertThat(text(there)).contains(o.method().equals("HEAD") ? "" : "authentication_error");
                } else if (!o.method().equals("HEAD")) {
                    assertThat(problem(there, 401).get("type").asText()).isEqualTo("urn:longtake:problem:unknown-caller");
                }
            }
            assertThat(queue.sent).isEmpty();
            assertThat(queue.trail).as("who is not known is not written down").isEmpty();
        })).toList();
    }

    @TestFactory
    List<DynamicTest> whatIsAnotherTenantsIsAsIfItWereNotThere() throws Exception {
        List<DynamicTest> tests = new ArrayList<>();
        for (Operation o : described()) {
            boolean named = o.path().contains("{") || o == Operation.EXTEND_VIDEO;
            tests.add(DynamicTest.dynamicTest(o.id(), () -> {
                if (named) {
                    HttpResponse<byte[]> foreign = own(beta, o);
                    HttpResponse<byte[]> nothing = unknown(beta, o);
                    assertThat(foreign.statusCode()).as(text(foreign)).isEqualTo(404).isEqualTo(nothing.statusCode());
                    assertThat(text(foreign)).isEqualTo(text(nothing));
                    assertThat(queue.sent).isEmpty();
                    assertThat(queue.put).isEmpty();
                } else if (!STREAMS.contains(o)) {
                    // What it asked for above is in its own trail, in its own words.
                    queue.trail.clear();
                    HttpResponse<byte[]> seen = as(beta, o, o.path(), film);
                    assertThat(seen.statusCode()).as(text(seen)).isBetween(200, 299);
                    assertThat(text(seen)).doesNotContain(film).doesNotContain(TITLE).doesNotContain("secret city").doesNotContain(spareKey).doesNotContain("alpha");
                    queue.sent.clear();
                }
            }));
        }
        return tests;
    }

    /** Without this the tests above would pass on a gateway that has nothing to show. */
    @Test
    void whoOwnsItGetsIt() throws Exception {
        for (Operation o : described()) {
            if (!STREAMS.contains(o)) {
                // One operation deletes it.
                somebodyIsTold();
                int status = own(alpha, o).statusCode();
                assertThat(status).as(o.id()).isNotIn(401, 403, 404, 500);
                assertThat(status < 300 || status == 409).as(o.id() + " " + status).isTrue();
            }
        }
        assertThat(text(as(alpha, "GET", "/v1/films", ""))).contains(film).contains(TITLE);
        assertThat(text(as(alpha, "GET", "/v1/dead-letters", ""))).contains(film);
        assertThat(text(as(alpha, "GET", "/v1/keys", ""))).contains(spareKey);
        assertThat(text(as(MASTER, "GET", "/v1/dead-letters", ""))).contains(film);
        assertThat(text(as(alpha, "GET", "/v1/audit", ""))).contains("cancelFilm").contains(film);
    }

    @Test
    void noQuestionTellsWhetherSomethingOfAnotherIsThere() throws Exception {
        for (String question : List.of("/v1/films?after=" + film, "/v1/dead-letters?film=" + film, "/v1/audit?film=" + film)) {
            HttpResponse<byte[]> foreign = as(beta, "GET", question, "");
            HttpResponse<byte[]> nothing = as(beta, "GET", question.replace(film, NO_FILM), "");
            assertThat(foreign.statusCode()).as(question).isEqualTo(nothing.statusCode());
            assertThat(text(foreign)).isEqualTo(text(nothing));
        }
        assertThat(text(as(beta, "GET", "/v1/keys?tenant=alpha", ""))).isEqualTo(text(as(beta, "GET", "/v1/keys?tenant=nobody", "")));
        String same = json(as(beta, "POST", "/v1/films", "A secret city.", "Idempotency-Key", "k1")).get("id").asText();
        assertThat(same).as("the same idempotency key").isNotEqualTo(film);
        assertThat(as(beta, "POST", "/v1/films", "Another story.", "Idempotency-Key", "k2").statusCode()).isEqualTo(202);
        assertThat(as(alpha, "POST", "/v1/films", "A third story.", "Idempotency-Key", "k2").statusCode()).isEqualTo(202);
    }

    @Test
    void whatOthersHaveInWorkIsNotShown() throws Exception {
        workers.put(new WorkerHeartbeat(1, "w1", "cpu", List.of(Lane.BATCH), 1, "cafe", "cpu", WorkerHeartbeat.State.READY,
                List.of(new WorkerHeartbeat.Running(new FilmRef("alpha", film, 1), 0, new AttemptRef("k", "a"), "d", 3, 8)), Instant.EPOCH));
        assertThat(json(as(alpha, "GET", "/v1/workers", "")).at("/workers/0/running")).hasSize(1);
        assertThat(json(as(MASTER, "GET", "/v1/workers", "")).at("/workers/0/running")).hasSize(1);
        JsonNode seen = json(as(beta, "GET", "/v1/workers", ""));
        assertThat(seen.at("/workers/0/id").asText()).isEqualTo("w1");
        assertThat(seen.at("/workers/0/running")).isEmpty();
    }

    @TestFactory
    List<DynamicTest> aScopeOpensWhatTheTableSaysAndNothingElse() throws Exception {
        List<DynamicTest> tests = new ArrayList<>();
        for (Operation o : described()) {
            tests.add(DynamicTest.dynamicTest(o.id(), () -> {
                for (Scope scope : Scope.values()) {
                    String secret = key("alpha", scope.label());
                    queue.trail.clear();
                    boolean may = scope.grants(o.scope());
                    if (may && STREAMS.contains(o)) {
                        continue;
                    }
                    HttpResponse<byte[]> answer = unknown(secret, o);
                    assertThat(answer.statusCode() == 403).as(scope + " " + answer.statusCode()).isEqualTo(!may);
                    if (!may) {
                        assertThat(answer.headers().firstValue("WWW-Authenticate").orElse("")).contains("insufficient_scope").contains(o.scope().label());
                        assertThat(queue.trail).as("refused").hasSize(o.isAudited() ? 1 : 0).allSatisfy(l -> assertThat(l.status()).isEqualTo(403));
                    }
                }
            }));
        }
        return tests;
    }

    @Test
    void whatIsOpenToEverybodySaysNothingOfFilms() throws Exception {
        get("/v1/films/" + film);
        as(alpha, "GET", "/v1/films/" + film, "");
        as(alpha, "GET", "/v1/films/" + film + "/nowhere", "");
        for (String path : List.of("/q/metrics", "/q/openapi", "/q/health", "/q/health/ready", "/q/health/live")) {
            HttpResponse<byte[]> open = get(path);
            assertThat(open.statusCode()).as(path).isEqualTo(200);
            assertThat(text(open)).as(path).doesNotContain(film).doesNotContain("alpha").doesNotContain(TITLE).doesNotContain(spareKey);
        }
    }

    @Test
    void aKeyIsChangedWithoutAPauseAndEndsAtOnce() throws Exception {
        String old = key("gamma", "films:read");
        String admin = key("gamma", "admin");
        JsonNode fresh = json(as(admin, "POST", "/v1/keys", "{\"name\":\"next\",\"scopes\":[\"films:read\"],\"expires_in\":\"PT1H\"}"));
        secrets.add(fresh.get("secret").asText());
        assertThat(as(old, "GET", "/v1/films", "").statusCode()).isEqualTo(200);
        assertThat(as(fresh.get("secret").asText(), "GET", "/v1/films", "").statusCode()).isEqualTo(200);
        String id = Secret.of(old).orElseThrow().id();
        assertThat(json(as(admin, "DELETE", "/v1/keys/" + id, "")).get("state").asText()).isEqualTo("revoked");
        problem(as(old, "GET", "/v1/films", ""), 401);
        assertThat(as(fresh.get("secret").asText(), "GET", "/v1/films", "").statusCode()).isEqualTo(200);
        JsonNode listed = json(as(admin, "GET", "/v1/keys", "")).get("keys");
        assertThat(listed.findValuesAsText("state")).containsExactly("revoked", "good", "good");
        assertThat(listed.findValues("secret")).isEmpty();
        assertThat(listed.findValues("sha256")).isEmpty();
        JsonNode schema = JSON.readTree(get("/q/openapi?format=json").body()).at("/components/schemas/Key/properties");
        assertThat(schema.fieldNames()).toIterable().containsAll(() -> listed.get(0).fieldNames()).containsAll(() -> fresh.fieldNames());
        // Another gateway made and ended this one: it is known by what the topic says.
        Secret elsewhere = Secret.draw();
        AccessKey made = new AccessKey(1, elsewhere.id(), "gamma", "n", List.of("films:read"), elsewhere.sha256(), "key:x", Instant.now(), Instant.now().plusSeconds(60), Optional.empty());
        keys.put(made.id(), made);
        assertThat(as(elsewhere.text(), "GET", "/v1/films", "").statusCode()).isEqualTo(200);
        keys.put(made.id(), made.revokedAt(Instant.now()));
        problem(as(elsewhere.text(), "GET", "/v1/films", ""), 401);
    }

    /** A body that was not read because its sender was refused must not keep the connection from its next request. */
    @Test
    void whoWasRefusedMayAskAgainOnTheSameConnection() throws Exception {
        java.net.http.HttpClient one = java.net.http.HttpClient.newBuilder().version(java.net.http.HttpClient.Version.HTTP_1_1).build();
        for (int i = 0; i < 3; i++) {
            HttpRequest refused = HttpRequest.newBuilder(root.resolve("/v1/films")).timeout(java.time.Duration.ofSeconds(20)).POST(BodyPublishers.ofString("A city. ".repeat(1_000 << i))).build();
            assertThat(one.send(refused, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(401);
            HttpRequest good = HttpRequest.newBuilder(root.resolve("/v1/models")).timeout(java.time.Duration.ofSeconds(20)).header("Authorization", "Bearer " + alpha).build();
            assertThat(one.send(good, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void badWishesForKeysSayWhatIsWrong() throws Exception {
        assertThat(problem(as(alpha, "POST", "/v1/keys", "{\"scopes\":[\"root\"],\"colour\":1}"), 400).get("errors").findValuesAsText("field")).containsExactlyInAnyOrder("colour", "name", "scopes");
        problem(as(alpha, "POST", "/v1/keys", "{\"name\":\"n\",\"scopes\":[\"operator\"]}"), 403);
        problem(as(alpha, "POST", "/v1/keys", "{\"name\":\"n\",\"scopes\":[\"films:read\"],\"tenant\":\"beta\"}"), 403);
        queue.away = true;
        problem(as(alpha, "POST", "/v1/keys", "{\"name\":\"n\",\"scopes\":[\"films:read\"]}"), 503);
    }

    private BlockingQueue<String> listen(String secret, String path) throws Exception {
        HttpResponse<InputStream> answer = HTTP.send(HttpRequest.newBuilder(root.resolve(path)).header("Authorization", "Bearer " + secret).build(), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        Thread reader = new Thread(() -> {
            try (BufferedReader in = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
                in.lines().filter(l -> l.startsWith("data:")).forEach(heard::add);
            } catch (IOException | UncheckedIOException e) {
                // Cut off.
            }
            heard.add("end");
        });
        reader.setDaemon(true);
        reader.start();
        return heard;
    }

    @Test
    void listenersHearTheirOwnAndNothingAfterTheirKeyHasEnded() throws Exception {
        hub.begin(Map.of(0, 0L));
        BlockingQueue<String> heard = listen(beta, "/v1/events");
        long offset = 0;
        hub.on(0, offset++, new FilmEvent.FilmChanged(1, new FilmRef("alpha", film, 1), "queued", "rendering", Optional.empty(), Instant.EPOCH));
        hub.on(0, offset++, new FilmEvent.FilmChanged(1, new FilmRef("beta", "b1", 1), "queued", "rendering", Optional.empty(), Instant.EPOCH));
        assertThat(heard.poll(20, TimeUnit.SECONDS)).contains("b1").doesNotContain(film);
        as(beta, "DELETE", "/v1/keys/" + Secret.of(beta).orElseThrow().id(), "");
        hub.on(0, offset, new FilmEvent.FilmChanged(1, new FilmRef("beta", "b2", 1), "queued", "rendering", Optional.empty(), Instant.EPOCH));
        assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("end");
    }

    @Test
    void tooManyRequestsAreHeldBackAndPassWhereNobodyCounts() throws Exception {
        String hasty = key("hasty", "films:read");
        List<HttpResponse<byte[]>> answers = new ArrayList<>();
        counter.frozen = true;
        for (int i = 0; i < 4; i++) {
            answers.add(as(hasty, "GET", "/v1/models", ""));
        }
        assertThat(answers).extracting(HttpResponse::statusCode).containsExactly(200, 200, 200, 429);
        HttpResponse<byte[]> held = answers.get(3);
        assertThat(problem(held, 429).get("limit").asText()).isEqualTo("requests-per-second");
        assertThat(held.headers().firstValue("Retry-After")).contains("1");
        assertThat(as(beta, "GET", "/v1/models", "").statusCode()).isEqualTo(200);
        counter.away = true;
        for (int i = 0; i < 10; i++) {
            assertThat(as(hasty, "GET", "/v1/models", "").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void filmsAndUploadsOfATenantAreBounded() throws Exception {
        String small = key("small", "films:write", "films:read");
        assertThat(problem(as(small, "POST", "/v1/films", "A city. ".repeat(200)), 413).get("limit").asText()).isEqualTo("upload-bytes");
        byte[] large = "A city. ".repeat(200).getBytes(StandardCharsets.UTF_8);
        HttpResponse<byte[]> streamed = send("/v1/films", r -> r.header("Authorization", "Bearer " + small).header("Content-Type", TEXT)
                .POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(large))));
        assertThat(problem(streamed, 413).get("limit").asText()).as("of a length that is not said").isEqualTo("upload-bytes");
        String id = json(as(small, "POST", "/v1/films", "A city.")).get("id").asText();
        table.put(new FilmState(1, new FilmRef("small", id, 1), "t", "phenaki", "cafe", Lane.BATCH, "rendering", Optional.empty(), 1, 4, 24, 8, 128, 128, 1, 1, 0, 0, FilmState.Seconds.NONE, 99,
                Instant.now(), Instant.now(), Optional.empty(), Optional.empty(), Optional.empty()));
        HttpResponse<byte[]> second = as(small, "POST", "/v1/films", "A river.");
        assertThat(problem(second, 429).get("limit").asText()).isEqualTo("unfinished-films");
        assertThat(second.headers().firstValue("Retry-After")).isPresent();
        assertThat(as(small, "PATCH", "/v1/films/" + id, "A river.").statusCode()).as("instead of the one it has").isEqualTo(202);
    }

    @Test
    void whatWasDoneAndRefusedIsWrittenDownBeforeItIsAnswered() throws Exception {
        HttpResponse<byte[]> made = as(alpha, "POST", "/v1/films", "A secret valley.", "X-Request-Id", "mine-1");
        String id = json(made).get("id").asText();
        String actor = "key:" + Secret.of(alpha).orElseThrow().id();
        assertThat(made.headers().firstValue("X-Request-Id")).contains("mine-1");
        assertThat(queue.trail).singleElement().satisfies(l -> {
            assertThat(l.at()).isBetween(Instant.now().minusSeconds(60), Instant.now());
            assertThat(l).isEqualTo(new AuditRecord(1, "alpha", actor, "alpha", "submitFilm", Optional.of(id), Optional.of(1), Optional.empty(), 202, Optional.empty(), "mine-1", l.at(), Optional.empty()));
        });
        as(alpha, "POST", "/v1/films/" + film + "/cancel", "");
        as(beta, "DELETE", "/v1/films/" + film, "");
        as(alpha, "POST", "/v1/films?steps=0", "A city.");
        String reader = key("alpha", "films:read");
        as(reader, "POST", "/v1/films", "A city.");
        as(alpha, "GET", "/v1/films", "");
        assertThat(queue.trail).extracting(l -> l.tenant() + " " + l.operation() + " " + l.status()).containsExactly("alpha submitFilm 202", "alpha cancelFilm 409", "beta deleteFilm 404",
                "alpha submitFilm 400", "alpha createKey 201", "alpha submitFilm 403");
        assertThat(queue.trail.get(4).actor()).isEqualTo("bootstrap");
        assertThat(queue.trail.get(4).target()).contains(Secret.of(reader).orElseThrow().id());
        assertThat(queue.trail.toString()).doesNotContain("valley");

        JsonNode lines = json(as(alpha, "GET", "/v1/audit?limit=2", ""));
        assertThat(lines.get("lines").findValuesAsText("operation")).containsExactly("submitFilm", "createKey");
        JsonNode older = json(as(alpha, "GET", "/v1/audit?limit=500&after=" + lines.get("next").asText(), ""));
        assertThat(older.get("lines").findValuesAsText("status")).containsExactly("400", "409", "202");
        assertThat(older.has("next")).isFalse();
        assertThat(json(as(alpha, "GET", "/v1/audit?film=" + film, "")).get("lines").findValuesAsText("operation")).containsExactly("cancelFilm");
        problem(as(alpha, "GET", "/v1/audit?after=x", ""), 400);
        JsonNode schema = JSON.readTree(get("/q/openapi?format=json").body()).at("/components/schemas/AuditLine/properties");
        lines.get("lines").forEach(l -> assertThat(schema.fieldNames()).toIterable().containsAll(() -> l.fieldNames()));
    }

    @Test
    void withoutTheTrailNoChangeIsAnsweredAndReadingGoesOn() throws Exception {
        queue.trailAway = true;
        HttpResponse<byte[]> made = as(alpha, "POST", "/v1/films", "A city.", "Idempotency-Key", "later");
        assertThat(problem(made, 503).get("type").asText()).isEqualTo("urn:longtake:problem:away");
        assertThat(made.headers().firstValue("Retry-After")).isPresent();
        assertThat(made.headers().firstValue("Location")).isEmpty();
        problem(as(beta, "DELETE", "/v1/films/" + film, ""), 503);
        assertThat(as(alpha, "GET", "/v1/films/" + film, "").statusCode()).isEqualTo(200);
        queue.trailAway = false;
        assertThat(as(alpha, "POST", "/v1/films", "A city.", "Idempotency-Key", "later").statusCode()).as("the same, sent again").isEqualTo(202);
        assertThat(queue.trail).extracting(Message::version).hasSize(1);
    }
}
