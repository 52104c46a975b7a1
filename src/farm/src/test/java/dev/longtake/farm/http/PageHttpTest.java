package dev.longtake.farm.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import io.quarkus.test.junit.QuarkusTest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page as it is served, and what only it asks for. */
@QuarkusTest
class PageHttpTest extends HttpHarness {
    private static final Pattern ADDRESS = Pattern.compile("(?:src|href)=\"(/[^\"]*)\"|from '([^']+)'|import\\('?([^')]+)'?\\)|'(\\./[a-z]+\\.js)'");
    private static final int FIRST_LOAD = 200_000;

    private String text(String path) throws Exception {
        HttpResponse<byte[]> answer = get(path);
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    /** Everything that the page may load by itself, by path: what the HTML names, and what modules import. */
    private Map<String, String> loaded() throws Exception {
        Map<String, String> all = new LinkedHashMap<>();
        Deque<String> open = new ArrayDeque<>();
        open.add("/");
        while (!open.isEmpty()) {
            String path = open.remove();
            if (all.containsKey(path)) {
                continue;
            }
            String text = text(path);
            all.put(path, text);
            Matcher each = ADDRESS.matcher(path.equals("/") || path.startsWith("/studio/") && path.endsWith(".js") ? text : "");
            while (each.find()) {
                for (int g = 1; g <= each.groupCount(); g++) {
                    String to = each.group(g);
                    if (to != null && (to.startsWith("/studio/") || to.startsWith("/lib/") || to.startsWith("./"))) {
                        open.add(to.startsWith("./") ? "/studio/" + to.substring(2) : to);
                    }
                }
            }
        }
        return all;
    }

    @Test
    void allThatItLoadsIsThereAndSmall() throws Exception {
        Map<String, String> all = loaded();
        assertThat(all).containsKeys("/", "/studio/studio.css", "/studio/main.js", "/lib/lit-html.js", "/studio/write.js", "/studio/watch.js", "/studio/change.js", "/studio/compare.js",
                "/studio/library.js", "/studio/farm.js", "/studio/icon.svg");
        assertThat(all).as("the player is loaded with the first film").doesNotContainKey("/lib/hls.js");
        assertThat(all.values().stream().mapToInt(t -> t.getBytes(StandardCharsets.UTF_8).length).sum()).isLessThan(FIRST_LOAD);
        assertThat(text("/lib/hls.js")).contains("Hls");
        assertThat(text("/lib/hls.js.LICENSE")).contains("Apache License");
        assertThat(text("/lib/lit-html.LICENSE")).contains("BSD 3-Clause");
    }

    @Test
    void nothingIsInlineOrFromElsewhere() throws Exception {
        for (Map.Entry<String, String> part : loaded().entrySet()) {
            if (part.getKey().startsWith("/lib/")) {
                continue;
            }
            assertThat(part.getValue()).as(part.getKey()).doesNotContainPattern("https?://(?!www\\.w3\\.org/2000/svg)").doesNotContain("innerHTML", "unsafeHTML", "eval(", "document.write", "document.cookie")
                    .doesNotContainPattern("\\son[a-z]+=\"").doesNotContainPattern("\\sstyle=").doesNotContain("<style", "<script>");
        }
    }

    @Test
    void thePageAndNothingElseHasAPolicy() throws Exception {
        for (String path : new String[] {"/", "/index.html", "/studio/main.js", "/lib/lit-html.js"}) {
            HttpResponse<byte[]> answer = get(path);
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElse("")).as(path).contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe", "*");
            assertThat(answer.headers().allValues("Cache-Control")).as(path).containsExactly("no-cache");
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
        }
        assertThat(get("/v1/models").headers().firstValue("Content-Security-Policy")).isEmpty();
        problem(get("/v1/nothing"), 404);
        assertThat(get("/studio/nothing.js").statusCode()).isEqualTo(404);
    }

    @Test
    void aStoryIsOutlinedAndNothingIsKept() throws Exception {
        JsonNode outline = json(post("/v1/films/plan?preset=fast&seed=7", TEXT, "A city at night. [2s]\nA red fish swims. [3s#]\n"));
        assertThat(outline.get("scenes")).hasSize(2);
        assertThat(outline.at("/scenes/1/start").asText()).isEqualTo("cut");
        assertThat(outline.at("/scenes/0/frames").asInt() + outline.at("/scenes/1/frames").asInt()).isEqualTo(outline.get("frames").asInt()).isEqualTo(40);
        assertThat(outline.at("/scenes/0/segments").asInt() + outline.at("/scenes/1/segments").asInt()).isEqualTo(outline.get("segments").asInt());
        assertThat(outline.get("duration").asDouble()).isEqualTo(5);
        assertThat(outline.get("seed").asLong()).isEqualTo(7);
        assertThat(outline.has("estimate")).as("of what was never rendered nobody knows how long it takes").isFalse();
        assertThat(objects.list("")).isEmpty();
        assertThat(queue.sent).isEmpty();

        String bundle = json(get("/v1/models")).at("/models/0/bundle").asText();
        Instant at = Instant.now();
        table.put(new FilmState(1, new FilmRef("default", "0".repeat(24), 1), "", "phenaki", bundle, Lane.BATCH, "finished", Optional.empty(), 1, 4, 24, 8, 128, 128, 4, 4, 0, 0,
                new FilmState.Seconds(8, 0, 0), 1, at, at, Optional.of(at), Optional.empty(), Optional.empty()));
        try {
            JsonNode estimate = json(post("/v1/films/plan", TEXT, "A city at night. [2s]\nA red fish swims. [3s#]\n")).get("estimate");
            assertThat(estimate.get("each").asDouble()).isEqualTo(2);
            assertThat(estimate.get("seconds").asDouble()).isEqualTo(2.0 * outline.get("segments").asInt());
        } finally {
            table.remove("default/" + "0".repeat(24));
        }
    }

    @Test
    void whatIsWrongWithAStoryIsSaidAsForAFilm() throws Exception {
        JsonNode problem = problem(post("/v1/films/plan?steps=0", "application/json", "{\"scenes\":[{\"prompt\":\"A city.\"},{\"prompt\":\"\",\"seconds\":-1}]}"), 400);
        assertThat(problem.get("errors").findValuesAsText("field")).containsExactlyInAnyOrder("steps", "scenes[1].prompt", "scenes[1].seconds");
        problem(post("/v1/films/plan", "application/xml", "<a/>"), 415);
        problem(post("/v1/films/plan", TEXT, "A".repeat((4 << 20) + 1)), 413);
    }

    @Test
    void theFarmSaysWhatWaits() throws Exception {
        JsonNode before = json(get("/v1/farm"));
        assertThat(before.get("minutes")).hasSize(60);
        Instant at = Instant.now();
        FilmRef film = new FilmRef("default", "1".repeat(24), 1);
        table.put(new FilmState(1, film, "", "phenaki", "cafe", Lane.INTERACTIVE, "stalled", Optional.of("the store is away"), 1, 9, 54, 8, 128, 128, 2, 2, 0, 0, FilmState.Seconds.NONE, 1, at, at,
                Optional.empty(), Optional.empty(), Optional.empty()));
        try {
            JsonNode farm = json(get("/v1/farm"));
            assertThat(farm.get("stalled").asInt()).isEqualTo(before.get("stalled").asInt() + 1);
            assertThat(farm.get("queue").toString()).contains("{\"lane\":\"interactive\",\"tenant\":\"default\",\"films\":1,\"segments\":7,\"stalled\":1}");
        } finally {
            table.remove(film.filmKey());
        }
        assertThat(json(get("/v1/farm")).get("queue").toString()).doesNotContain("interactive");
        problem(get("/v1/farm?colour=red"), 400);
    }
}
