package dev.longtake.farm.client;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.DeserializationFeature;
import dev.longtake.film.story.Vocabulary.Warning;
import dev.longtake.gateway.films.FilmView;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** A farm's HTTP interface. Every call is bounded in time; what the farm refuses is a {@link RefusedException} in its own words. */
public final class FarmClient {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final int PAGE = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper MAPPER = JsonMapper.builder().findAndAddModules().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    private final URI server;
    private final Optional<String> key;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();

    /** As whoever {@code LONGTAKE_KEY} says. @param server such as {@code http://127.0.0.1:8080} */
    public FarmClient(URI server) {
        this(server, Optional.ofNullable(System.getenv("LONGTAKE_KEY")).map(String::strip).filter(k -> !k.isEmpty()));
    }

    /** @param key what to show to the farm; not an argument of the command line, which everybody on the machine can read */
    public FarmClient(URI server, Optional<String> key) {
        this.server = server;
        this.key = key;
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

    /** The address of a view of the farm's page. */
    public URI page(String view) {
        return server.resolve("/#" + view);
    }

    /** Whether the farm, its worker included, is ready. */
    public boolean ready() throws IOException {
        return send(request("/q/health/ready").GET().build(), HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    }

    /**
     * @param json       whether the story is JSON and never prose
     * @param parameters as {@code POST /v1/films} takes them
     * @param image      file of the picture the film begins with
     */
    public FilmView submit(byte[] story, boolean json, Map<String, String> parameters, Optional<byte[]> image) throws IOException, RefusedException {
        return view(submitted(story, json, parameters, image));
    }

    /** As {@link #submit}, with all that the farm answers. */
    public JsonNode submitted(byte[] story, boolean json, Map<String, String> parameters, Optional<byte[]> image) throws IOException, RefusedException {
        return json(story("POST", "/v1/films", parameters, StoryForm.of(story, json, image)));
    }

    /** Other scenes for a film. @param image another picture that it begins with. @param dryRun only to know what that would come to */
    public JsonNode revise(String id, byte[] story, boolean json, Map<String, String> parameters, Optional<byte[]> image, boolean dryRun) throws IOException, RefusedException {
        Map<String, String> all = new LinkedHashMap<>(parameters);
        if (dryRun) {
            all.put("dry_run", "true");
        }
        return json(story("PATCH", "/v1/films/" + segment(id), all, StoryForm.of(story, json, image)));
    }

    private HttpRequest story(String method, String path, Map<String, String> parameters, StoryForm form) {
        String query = parameters.entrySet().stream().map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8)).collect(Collectors.joining("&"));
        return request(path + (query.isEmpty() ? "" : "?" + query)).header("Content-Type", form.contentType()).method(method, HttpRequest.BodyPublishers.ofByteArray(form.body())).build();
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

    /** What has pages, page by page, all of it read. @param path without a query */
    public List<JsonNode> pages(String path) throws IOException, RefusedException {
        List<JsonNode> pages = new ArrayList<>();
        String after = "";
        do {
            JsonNode page = json(request(path + "?limit=" + PAGE + (after.isEmpty() ? "" : "&after=" + segment(after))).GET().build());
            pages.add(page);
            after = page.path("next").asText("");
        } while (!after.isEmpty());
        return pages;
    }

    /** What lies under a path of the farm's, such as a picture. */
    public byte[] bytes(String path) throws IOException, RefusedException {
        HttpResponse<byte[]> response = send(request(path).GET().build(), HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw refused(response.statusCode(), response.body());
        }
        return response.body();
    }

    /**
     * Listens to a film until the connection ends.
     *
     * @param last  id of the last event that was heard; from now on if empty
     * @param heard called once events are heard
     * @param event called with the name and the data of each
     * @return id of the last event
     */
    public Optional<String> events(String id, Optional<String> last, Runnable heard, BiConsumer<String, JsonNode> event) throws IOException, RefusedException {
        // Without a time limit: it lasts as long as the film does.
        HttpRequest.Builder request = known(HttpRequest.newBuilder(server.resolve("/v1/films/" + segment(id) + "/events"))).header("Accept", "text/event-stream");
        last.ifPresent(l -> request.header("Last-Event-ID", l));
        HttpResponse<InputStream> response = send(request.GET().build(), HttpResponse.BodyHandlers.ofInputStream());
        Optional<String> newest = last;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            if (response.statusCode() != 200) {
                throw refused(response.statusCode(), lines.lines().collect(Collectors.joining("\n")).getBytes(StandardCharsets.UTF_8));
            }
            heard.run();
            String name = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event:")) {
                    name = line.substring("event:".length()).strip();
                } else if (line.startsWith("id:")) {
                    newest = Optional.of(line.substring("id:".length()).strip());
                } else if (line.startsWith("data:")) {
                    event.accept(name, MAPPER.readTree(line.substring("data:".length())));
                }
            }
        } catch (IOException e) {
            // The connection was lost: what was heard counts.
            return newest;
        }
        return newest;
    }

    public JsonNode models() throws IOException, RefusedException {
        return json(request("/v1/models").GET().build());
    }

    public JsonNode workers() throws IOException, RefusedException {
        return json(request("/v1/workers").GET().build());
    }

    /** Dead letters, newest first, up to a number. */
    public JsonNode deadLetters(Optional<String> film, int limit) throws IOException, RefusedException {
        return json(request("/v1/dead-letters?limit=" + limit + film.map(f -> "&film=" + segment(f)).orElse("")).GET().build());
    }

    /** @param force even if it was done before */
    public JsonNode requeue(String letter, boolean force) throws IOException, RefusedException {
        return json(request("/v1/dead-letters/" + segment(letter) + "/requeue" + (force ? "?force=true" : "")).POST(HttpRequest.BodyPublishers.noBody()).build());
    }

    public JsonNode keys(Optional<String> tenant) throws IOException, RefusedException {
        return json(request("/v1/keys" + tenant.map(t -> "?tenant=" + segment(t)).orElse("")).GET().build());
    }

    /** @param wish as {@code POST /v1/keys} takes it. @return the key with its secret */
    public JsonNode createKey(Map<String, Object> wish) throws IOException, RefusedException {
        return json(request("/v1/keys").header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofByteArray(MAPPER.writeValueAsBytes(wish))).build());
    }

    public JsonNode revokeKey(String id) throws IOException, RefusedException {
        return json(request("/v1/keys/" + segment(id)).DELETE().build());
    }

    public JsonNode cancel(String id) throws IOException, RefusedException {
        return json(request("/v1/films/" + segment(id) + "/cancel").POST(HttpRequest.BodyPublishers.noBody()).build());
    }

    /** Saves a finished film; the file appears whole or not at all. */
    public void fetch(String id, Path to) throws IOException, RefusedException {
        HttpRequest request = known(HttpRequest.newBuilder(server.resolve("/v1/films/" + segment(id) + "/content"))).GET().build();
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

    /** What the farm warned of in its answer. */
    public static List<Warning> warnings(JsonNode answer) {
        return MAPPER.convertValue(answer.hasNonNull("warnings") ? answer.get("warnings") : MAPPER.createArrayNode(), new TypeReference<>() { });
    }

    private static String segment(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8);
    }

    private HttpRequest.Builder request(String path) {
        return known(HttpRequest.newBuilder(server.resolve(path)).timeout(PATIENCE));
    }

    private HttpRequest.Builder known(HttpRequest.Builder request) {
        return key.map(k -> request.header("Authorization", "Bearer " + k)).orElse(request);
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
