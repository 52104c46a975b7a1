package dev.longtake.farm.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import dev.longtake.gateway.films.FilmTable;
import dev.longtake.gateway.films.Films;
import dev.longtake.gateway.films.WorkerTable;
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

    FakeFarm(String... states) throws IOException {
        this.states = new ArrayList<>(List.of(states));
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private Object film(String state) {
        FilmTable table = new FilmTable();
        Instant at = Instant.parse("2026-01-02T03:04:05Z");
        boolean finished = state.equals("finished");
        int accepted = finished ? 4 : 2;
        table.put(new FilmState(1, new FilmRef("default", ID, 1), "A title", "phenaki", "cafe", Lane.BATCH, state, Optional.of("scene 2: poison").filter(r -> state.equals("failed")), 2, 4,
                24, 8, 128, 128, accepted, accepted, 1, 1, new FilmState.Seconds(3.5, 0.5, 0.25), 1, at, at, Optional.of(at.plusSeconds(9)).filter(t -> finished),
                Optional.of("tenants/default/films/" + ID + "/r1/film.mp4").filter(k -> finished), Optional.empty()));
        return new Films(null, null, table, new WorkerTable(Clock.systemUTC(), Duration.ofSeconds(10)), Clock.systemUTC(), "cpu").find("default", ID).orElseThrow();
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().toString();
        asked.add(exchange.getRequestMethod() + " " + path);
        exchange.getRequestBody().readAllBytes();
        if (path.startsWith("/v1/films/" + ID + "/content")) {
            exchange.getResponseHeaders().add("Content-Type", "video/mp4");
            exchange.sendResponseHeaders(200, cutShort ? CONTENT.length + 5 : CONTENT.length);
            exchange.getResponseBody().write(CONTENT);
            if (cutShort) {
                exchange.getResponseBody().flush();
            }
        } else if (exchange.getRequestMethod().equals("POST") && path.startsWith("/v1/films?") && refuseSubmissions > 0) {
            problem(exchange, refuseSubmissions);
        } else if (path.startsWith("/v1/films/" + ID) || exchange.getRequestMethod().equals("POST")) {
            json(exchange, exchange.getRequestMethod().equals("POST") ? 202 : 200, film(states.size() > 1 ? states.remove(0) : states.get(0)));
        } else if (path.startsWith("/v1/films?")) {
            json(exchange, 200, Map.of("films", List.of(film(states.get(0)))));
        } else if (path.equals("/v1/models")) {
            json(exchange, 200, Map.of("models", List.of()));
        } else {
            problem(exchange, 404);
        }
        exchange.close();
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
