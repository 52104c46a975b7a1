package dev.longtake.farm.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longtake.gateway.access.KeyTable;
import dev.longtake.gateway.films.FilmTable;
import dev.longtake.platform.store.ObjectStore;
import io.quarkus.test.common.http.TestHTTPResource;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;

/** Speaks to a gateway whose queue and store are in memory. */
abstract class HttpHarness {
    static final ObjectMapper JSON = new ObjectMapper();
    static final HttpClient HTTP = HttpClient.newHttpClient();
    static final String TEXT = "text/plain; charset=utf-8";

    @TestHTTPResource("/")
    URI root;

    @Inject
    ObjectStore objects;

    @Inject
    MemoryPorts.Queue queue;

    @Inject
    FilmTable table;

    @Inject
    KeyTable keys;

    @BeforeEach
    void empty() {
        objects.list("").forEach(objects::delete);
        queue.sent.clear();
        queue.put.clear();
        queue.away = false;
        keys.complete();
    }

    HttpResponse<byte[]> send(String path, UnaryOperator<HttpRequest.Builder> request) throws Exception {
        return HTTP.send(request.apply(HttpRequest.newBuilder(root.resolve(path))).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    HttpResponse<byte[]> send(String method, String path, String type, String body, String... headers) throws Exception {
        return send(path, r -> (headers.length == 0 ? r : r.headers(headers)).header("Content-Type", type).method(method, BodyPublishers.ofByteArray(body.getBytes(StandardCharsets.UTF_8))));
    }

    HttpResponse<byte[]> post(String path, String type, String body, String... headers) throws Exception {
        return send("POST", path, type, body, headers);
    }

    HttpResponse<byte[]> patch(String path, String type, String body) throws Exception {
        return send("PATCH", path, type, body);
    }

    HttpResponse<byte[]> get(String path, String... headers) throws Exception {
        return send(path, r -> headers.length == 0 ? r : r.headers(headers));
    }

    /** Submits a story and gives its film's id. */
    String submit(String story) throws Exception {
        return json(post("/v1/films", TEXT, story)).get("id").asText();
    }

    /** Names of the pictures that films begin with; the same picture has the same name beside each of its plans. */
    Set<String> pictures() {
        return objects.list("tenants/default/films/").stream().filter(k -> k.contains("/start-")).map(k -> k.substring(k.lastIndexOf('/') + 1)).collect(Collectors.toSet());
    }

    static JsonNode json(HttpResponse<byte[]> answer) throws Exception {
        return JSON.readTree(answer.body());
    }

    static JsonNode problem(HttpResponse<byte[]> answer, int status) throws Exception {
        JsonNode problem = json(answer);
        assertThat(answer.statusCode()).as(problem.toString()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Link").orElse("")).matches("</problems/[a-z-]+\\.md>; rel=\"help\"");
        assertThat(problem.get("title").asText()).isNotBlank();
        assertThat(problem.get("detail").asText()).isNotBlank();
        return problem;
    }
}
