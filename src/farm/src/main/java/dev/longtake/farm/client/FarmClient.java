package dev.longtake.farm.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.DeserializationFeature;
import dev.longtake.gateway.films.FilmView;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A farm's HTTP interface. Every call is bounded in time; what the farm refuses is a {@link RefusedException} in its own words. */
public final class FarmClient {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper MAPPER = JsonMapper.builder().findAndAddModules().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    private final URI server;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();

    /** @param server such as {@code http://127.0.0.1:8080} */
    public FarmClient(URI server) {
        this.server = server;
    }

    /** The farm answered with a problem. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final int status;

        RefusedException(int status, String message) {
            super(message);
            this.status = status;
        }

        public int status() {
            return status;
        }
    }

    /** Whether the farm, its worker included, is ready. */
    public boolean ready() throws IOException {
        return send(request("/q/health/ready").GET().build(), HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    }

    /** @param json whether the story is JSON and never prose. @param parameters as {@code POST /v1/films} takes them */
    public FilmView submit(byte[] story, boolean json, Map<String, String> parameters) throws IOException, RefusedException {
        String query = parameters.entrySet().stream().map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8)).collect(Collectors.joining("&"));
        HttpRequest request = request("/v1/films" + (query.isEmpty() ? "" : "?" + query))
                .header("Content-Type", json ? "application/json" : "text/plain; charset=utf-8")
                .POST(HttpRequest.BodyPublishers.ofByteArray(story)).build();
        return view(json(request));
    }

    /** @return empty if the farm knows no such film */
    public Optional<FilmView> find(String id) throws IOException, RefusedException {
        try {
            return Optional.of(view(film(id)));
        } catch (RefusedException e) {
            if (e.status() == 404) {
                return Optional.empty();
            }
            throw e;
        }
    }

    public JsonNode film(String id) throws IOException, RefusedException {
        return json(request("/v1/films/" + segment(id)).GET().build());
    }

    /** All films, newest first, up to a number. */
    public JsonNode films(int limit) throws IOException, RefusedException {
        return json(request("/v1/films?limit=" + limit).GET().build());
    }

    public JsonNode models() throws IOException, RefusedException {
        return json(request("/v1/models").GET().build());
    }

    public JsonNode cancel(String id) throws IOException, RefusedException {
        return json(request("/v1/films/" + segment(id) + "/cancel").POST(HttpRequest.BodyPublishers.noBody()).build());
    }

    /** Saves a finished film; the file appears whole or not at all. */
    public void fetch(String id, Path to) throws IOException, RefusedException {
        HttpRequest request = HttpRequest.newBuilder(server.resolve("/v1/films/" + segment(id) + "/content")).GET().build();
        HttpResponse<InputStream> response = send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream in = response.body()) {
            if (response.statusCode() != 200) {
                throw refused(response.statusCode(), in.readAllBytes());
            }
            Path part = to.resolveSibling(to.getFileName() + ".part");
            try {
                long bytes = Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
                long expected = response.headers().firstValueAsLong("Content-Length").orElse(bytes);
                if (bytes != expected) {
                    throw new IOException("the film was cut short: " + bytes + " of " + expected + " bytes came");
                }
                Files.move(part, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
        }
    }

    public static FilmView view(JsonNode film) throws IOException {
        return MAPPER.treeToValue(film, FilmView.class);
    }

    private static String segment(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.resolve(path)).timeout(PATIENCE);
    }

    private JsonNode json(HttpRequest request) throws IOException, RefusedException {
        HttpResponse<byte[]> response = send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() / 100 != 2) {
            throw refused(response.statusCode(), response.body());
        }
        return MAPPER.readTree(response.body());
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) throws IOException {
        try {
            return http.send(request, handler);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("interrupted");
        }
    }

    private static RefusedException refused(int status, byte[] body) {
        List<String> lines = new ArrayList<>();
        try {
            JsonNode problem = MAPPER.readTree(body);
            for (JsonNode error : problem.path("errors")) {
                lines.add(error.path("field").asText() + ": " + error.path("message").asText() + "; " + error.path("fix").asText());
            }
            if (lines.isEmpty() && problem.hasNonNull("detail")) {
                lines.add(problem.get("detail").asText());
            }
        } catch (IOException e) {
            // Not a problem of this farm: something else answers there.
        }
        return new RefusedException(status, lines.isEmpty() ? "the server answered " + status : String.join("\n", lines));
    }
}
