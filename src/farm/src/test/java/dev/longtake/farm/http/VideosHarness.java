package dev.longtake.farm.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.PlanDocument;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Optional;

/** Speaks to the second face, and plays the scheduler for it. */
abstract class VideosHarness extends HttpHarness {
    static final String JSON_TYPE = "application/json";
    static final String FORM = "multipart/form-data; boundary=b";
    static final String NOBODY = "video_" + "0".repeat(24);

    HttpResponse<byte[]> create(String json) throws Exception {
        return post("/v1/videos", JSON_TYPE, json);
    }

    /** A body with a prompt, and more fields as JSON. */
    static String body(String prompt, String more) {
        ObjectNode node = JSON.createObjectNode().put("prompt", prompt);
        String text = node.toString();
        return more.isEmpty() ? text : text.substring(0, text.length() - 1) + "," + more + "}";
    }

    /** A part of a form. */
    static String field(String name, String value) {
        return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    }

    static final String END = "--b--\r\n";

    static JsonNode ok(HttpResponse<byte[]> answer) throws Exception {
        JsonNode video = json(answer);
        assertThat(answer.statusCode()).as(video.toString()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith(JSON_TYPE);
        return video;
    }

    /** Checks the error's shape. */
    static JsonNode error(HttpResponse<byte[]> answer, int status, String param, String code) throws Exception {
        JsonNode root = json(answer);
        assertThat(answer.statusCode()).as(root.toString()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith(JSON_TYPE);
        assertThat(root.fieldNames()).toIterable().containsExactly("error");
        JsonNode error = root.get("error");
        assertThat(error.fieldNames()).toIterable().containsExactlyInAnyOrder("message", "type", "param", "code");
        assertThat(error.get("message").asText()).isNotBlank().doesNotContain("Exception").doesNotContain("dev.longtake");
        assertThat(error.get("type").asText()).isNotBlank();
        assertThat(error.get("code").asText()).as(root.toString()).isEqualTo(code);
        assertThat(error.get("param").isNull() ? null : error.get("param").asText()).as(root.toString()).isEqualTo(param);
        return error;
    }

    PlanDocument plan(String video) throws Exception {
        return PlanDocument.fromBytes(objects.get(ObjectKeys.plan(ref(video))));
    }

    static FilmRef ref(String video) {
        return new FilmRef("default", video.substring("video_".length()), 1);
    }

    /** What was submitted last. */
    FilmCommand.Submit submitted() {
        return (FilmCommand.Submit) queue.sent.get(queue.sent.size() - 1);
    }

    /** The scheduler speaks of a video. @param accepted segments of its plan */
    void becomes(String video, String state, int accepted, Optional<String> reason) throws Exception {
        FilmPlan plan = plan(video).plan();
        FilmRef film = ref(video);
        Optional<String> key = Optional.of(ObjectKeys.product(film, "film.mp4")).filter(k -> state.equals("finished"));
        key.ifPresent(k -> {
            objects.put(k, "a film".getBytes(), "video/mp4");
            objects.put(ObjectKeys.product(film, "poster.png"), "a poster".getBytes(), "image/png");
            objects.put(ObjectKeys.product(film, "spritesheet.png"), "sprites".getBytes(), "image/png");
        });
        Instant at = Instant.now();
        long sequence = table.find("default", film.film()).map(FilmState::sequence).orElse(0L) + 1;
        Instant submitted = table.find("default", film.film()).map(FilmState::submitted).orElse(at);
        table.put(new FilmState(1, film, "", "phenaki", plan.settings().bundle(), Lane.BATCH, state, reason, plan.story().scenes().size(), plan.segments().size(), (int) plan.frames(), 8, 128, 128,
                accepted, accepted, 0, 0, FilmState.Seconds.NONE, sequence, submitted, at, Optional.of(at).filter(t -> state.equals("finished")), key, Optional.empty()));
    }

    void becomes(String video, String state) throws Exception {
        becomes(video, state, state.equals("finished") ? plan(video).plan().segments().size() : 0, Optional.empty());
    }
}
