package dev.longtake.systemtest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longtake.contract.Topics;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.platform.queue.TopicReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The farm as a user starts it: {@code longtake up} in a process of its own, spoken to over HTTP. Closing it is SIGTERM, then, after
 * a grace period, a failure.
 */
final class FarmProcess implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration START = Duration.ofSeconds(180);
    private static final Duration STOP = Duration.ofSeconds(60);
    private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private final Process process;
    private final Path data;
    private final Path log;
    private final JsonNode endpoints;

    private FarmProcess(Process process, Path data, Path log, JsonNode endpoints) {
        this.process = process;
        this.data = data;
        this.log = log;
        this.endpoints = endpoints;
    }

    /**
     * Starts a farm on a data directory, on free ports, and waits until it and its worker are ready.
     *
     * @param environment more of it
     * @param options     more of them
     */
    static FarmProcess up(Path data, Map<String, String> environment, String... options) throws IOException, InterruptedException {
        Files.createDirectories(data);
        Path log = Files.createTempFile(data.getParent(), "farm", ".log");
        Path endpointsFile = data.resolve("farm.json");
        Files.deleteIfExists(endpointsFile);
        ProcessBuilder builder = new ProcessBuilder(Repository.command(List.of("-Xmx512m"),
                Stream.of(Stream.of("up", "--data", data.toString()), List.of(options).contains("--port") ? Stream.<String>empty() : Stream.of("--port", "0"), Stream.of(options))
                        .flatMap(part -> part).toArray(String[]::new)))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        Instant until = Instant.now().plus(START);
        while (Instant.now().isBefore(until)) {
            if (!process.isAlive()) {
                throw new IllegalStateException("the farm ended with " + process.exitValue() + "\n" + Files.readString(log));
            }
            if (Files.exists(endpointsFile)) {
                FarmProcess farm = new FarmProcess(process, data, log, JSON.readTree(endpointsFile.toFile()));
                if (farm.ready()) {
                    return farm;
                }
            }
            Thread.sleep(100);
        }
        process.destroyForcibly();
        throw new IllegalStateException("the farm was not ready after " + START + "\n" + Files.readString(log));
    }

    private boolean ready() {
        try {
            return get("/q/health/ready").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    URI url(String path) {
        return URI.create(endpoints.get("url").asText() + path);
    }

    JsonNode endpoints() {
        return endpoints;
    }

    Path data() {
        return data;
    }

    Process process() {
        return process;
    }

    HttpResponse<String> get(String path) throws IOException {
        return send(HttpRequest.newBuilder(url(path)).timeout(Duration.ofSeconds(20)).GET().build());
    }

    HttpResponse<String> post(String path, String contentType, byte[] body) throws IOException {
        return send(HttpRequest.newBuilder(url(path)).timeout(Duration.ofSeconds(30)).header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)).build());
    }

    private static HttpResponse<String> send(HttpRequest request) throws IOException {
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** Submits a text story. @return the film's id */
    String submit(String story, String query) throws IOException {
        HttpResponse<String> answer = post("/v1/films" + query, "text/plain; charset=utf-8", story.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        if (answer.statusCode() != 202) {
            throw new IllegalStateException("submit answered " + answer.statusCode() + ": " + answer.body());
        }
        return JSON.readTree(answer.body()).get("id").asText();
    }

    JsonNode film(String id) throws IOException {
        HttpResponse<String> answer = get("/v1/films/" + id);
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("film answered " + answer.statusCode() + ": " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    /** Waits until a film is in one of the states; fails at once if it ends in another. */
    JsonNode await(String id, Duration patience, String... states) throws IOException, InterruptedException {
        Instant until = Instant.now().plus(patience);
        JsonNode film = film(id);
        while (Instant.now().isBefore(until)) {
            film = film(id);
            String state = film.get("state").asText();
            if (List.of(states).contains(state)) {
                return film;
            }
            if (List.of("finished", "failed", "cancelled").contains(state)) {
                break;
            }
            Thread.sleep(200);
        }
        throw new IllegalStateException("film is not " + String.join(" or ", states) + " after " + patience + ": " + film + "\n" + tailOfLog());
    }

    JsonNode awaitFinished(String id) throws IOException, InterruptedException {
        return await(id, Duration.ofMinutes(6), "finished");
    }

    /** Waits until a film has at least so many accepted segments. */
    JsonNode awaitAccepted(String id, int accepted) throws IOException, InterruptedException {
        Instant until = Instant.now().plus(Duration.ofMinutes(4));
        while (Instant.now().isBefore(until)) {
            JsonNode film = film(id);
            if (film.get("accepted").asInt() >= accepted) {
                return film;
            }
            Thread.sleep(50);
        }
        throw new IllegalStateException("film has not " + accepted + " accepted segments: " + film(id) + "\n" + tailOfLog());
    }

    byte[] content(String id) throws IOException {
        try {
            HttpResponse<byte[]> answer = HTTP.send(HttpRequest.newBuilder(url("/v1/films/" + id + "/content")).build(), HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException("content answered " + answer.statusCode());
            }
            return answer.body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    String tailOfLog() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    }

    /** The supervised worker's process. */
    Optional<ProcessHandle> worker() {
        return process.descendants().filter(p -> p.info().commandLine().orElse("").contains("serve worker")).findFirst();
    }

    /** One of the farm's own log files. */
    String log(String name) throws IOException {
        return Files.readString(data.resolve("logs").resolve(name));
    }

    /** Waits until so many workers say that they live. */
    void awaitWorkers(int count) throws InterruptedException {
        java.util.Set<String> seen = java.util.concurrent.ConcurrentHashMap.newKeySet();
        try (TopicReader<WorkerHeartbeat> reader = new TopicReader<>(endpoints.get("kafka").asText(), Topics.WORKER_HEARTBEATS, WorkerHeartbeat.class, TopicReader.From.NOW, TopicReader.Unreadable.kept(),
                (key, beat, partition, offset) -> seen.add(beat.worker()))) {
            reader.start();
            Instant until = Instant.now().plus(START);
            while (seen.size() < count) {
                if (Instant.now().isAfter(until)) {
                    throw new IllegalStateException("only " + seen + " are there");
                }
                Thread.sleep(100);
            }
        }
    }

    /** kill -9 of the farm's own process; what it started must notice. */
    void killHard() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** SIGTERM, and waits for the end. @return the exit status */
    int terminate() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new IllegalStateException("the farm did not stop within " + STOP);
        }
        return process.exitValue();
    }

    @Override
    public void close() throws InterruptedException {
        if (process.isAlive()) {
            terminate();
        }
    }
}
