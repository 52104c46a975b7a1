package dev.longtake.farm.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import dev.longtake.film.story.Vocabulary.Warning;
import dev.longtake.gateway.films.FilmTable;
import dev.longtake.gateway.films.FilmWarnings;
import dev.longtake.gateway.films.Films;
import dev.longtake.gateway.films.WorkerTable;
import dev.longtake.gateway.revisions.Revised;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A farm that answers as it is told, over real HTTP: each look at the film shows the next of its states. */
final class FakeFarm implements AutoCloseable {
    static final String ID = "0123456789abcdef01234567";
    static final byte[] CONTENT = "not really a film".getBytes(StandardCharsets.UTF_8);
    private static final ObjectMapper MAPPER = new ObjectMapper().findAndRegisterModules().disable(com.fasterxml.jackson.databind.SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);

    private final HttpServer server;
    private final List<String> states;
    final List<String> asked = new ArrayList<>();
    int refuseSubmissions;
    boolean cutShort;
    boolean warns;
    /** The last body that was sent. */
    byte[] body = {};

    FakeFarm(String... states) throws IOException {
        this.states = new ArrayList<>(List.of(states));
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private JsonNode film(String state) {
        FilmTable table = new FilmTable();
        Instant at = Instant.parse("2026-01-02T03:04:05Z");
        boolean finished = state.equals("finished");
        int accepted = finished ? 4 : 2;
        table.put(new FilmState(1, new FilmRef("default", ID, 1), "A title", "phenaki", "cafe", Lane.BATCH, state, Optional.of("scene 2: poison").filter(r -> state.equals("failed")), 2, 4,
                24, 8, 128, 128, accepted, accepted, 1, 1, new FilmState.Seconds(3.5, 0.5, 0.25), 1, at, at, Optional.of(at.plusSeconds(9)).filter(t -> finished),
                Optional.of("tenants/default/films/" + ID + "/r1/film.mp4").filter(k -> finished), Optional.empty()));
        ObjectNode film = MAPPER.valueToTree(new Films(null, null, table, new WorkerTable(Clock.systemUTC(), Duration.ofSeconds(10)), new FilmWarnings(null, null), Clock.systemUTC(), "cpu").find("default", ID).orElseThrow());
        if (warns) {
            film.putArray("warnings").addObject().put("field", "scenes[1].prompt").put("message", "the model was not taught horse; it draws something it knows").putArray("words").add("horse");
        }
        return film;
    }

    /** Whether this was asked for already. */
    synchronized boolean wasAsked(String request) {
        return asked.contains(request);
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().toString();
        asked.add(exchange.getRequestMethod() + " " + path);
        byte[] sent = exchange.getRequestBody().readAllBytes();
        body = sent.length > 0 ? sent : body;
        if (path.startsWith("/v1/films/" + ID + "/content")) {
            exchange.getResponseHeaders().add("Content-Type", "video/mp4");
            exchange.sendResponseHeaders(200, cutShort ? CONTENT.length + 5 : CONTENT.length);
            exchange.getResponseBody().write(CONTENT);
            if (cutShort) {
                exchange.getResponseBody().flush();
            }
        } else if (exchange.getRequestMethod().equals("POST") && path.startsWith("/v1/films?") && refuseSubmissions > 0) {
            problem(exchange, refuseSubmissions);
        } else if (path.startsWith("/v1/dead-letters")) {
            letters(exchange, path);
        } else if (path.equals("/v1/workers")) {
            json(exchange, 200, Map.of("workers", List.of(Map.of("id", "17-cafe", "pool", "cpu", "state", "resting", "device", "cpu bf16", "bundle", "0123456789abcdef",
                    "resting", Map.of("until", "2026-01-02T03:05:05Z", "reason", "failed on 2 jobs in a row"), "running", List.of(Map.of("film", ID, "segment", 2, "step", 3, "steps", 8))))));
        } else if (exchange.getRequestMethod().equals("PATCH")) {
            boolean dryRun = path.contains("dry_run=true");
            json(exchange, dryRun ? 200 : 202, new Revised(ID, 2, 1, dryRun, false, "A title", "batch", 2, 8, 4, 4, 48, 24, List.of(new Revised.ByScene(4, 0), new Revised.ByScene(4, 4)), List.of(1), 4, warns ? List.of(new Warning("scenes[1].prompt", "the model was not taught horse; it draws something it knows", List.of("horse"))) : List.of(),
                    new Revised.Links("/v1/films/" + ID, Optional.empty())));
        } else if (path.startsWith("/v1/films/" + ID + "/revisions/1")) {
            json(exchange, 200, Map.of("scenes", List.of(Map.of("prompt", "A city.", "segments", List.of(1, 2)), Map.of("prompt", "A river.", "segments", List.of(3, 4)))));
        } else if (path.startsWith("/v1/films/" + ID + "/lineage")) {
            json(exchange, 200, Map.of("segments", List.of(Map.of("segment", 0, "key", "k0", "attempt", "a0"), Map.of("segment", 1, "key", "k1", "stored", List.of(Map.of("attempt", "a1"))),
                    Map.of("segment", 2, "key", "k2", "stored", List.of()))));
        } else if (path.startsWith("/v1/films/" + ID + "/events")) {
            exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(("event: segment\nid: 0-7\ndata: {\"revision\":1,\"segment\":2,\"to\":\"accepted\",\"thumbnail\":\"/v1/segments/k2/a2/thumbnail\"}\n\n").getBytes(StandardCharsets.UTF_8));
        } else if (path.startsWith("/v1/segments/")) {
            java.io.ByteArrayOutputStream png = new java.io.ByteArrayOutputStream();
            javax.imageio.ImageIO.write(new java.awt.image.BufferedImage(8, 8, java.awt.image.BufferedImage.TYPE_INT_RGB), "png", png);
            exchange.sendResponseHeaders(200, png.size());
            png.writeTo(exchange.getResponseBody());
        } else if (path.startsWith("/v1/films/" + ID) || exchange.getRequestMethod().equals("POST")) {
            json(exchange, exchange.getRequestMethod().equals("POST") ? 202 : 200, film(states.size() > 1 ? states.remove(0) : states.get(0)));
        } else if (path.startsWith("/v1/films?")) {
            json(exchange, 200, Map.of("films", List.of(film(states.get(0)))));
        } else if (path.equals("/v1/models")) {
            json(exchange, 200, Map.of("models", List.of(Map.of("name", "a", "bundle", "aaaa", "isDefault", false, "card", Map.of()),
                    Map.of("name", "z", "bundle", "ffff", "isDefault", true, "card", Map.of("psnr_db", 30.5)))));
        } else {
            problem(exchange, 404);
        }
        exchange.close();
    }

    /** Two letters, of which the second can be put back and the first was. */
    private static void letters(HttpExchange exchange, String path) throws IOException {
        Map<String, Object> old = Map.of("id", "0-3", "kind", "message", "topic", "film-commands", "key", "default", "at", "2026-01-02T03:04:05Z", "reason", "FilmCommand of version 2",
                "extract", "{}", "copies", 2, "handled", Map.of("how", "requeued", "at", "2026-01-02T03:04:06Z"));
        Map<String, Object> open = Map.of("id", "0-4", "kind", "given-up", "topic", "segment-jobs.cpu.batch", "key", "default/" + ID, "film", ID, "at", "2026-01-02T03:04:05Z", "reason",
                "scene 2: poison", "extract", "{}", "copies", 1);
        if (exchange.getRequestMethod().equals("GET")) {
            json(exchange, 200, Map.of("letters", List.of(open, old)));
        } else if (path.startsWith("/v1/dead-letters/0-4/requeue")) {
            Map<String, Object> done = new java.util.HashMap<>(open);
            done.put("handled", Map.of("how", "retried", "at", "2026-01-02T03:04:07Z"));
            json(exchange, 202, done);
        } else {
            problem(exchange, 409);
        }
    }

    private static void problem(HttpExchange exchange, int status) throws IOException {
        json(exchange, status, Map.of("status", status, "detail", "No.", "errors", status == 400 ? List.of(Map.of("field", "model", "message", "no such model", "fix", "use another")) : List.of()));
    }

    private static void json(HttpExchange exchange, int status, Object body) throws IOException {
        byte[] bytes = MAPPER.writeValueAsBytes(body);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
