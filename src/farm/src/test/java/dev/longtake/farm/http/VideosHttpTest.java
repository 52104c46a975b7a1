package dev.longtake.farm.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmState;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.PlanDocument;
import dev.longtake.film.plan.PlannedSegment;
import dev.longtake.film.plan.SegmentKey;
import dev.longtake.film.story.Scene;
import dev.longtake.gateway.films.Films;
import dev.longtake.gateway.videos.Videos;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Films as videos: what every operation answers, with queue and store in memory. */
@QuarkusTest
class VideosHttpTest extends VideosHarness {
    private static final List<String> KEYS = List.of("id", "object", "model", "status", "progress", "created_at", "completed_at", "expires_at", "prompt", "size", "seconds",
            "remixed_from_video_id", "error");

    @Inject
    Films films;

    private static byte[] png() throws Exception {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(20, 10, BufferedImage.TYPE_INT_RGB), "png", png);
        return png.toByteArray();
    }

    private String id(String prompt) throws Exception {
        return ok(create(body(prompt, ""))).get("id").asText();
    }

    private static List<String> keys(FilmPlan plan) {
        return plan.segments().stream().map(PlannedSegment::key).map(SegmentKey::hex).toList();
    }

    @Test
    void aVideoHasAllItsKeysAndIsTheSameFilmOnBothFaces() throws Exception {
        HttpResponse<byte[]> answer = post("/v1/videos", JSON_TYPE, body("A city. It is night.", "\"seconds\":\"2\",\"model\":\"phenaki\",\"size\":\"128x128\""), "Authorization", "Bearer anything");
        JsonNode video = ok(answer);
        assertThat(video.fieldNames()).toIterable().containsExactlyElementsOf(KEYS);
        assertThat(answer.headers().firstValueAsLong("openai-poll-after-ms")).hasValue(1_000);
        assertThat(video.get("id").asText()).matches("video_[0-9a-f]{24}");
        assertThat(video.get("object").asText()).isEqualTo("video");
        assertThat(video.get("model").asText()).isEqualTo("phenaki");
        assertThat(video.get("status").asText()).isEqualTo("queued");
        assertThat(video.get("progress").asInt()).isZero();
        assertThat(video.get("created_at").isIntegralNumber()).isTrue();
        assertThat(video.get("prompt").asText()).isEqualTo("A city. It is night.");
        assertThat(video.get("size").asText()).isEqualTo("128x128");
        assertThat(video.get("seconds").isTextual()).isTrue();
        assertThat(video.get("seconds").asText()).isEqualTo("2");
        for (String absent : List.of("completed_at", "expires_at", "remixed_from_video_id", "error")) {
            assertThat(video.get(absent).isNull()).as(absent).isTrue();
        }
        String film = video.get("id").asText().substring("video_".length());
        assertThat(json(get("/v1/films/" + film)).get("frames").asInt()).isEqualTo(16);
        assertThat(ok(get("/v1/videos/" + film)).get("id")).as("by the film's own id").isEqualTo(video.get("id"));
        JsonNode again = ok(get("/v1/videos/" + video.get("id").asText()));
        assertThat(again.fieldNames()).toIterable().containsExactlyElementsOf(KEYS);
        assertThat(again.get("prompt")).isEqualTo(video.get("prompt"));

        String other = submit("A city.\nA river.");
        JsonNode shown = ok(get("/v1/videos/video_" + other));
        assertThat(shown.fieldNames()).toIterable().containsExactlyElementsOf(KEYS);
        assertThat(shown.get("prompt").asText()).as("of a film that was sent to the other face").isEqualTo("A city.\nA river.");
    }

    @Test
    void statusProgressAndErrorsFollowTheFilm() throws Exception {
        String id = id("A city.");
        int segments = plan(id).plan().segments().size();
        assertThat(segments).isEqualTo(5);
        List<Integer> progress = new ArrayList<>();
        becomes(id, "queued");
        assertThat(ok(get("/v1/videos/" + id)).get("status").asText()).isEqualTo("queued");
        for (int accepted = 0; accepted <= segments; accepted++) {
            becomes(id, "rendering", accepted, Optional.empty());
            JsonNode video = ok(get("/v1/videos/" + id));
            assertThat(video.get("status").asText()).isEqualTo("in_progress");
            progress.add(video.get("progress").asInt());
        }
        assertThat(progress).containsExactly(0, 20, 40, 60, 80, 99);
        for (String state : List.of("paused", "stalled", "assembling")) {
            becomes(id, state, segments, Optional.empty());
            assertThat(ok(get("/v1/videos/" + id)).get("status").asText()).as(state).isEqualTo("in_progress");
        }
        becomes(id, "finished");
        HttpResponse<byte[]> answer = get("/v1/videos/" + id);
        assertThat(ok(answer).get("status").asText()).isEqualTo("completed");
        assertThat(json(answer).get("progress").asInt()).isEqualTo(100);
        assertThat(json(answer).get("completed_at").asLong()).isGreaterThanOrEqualTo(json(answer).get("created_at").asLong());
        assertThat(answer.headers().firstValue("openai-poll-after-ms")).as("it need not be looked at again").isEmpty();

        becomes(id, "cancelled", 2, Optional.empty());
        JsonNode cancelled = ok(get("/v1/videos/" + id));
        assertThat(cancelled.get("status").asText()).isEqualTo("failed");
        assertThat(cancelled.at("/error/code").asText()).isEqualTo("cancelled");
        assertThat(cancelled.at("/error/message").asText()).isNotBlank();
        assertThat(cancelled.get("progress").asInt()).isEqualTo(40);
        assertThat(cancelled.get("completed_at").isNull()).isTrue();
        becomes(id, "failed", 2, Optional.of("scene 1: the engine says no"));
        JsonNode failed = ok(get("/v1/videos/" + id));
        assertThat(failed.get("status").asText()).isEqualTo("failed");
        assertThat(failed.at("/error/code").asText()).isEqualTo("generation_failed");
        assertThat(failed.at("/error/message").asText()).isEqualTo("scene 1: the engine says no");
    }

    @Test
    void aPromptIsAsManyScenesAsItIsWrittenAs() throws Exception {
        record Case(String prompt, String more, List<String> prompts, List<Double> seconds) {}
        for (Case c : List.of(
                new Case("A city. It is night! A robot waits.", "", List.of("A city. It is night! A robot waits."), List.of(4.0)),
                new Case("A city.", "\"seconds\":2.5", List.of("A city."), List.of(2.5)),
                new Case("A city.", "\"seconds\":\"1e1\"", List.of("A city."), List.of(10.0)),
                new Case("{\"shot\": \"A city.\"}", "", List.of("{\"shot\": \"A city.\"}"), List.of(4.0)),
                new Case("A city.\nA river.\n\nA lion.\n", "\"seconds\":4", List.of("A city.", "A river.", "A lion."), List.of(10 / 8.0, 11 / 8.0, 11 / 8.0)),
                new Case("A city.\nA river.", "", List.of("A city.", "A river."), List.of(4.0, 4.0)),
                new Case("A city. [2s] A river. [#]", "\"seconds\":\"5\"", List.of("A city.", "A river."), List.of(2.0, 3.0)),
                new Case("A city. [2s]", "", List.of("A city."), List.of(2.0)))) {
            JsonNode video = ok(create(body(c.prompt(), c.more())));
            List<Scene> scenes = plan(video.get("id").asText()).story().scenes();
            assertThat(scenes).as(c.prompt()).extracting(Scene::prompt).isEqualTo(c.prompts());
            assertThat(scenes).as(c.prompt()).extracting(Scene::seconds).isEqualTo(c.seconds());
            assertThat(video.get("prompt").asText()).isEqualTo(c.prompt());
            assertThat(Double.parseDouble(video.get("seconds").asText())).isEqualTo(c.seconds().stream().mapToDouble(s -> s).sum());
        }
        assertThat(plan(id("A city. A river. [#]")).story().scenes().get(1).start()).isEqualTo(Scene.Start.CUT);
        assertThat(ok(create(body("a".repeat(32_000), ""))).get("prompt").asText()).hasSize(32_000);
    }

    @Test
    void formsAreReadAsSdksSendThemAndSettingsOfOursToo() throws Exception {
        JsonNode video = ok(post("/v1/videos", FORM, field("prompt", "Ein Pferd, m\u00fcde.") + field("seconds", "2") + field("preset", "fast") + field("seed", "7") + field("title", "T")
                + field("lane", "interactive") + END));
        PlanDocument plan = plan(video.get("id").asText());
        assertThat(video.get("prompt").asText()).isEqualTo("Ein Pferd, m\u00fcde.");
        assertThat(plan.settings().steps()).isEqualTo(8);
        assertThat(plan.seed()).isEqualTo(7);
        assertThat(plan.title()).isEqualTo("T");
        assertThat(submitted().lane().name()).isEqualTo("INTERACTIVE");
        assertThat(plan(id("A city.")).settings().steps()).as("as on the other face").isEqualTo(12);
        assertThat(plan(ok(create(body("A city.", "\"seed\":9,\"steps\":3,\"seconds\":null"))).get("id").asText()).settings().steps()).isEqualTo(3);
    }

    @Test
    void aReferencePictureIsTheFirstFrameHoweverItIsSent() throws Exception {
        byte[] png = png();
        String url = "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        form.writeBytes((field("prompt", "A city.") + "--b\r\nContent-Disposition: form-data; name=\"input_reference\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        form.writeBytes(png);
        form.writeBytes(("\r\n" + END).getBytes(StandardCharsets.US_ASCII));
        for (HttpResponse<byte[]> answer : List.of(send("/v1/videos", r -> r.header("Content-Type", FORM).POST(BodyPublishers.ofByteArray(form.toByteArray()))),
                post("/v1/videos", FORM, field("prompt", "A city.") + field("input_reference[image_url]", url) + END),
                create(body("A city.", "\"input_reference\":{\"image_url\":\"" + url + "\"}")),
                create(body("A city.", "\"input_reference\":\"" + url + "\"")))) {
            assertThat(plan(ok(answer).get("id").asText()).startImage()).isNotNull();
        }
        assertThat(pictures()).hasSize(1);
    }

    @Test
    void aRemixHasItsSourcesSettingsAndSaysWhereItComesFromAtEveryReplica() throws Exception {
        String source = ok(create(body("A city.\nA river.", "\"seconds\":3,\"seed\":5,\"steps\":4,\"guidance\":2"))).get("id").asText();
        JsonNode remix = ok(post("/v1/videos/" + source + "/remix", JSON_TYPE, body("A lion. It sleeps.", "")));
        String id = remix.get("id").asText();
        assertThat(id).isNotEqualTo(source);
        assertThat(remix.fieldNames()).toIterable().containsExactlyElementsOf(KEYS);
        assertThat(remix.get("remixed_from_video_id").asText()).isEqualTo(source);
        assertThat(remix.get("seconds").asText()).isEqualTo("3");
        PlanDocument plan = plan(id);
        assertThat(plan.settings()).isEqualTo(plan(source).settings());
        assertThat(plan.seed()).isEqualTo(5);
        assertThat(plan.story().scenes()).extracting(Scene::prompt).containsExactly("A lion. It sleeps.");
        assertThat(ok(post("/v1/videos/" + source + "/remix", JSON_TYPE, body("A lion. [1s]\nA dog. [2s]", ""))).get("seconds").asText()).isEqualTo("3");
        assertThat(ok(post("/v1/videos/" + source + "/remix", JSON_TYPE, body("A lion. [1s]\nA dog. [1s]", ""))).get("seconds").asText()).as("the prompt says how long").isEqualTo("2");

        assertThat(ok(get("/v1/videos/" + id)).get("remixed_from_video_id").asText()).isEqualTo(source);
        becomes(id, "finished");
        // A gateway that never heard of the request, as after a restart.
        Videos elsewhere = new Videos(objects, table, films, Duration.ZERO);
        assertThat(elsewhere.find("default", id).orElseThrow().remixedFrom()).isEqualTo(source);
        assertThat(elsewhere.find("default", id).orElseThrow().prompt()).isEqualTo("A lion. It sleeps.");

        // The other face gives it other scenes: it still is a remix, and nobody wrote its prompt.
        assertThat(patch("/v1/films/" + id.substring(6), TEXT, "A tiger.").statusCode()).isEqualTo(202);
        FilmCommand.Revise revise = (FilmCommand.Revise) queue.sent.get(queue.sent.size() - 1);
        PlanDocument.Origin origin = PlanDocument.fromBytes(objects.get(revise.planKey())).origin();
        assertThat(origin).isEqualTo(new PlanDocument.Origin(null, source.substring(6)));
    }

    @Test
    void anExtensionBeginsWithEverySegmentOfItsSource() throws Exception {
        String source = ok(create(body("A city. [2s] A river. [1.5s#]", "\"seed\":5,\"steps\":4"))).get("id").asText();
        becomes(source, "finished");
        for (HttpResponse<byte[]> answer : List.of(
                post("/v1/videos/extensions", JSON_TYPE, body("A lion.", "\"seconds\":\"2\",\"video\":{\"id\":\"" + source + "\"}")),
                post("/v1/videos/extensions", FORM, field("prompt", "A lion.") + field("seconds", "2") + field("video[id]", source) + END))) {
            JsonNode video = ok(answer);
            assertThat(video.fieldNames()).toIterable().containsExactlyElementsOf(KEYS);
            assertThat(video.get("seconds").asText()).as("the whole").isEqualTo("5.5");
            assertThat(video.get("prompt").asText()).isEqualTo("A lion.");
            assertThat(video.get("remixed_from_video_id").isNull()).isTrue();
            FilmPlan before = plan(source).plan();
            FilmPlan plan = plan(video.get("id").asText()).plan();
            assertThat(keys(plan).subList(0, before.segments().size())).isEqualTo(keys(before));
            assertThat(plan.segments().get(before.segments().size()).parent()).as("goes on from the tail").isEqualTo(before.segments().size() - 1);
            assertThat(plan.frames()).isEqualTo(before.frames() + 16);
        }
    }

    @Test
    void videosAreListedBothWays() throws Exception {
        List<String> made = new ArrayList<>();
        for (String prompt : List.of("A city.", "A river.", "A lion.")) {
            made.add(id(prompt));
            becomes(made.get(made.size() - 1), "queued");
            Thread.sleep(2);
        }
        JsonNode newest = ok(get("/v1/videos?limit=2"));
        assertThat(newest.fieldNames()).toIterable().containsExactlyInAnyOrder("object", "data", "first_id", "last_id", "has_more");
        assertThat(newest.get("object").asText()).isEqualTo("list");
        assertThat(newest.get("has_more").asBoolean()).isTrue();
        assertThat(ids(newest)).containsExactly(made.get(2), made.get(1));
        assertThat(newest.get("first_id").asText()).isEqualTo(made.get(2));
        assertThat(newest.get("last_id").asText()).isEqualTo(made.get(1));
        assertThat(newest.get("data").get(0).fieldNames()).toIterable().containsExactlyElementsOf(KEYS);
        assertThat(newest.at("/data/0/prompt").asText()).isEqualTo("A lion.");
        assertThat(ids(ok(get("/v1/videos?limit=1&after=" + made.get(1))))).containsExactly(made.get(0));
        JsonNode oldest = ok(get("/v1/videos?order=asc&limit=100"));
        assertThat(ids(oldest)).containsSubsequence(made);
        assertThat(ids(ok(get("/v1/videos?order=asc&after=" + made.get(0))))).startsWith(made.get(1), made.get(2));
        JsonNode end = ok(get("/v1/videos?order=asc&after=" + made.get(2)));
        assertThat(end.get("data")).isEmpty();
        assertThat(end.get("first_id").isNull()).isTrue();
        assertThat(end.get("has_more").asBoolean()).isFalse();
    }

    private static List<String> ids(JsonNode page) {
        return StreamSupport.stream(page.get("data").spliterator(), false).map(v -> v.get("id").asText()).toList();
    }

    @Test
    void deletingIsTheCommandOfTheOtherFaceAndIsSeenAtOnce() throws Exception {
        String id = id("A city.");
        becomes(id, "rendering", 1, Optional.empty());
        Thread scheduler = new Thread(() -> {
            FilmState state = table.find("default", id.substring(6)).orElseThrow();
            while (queue.sent.stream().noneMatch(FilmCommand.Delete.class::isInstance)) {
                Thread.onSpinWait();
            }
            table.put(new FilmState(1, state.film(), "", "phenaki", "cafe", state.lane(), "deleted", Optional.empty(), 0, 0, 0, 8, 128, 128, 0, 0, 0, -1, FilmState.Seconds.NONE, 99,
                    state.submitted(), state.updated(), Optional.empty(), Optional.empty(), Optional.empty()));
        });
        scheduler.start();
        JsonNode deleted = ok(send("/v1/videos/" + id, r -> r.DELETE()));
        assertThat(deleted.toString()).isEqualTo("{\"id\":\"" + id + "\",\"deleted\":true,\"object\":\"video.deleted\"}");
        scheduler.join();
        error(get("/v1/videos/" + id), 404, null, "video_not_found");
        error(send("/v1/videos/" + id, r -> r.DELETE()), 404, null, "video_not_found");
        problem(get("/v1/films/" + id.substring(6)), 404);
    }

    @Test
    void contentComesInEveryVariantWholeAndInParts() throws Exception {
        String id = id("A city.");
        becomes(id, "finished");
        String path = "/v1/videos/" + id + "/content";
        HttpResponse<byte[]> film = get(path, "Accept", "application/binary");
        assertThat(film.statusCode()).isEqualTo(200);
        assertThat(film.body()).asString().isEqualTo("a film");
        assertThat(film.headers().firstValue("Content-Type")).contains("video/mp4");
        assertThat(film.headers().firstValue("Content-Disposition").orElse("")).contains(id + ".mp4");
        assertThat(get(path + "?variant=video").body()).asString().isEqualTo("a film");
        HttpResponse<byte[]> thumbnail = get(path + "?variant=thumbnail", "Accept", "application/binary");
        assertThat(thumbnail.body()).asString().isEqualTo("a poster");
        assertThat(thumbnail.headers().firstValue("Content-Type")).contains("image/png");
        assertThat(get(path + "?variant=spritesheet").body()).asString().isEqualTo("sprites");
        HttpResponse<byte[]> part = get(path, "Range", "bytes=2-5");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).asString().isEqualTo("film");
        assertThat(part.headers().firstValue("Content-Range")).contains("bytes 2-5/6");
        assertThat(send(path, r -> r.method("HEAD", BodyPublishers.noBody())).headers().firstValueAsLong("Content-Length")).hasValue(6);
        HttpResponse<byte[]> outside = get(path, "Range", "bytes=6-");
        error(outside, 416, null, "range");
        assertThat(outside.headers().firstValue("Content-Range")).contains("bytes */6");
    }

    /** The description is written by hand: what is answered must be what it describes. */
    @Test
    void whatIsAnsweredIsDescribed() throws Exception {
        JsonNode description = JSON.readTree(get("/q/openapi?format=json").body());
        JsonNode schemas = description.at("/components/schemas");
        String id = id("A city.");
        described(schemas.get("Video"), ok(get("/v1/videos/" + id)));
        described(schemas.get("VideoList"), ok(get("/v1/videos")));
        described(schemas.get("VideoError"), json(get("/v1/videos/nothing")));
        described(schemas.at("/VideoError/properties/error"), json(get("/v1/videos/nothing")).get("error"));
        assertThat(description.get("paths").fieldNames()).toIterable().contains("/v1/videos", "/v1/videos/{id}", "/v1/videos/{id}/content", "/v1/videos/{id}/remix", "/v1/videos/extensions");
        // What is said to be known is known.
        ObjectNode all = JSON.createObjectNode();
        schemas.at("/VideoRequest/properties").fieldNames().forEachRemaining(name -> all.put(name, "x"));
        String message = json(create(all.toString())).at("/error/message").asText();
        assertThat(message).doesNotContain("unknown parameter").contains("model:", "seconds:", "input_reference:");
    }

    private static void described(JsonNode schema, JsonNode answer) {
        assertThat(schema.get("properties").fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(() -> answer.fieldNames());
        assertThat(schema.get("required")).hasSize(answer.size());
    }

    @Test
    void theSameKeyIsTheSameVideo() throws Exception {
        String first = ok(post("/v1/videos", JSON_TYPE, body("A city.", ""), "Idempotency-Key", "v1")).get("id").asText();
        assertThat(ok(post("/v1/videos", JSON_TYPE, body("A city.", ""), "Idempotency-Key", "v1")).get("id").asText()).isEqualTo(first);
        error(post("/v1/videos", JSON_TYPE, body("A river.", ""), "Idempotency-Key", "v1"), 422, null, "key_reused");
        error(post("/v1/videos/" + first + "/remix", JSON_TYPE, body("A city.", ""), "Idempotency-Key", "v1"), 422, null, "key_reused");
        error(post("/v1/videos", JSON_TYPE, body("A city.", ""), "Idempotency-Key", "two words"), 400, "Idempotency-Key", "invalid_value");
    }
}
