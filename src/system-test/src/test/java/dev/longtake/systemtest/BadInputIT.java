package dev.longtake.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Bad input gets one clear problem that names the field and the fix, and leaves no trace in Kafka or the object store. */
class BadInputIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String APPLICATION_JSON = "application/json";

    @TempDir
    static Path dir;

    private static FarmProcess farm;
    private static Traces traces;

    @BeforeAll
    static void start() throws Exception {
        farm = FarmProcess.up(dir.resolve("data"), java.util.Map.of());
        traces = new Traces(farm.endpoints());
    }

    @AfterAll
    static void stop() throws Exception {
        if (traces != null) {
            traces.close();
        }
        if (farm != null) {
            farm.close();
        }
    }

    private record Bad(String what, String contentType, byte[] body, String query, int status, String field) {
        Bad(String what, String contentType, String body, String query, int status, String field) {
            this(what, contentType, body.getBytes(StandardCharsets.UTF_8), query, status, field);
        }
    }

    private static List<Bad> bad() {
        String scene = "{\"prompt\":\"A city.\"}";
        List<Bad> all = new ArrayList<>();
        all.add(new Bad("empty story", TEXT, "", "", 400, "story"));
        all.add(new Bad("whitespace only", TEXT, " \n\t \n", "", 400, "story"));
        all.add(new Bad("invalid UTF-8", TEXT, new byte[] {'A', (byte) 0xc3, (byte) 0x28, '.'}, "", 400, "story"));
        all.add(new Bad("a prompt over 32,000 characters", APPLICATION_JSON, "{\"scenes\":[{\"prompt\":\"" + "a".repeat(32_001) + "\"}]}", "", 400, "scenes[0].prompt"));
        all.add(new Bad("over 10,000 scenes", TEXT, "A city.\n".repeat(10_001), "", 400, "scenes"));
        all.add(new Bad("a negative duration", APPLICATION_JSON, "{\"scenes\":[{\"prompt\":\"A city.\",\"seconds\":-1}]}", "", 400, "scenes[0].seconds"));
        all.add(new Bad("a duration of zero", APPLICATION_JSON, "{\"scenes\":[{\"prompt\":\"A city.\",\"seconds\":0}]}", "", 400, "scenes[0].seconds"));
        all.add(new Bad("an absurd duration", APPLICATION_JSON, "{\"scenes\":[{\"prompt\":\"A city.\",\"seconds\":1e9}]}", "", 400, "scenes[0].seconds"));
        all.add(new Bad("an absurd duration in text", TEXT, "A city. [99999s]", "", 400, "seconds"));
        all.add(new Bad("an unknown model", APPLICATION_JSON, "{\"model\":\"sora\",\"scenes\":[" + scene + "]}", "", 400, "model"));
        all.add(new Bad("malformed JSON", APPLICATION_JSON, "{\"scenes\":[", "", 400, "story"));
        all.add(new Bad("an unknown JSON field", APPLICATION_JSON, "{\"scenes\":[" + scene + "],\"colour\":1}", "", 400, "colour"));
        all.add(new Bad("an unknown scene field", APPLICATION_JSON, "{\"scenes\":[{\"prompt\":\"A city.\",\"lenght\":3}]}", "", 400, "scenes[0].lenght"));
        all.add(new Bad("wrong types", APPLICATION_JSON, "{\"scenes\":\"A city.\"}", "", 400, "scenes"));
        all.add(new Bad("a control character in the title", APPLICATION_JSON, "{\"title\":\"a\\u0007b\",\"scenes\":[" + scene + "]}", "", 400, "title"));
        all.add(new Bad("a path in the title", APPLICATION_JSON, "{\"title\":\"../../etc/passwd\",\"scenes\":[" + scene + "]}", "", 400, "title"));
        all.add(new Bad("steps out of range", TEXT, "A city.", "?steps=0", 400, "steps"));
        all.add(new Bad("an unknown parameter", TEXT, "A city.", "?stepz=4", 400, "stepz"));
        all.add(new Bad("a story over 4 MiB", TEXT, "A".repeat((4 << 20) + 1), "", 413, "story"));
        return all;
    }

    @TestFactory
    List<DynamicTest> eachIsRefusedByNameAndLeavesNoTrace() {
        return bad().stream().map(bad -> DynamicTest.dynamicTest(bad.what(), () -> {
            Traces.Count before = traces.count();
            HttpResponse<String> answer = farm.post("/v1/films" + bad.query(), bad.contentType(), bad.body());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(bad.status());
            assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
            JsonNode problem = JSON.readTree(answer.body());
            assertThat(problem.get("status").asInt()).isEqualTo(bad.status());
            assertThat(problem.get("title").asText()).isNotBlank();
            JsonNode error = problem.get("errors").get(0);
            assertThat(error.get("field").asText()).contains(bad.field());
            assertThat(error.get("message").asText()).isNotBlank();
            assertThat(error.get("fix").asText()).isNotBlank();
            assertThat(answer.body()).doesNotContain("Exception").doesNotContain("dev.longtake");
            assertThat(traces.count()).isEqualTo(before);
        })).toList();
    }

    @Test
    void aGoodStoryDoesLeaveTraces() throws Exception {
        Traces.Count before = traces.count();
        String id = farm.submit("A city. [1s]", "?steps=1");
        farm.awaitFinished(id);
        Traces.Count after = traces.count();
        assertThat(after.commands()).isGreaterThan(before.commands());
        assertThat(after.objects()).isGreaterThan(before.objects());
    }
}
