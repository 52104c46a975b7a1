package dev.longtake.farm.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every error under /v1/videos has the shape that its clients read, whoever refuses the request. */
@QuarkusTest
@TestProfile(VideoErrorsHttpTest.FewFilms.class)
class VideoErrorsHttpTest extends VideosHarness {
    /** So that the limit is reached. */
    public static class FewFilms implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("longtake.gateway.unfinished-films", "2", "longtake.gateway.videos.delete-patience", "PT0S", "longtake.gateway.image-bytes", "1048576");
        }
    }

    private record Bad(String what, String type, String body, int status, String param) {}

    private static List<Bad> bad() {
        String gif = "data:image/gif;base64,R0lGODdhAQABAAAAACwAAAAAAQABAAAC";
        return List.of(
                new Bad("no prompt", JSON_TYPE, "{}", 400, "prompt"),
                new Bad("an empty prompt", JSON_TYPE, body("", ""), 400, "prompt"),
                new Bad("a blank prompt", JSON_TYPE, body(" \n ", ""), 400, "prompt"),
                new Bad("a prompt of null", JSON_TYPE, "{\"prompt\":null}", 400, "prompt"),
                new Bad("a prompt that is a number", JSON_TYPE, "{\"prompt\":42}", 400, "prompt"),
                new Bad("a long prompt", JSON_TYPE, body("a".repeat(32_001), ""), 400, "prompt"),
                new Bad("half a character", JSON_TYPE, "{\"prompt\":\"A \\ud800 city.\"}", 400, "prompt"),
                new Bad("a prompt twice", FORM, field("prompt", "A city.") + field("prompt", "A river.") + END, 400, "prompt"),
                new Bad("malformed JSON", JSON_TYPE, "{\"prompt\":", 400, "body"),
                new Bad("no JSON at all", JSON_TYPE, "", 400, "body"),
                new Bad("a list", JSON_TYPE, "[]", 400, "body"),
                new Bad("a key twice", JSON_TYPE, "{\"prompt\":\"a\",\"prompt\":\"b\"}", 400, "body"),
                new Bad("a malformed form", "multipart/form-data; boundary=b", "no form", 400, "prompt"),
                new Bad("a form without a boundary", "multipart/form-data", field("prompt", "A city.") + END, 400, "body"),
                new Bad("another model", JSON_TYPE, body("A city.", "\"model\":\"sora-2\""), 400, "model"),
                new Bad("another size", JSON_TYPE, body("A city.", "\"size\":\"1280x720\""), 400, "size"),
                new Bad("no seconds", JSON_TYPE, body("A city.", "\"seconds\":0"), 400, "seconds"),
                new Bad("negative seconds", JSON_TYPE, body("A city.", "\"seconds\":\"-4\""), 400, "seconds"),
                new Bad("seconds that are none", JSON_TYPE, body("A city.", "\"seconds\":\"NaN\""), 400, "seconds"),
                new Bad("seconds that are a list", JSON_TYPE, body("A city.", "\"seconds\":[4]"), 400, "seconds"),
                new Bad("more than a day", JSON_TYPE, body("A city.", "\"seconds\":1e6"), 400, "seconds"),
                new Bad("more than an hour of one scene", JSON_TYPE, body("A city.", "\"seconds\":3601"), 400, "seconds"),
                new Bad("fewer than a chain needs", JSON_TYPE, body("A city.", "\"seconds\":0.1"), 400, "seconds"),
                new Bad("fewer than there are scenes", JSON_TYPE, body("A.\nB.\nC.\nD.", "\"seconds\":0.3"), 400, "seconds"),
                new Bad("others than the scenes have", JSON_TYPE, body("A city. [2s]", "\"seconds\":3"), 400, "seconds"),
                new Bad("a scene without time", JSON_TYPE, body("A city. [0s]", ""), 400, "seconds"),
                new Bad("a picture elsewhere", JSON_TYPE, body("A city.", "\"input_reference\":{\"image_url\":\"http://example.org/a.png\"}"), 400, "input_reference"),
                new Bad("a file kept elsewhere", JSON_TYPE, body("A city.", "\"input_reference\":{\"file_id\":\"file-1\"}"), 400, "input_reference"),
                new Bad("a picture that is none", JSON_TYPE, body("A city.", "\"input_reference\":\"data:image/png;base64,AAAA\""), 400, "input_reference"),
                new Bad("a picture of another kind", JSON_TYPE, body("A city.", "\"input_reference\":\"" + gif + "\""), 400, "input_reference"),
                new Bad("two pictures", JSON_TYPE, body("A city.", "\"input_reference\":{\"image_url\":\"data:image/png;base64,AAAA\",\"file_id\":\"f\"}"), 400, "input_reference"),
                new Bad("an unknown parameter", JSON_TYPE, body("A city.", "\"colour\":\"red\""), 400, "colour"),
                new Bad("an unknown file", FORM, field("prompt", "A city.") + "--b\r\nContent-Disposition: form-data; name=\"mask\"; filename=\"m.png\"\r\n\r\nx\r\n" + END, 400, "mask"),
                new Bad("an unknown preset", JSON_TYPE, body("A city.", "\"preset\":\"worst\""), 400, "preset"),
                new Bad("a seed that is none", JSON_TYPE, body("A city.", "\"seed\":1.5"), 400, "seed"),
                new Bad("another media type", "application/xml", "<prompt/>", 415, null),
                new Bad("a media type that is none", "nonsense", "A city.", 415, null),
                new Bad("too large a body", JSON_TYPE, body("A city.", "\"input_reference\":\"data:image/png;base64," + "A".repeat(4 << 20) + "\""), 413, "body"),
                new Bad("too large a form", FORM, field("prompt", "A city.") + field("input_reference", "A".repeat(3 << 20)) + END, 413, "body"));
    }

    @TestFactory
    List<DynamicTest> badInputIsNamedAndLeavesNothing() {
        return bad().stream().map(bad -> DynamicTest.dynamicTest(bad.what(), () -> {
            objects.list("").forEach(objects::delete);
            queue.sent.clear();
            String code = bad.status() == 415 ? "media_type" : bad.status() == 413 ? "too_large" : "invalid_value";
            JsonNode error = error(post("/v1/videos", bad.type(), bad.body()), bad.status(), bad.param(), code);
            assertThat(error.get("type").asText()).isEqualTo("invalid_request_error");
            assertThat(queue.sent).isEmpty();
            assertThat(objects.list("")).isEmpty();
        })).toList();
    }

    @Test
    void whatIsAllowedIsSaid() throws Exception {
        assertThat(error(create(body("A city.", "\"size\":\"1280x720\"")), 400, "size", "invalid_value").get("message").asText()).contains("128x128");
        assertThat(error(create(body("A city.", "\"model\":\"sora-2\"")), 400, "model", "invalid_value").get("message").asText()).contains("phenaki");
        assertThat(error(create(body("", "\"model\":\"x\",\"seconds\":0,\"hue\":\"red\"")), 400, "hue", "invalid_value").get("message").asText())
                .as("everything at once").contains("model:").contains("seconds:").contains("prompt:");
        error(send("/v1/videos", r -> r.POST(BodyPublishers.ofString("A city."))), 415, null, "media_type");
    }

    @Test
    void whatThereIsNotIs404() throws Exception {
        for (String id : List.of(NOBODY, "video_x", "nothing", "..%2F..%2Fetc", "0".repeat(24))) {
            error(get("/v1/videos/" + id), 404, null, "video_not_found");
            error(get("/v1/videos/" + id + "/content"), 404, null, "video_not_found");
            error(get("/v1/videos/" + id + "/content?variant=thumbnail"), 404, null, "video_not_found");
            error(send("/v1/videos/" + id, r -> r.DELETE()), 404, null, "video_not_found");
            error(post("/v1/videos/" + id + "/remix", JSON_TYPE, body("A lion.", "")), 404, null, "video_not_found");
        }
        error(post("/v1/videos/extensions", JSON_TYPE, body("A lion.", "\"seconds\":\"4\",\"video\":{\"id\":\"" + NOBODY + "\"}")), 404, null, "video_not_found");
        error(get("/v1/videos/" + NOBODY + "/nothing"), 404, null, "not_found");
        error(get("/v1/videos/" + NOBODY + "/content/more"), 404, null, "not_found");
        error(post("/v1/videos/edits", JSON_TYPE, "{}"), 405, null, "method_not_allowed");
    }

    @Test
    void otherMethodsAre405() throws Exception {
        error(send("/v1/videos", r -> r.method("PATCH", BodyPublishers.noBody())), 405, null, "method_not_allowed");
        error(send("/v1/videos", r -> r.DELETE()), 405, null, "method_not_allowed");
        error(send("/v1/videos/" + NOBODY, r -> r.method("PUT", BodyPublishers.ofString("{}"))), 405, null, "method_not_allowed");
        error(get("/v1/videos/" + NOBODY + "/remix"), 405, null, "method_not_allowed");
        error(send("/v1/videos/" + NOBODY + "/content", r -> r.DELETE()), 405, null, "method_not_allowed");
    }

    @Test
    void badQueriesAreNamed() throws Exception {
        for (String query : List.of("limit=0", "limit=101", "limit=x", "order=up", "after=" + NOBODY, "after=x", "colour=red", "limit=1&limit=2")) {
            error(get("/v1/videos?" + query), 400, query.substring(0, query.indexOf('=')), "invalid_value");
        }
        error(get("/v1/videos/" + NOBODY + "/content?variant=trailer"), 400, "variant", "invalid_value");
        error(get("/v1/videos/" + NOBODY + "?colour=red"), 400, "colour", "invalid_value");
        error(post("/v1/videos?preset=fast", JSON_TYPE, body("A city.", "")), 400, "preset", "invalid_value");
    }

    @Test
    void whatIsNotOverHasNoContentAndCannotBeExtended() throws Exception {
        String id = ok(create(body("A city.", ""))).get("id").asText();
        becomes(id, "rendering", 1, Optional.empty());
        HttpResponse<byte[]> content = get("/v1/videos/" + id + "/content", "Accept", "application/binary");
        error(content, 409, null, "wrong_state");
        assertThat(content.headers().firstValue("x-should-retry")).contains("false");
        error(post("/v1/videos/extensions", JSON_TYPE, body("A lion.", "\"video\":{\"id\":\"" + id + "\"}")), 409, null, "wrong_state");
        becomes(id, "failed");
        error(get("/v1/videos/" + id + "/content"), 409, null, "wrong_state");
        becomes(id, "finished");
        objects.list("").stream().filter(k -> k.endsWith("spritesheet.png")).forEach(objects::delete);
        error(get("/v1/videos/" + id + "/content?variant=spritesheet"), 404, null, "no_such_object");
    }

    @Test
    void remixesAndExtensionsAreCheckedAsVideosAre() throws Exception {
        String id = ok(create(body("A city.", ""))).get("id").asText();
        becomes(id, "finished");
        error(post("/v1/videos/" + id + "/remix", JSON_TYPE, "{}"), 400, "prompt", "invalid_value");
        error(post("/v1/videos/" + id + "/remix", JSON_TYPE, body("A lion.", "\"size\":\"128x128\"")), 400, "size", "invalid_value");
        error(post("/v1/videos/" + id + "/remix", TEXT, "A lion."), 415, null, "media_type");
        error(post("/v1/videos/extensions", JSON_TYPE, body("A lion.", "")), 400, "video", "invalid_value");
        error(post("/v1/videos/extensions", JSON_TYPE, body("A lion.", "\"steps\":3,\"video\":{\"id\":\"" + id + "\"}")), 400, "steps", "invalid_value");
        error(post("/v1/videos/extensions", JSON_TYPE, body("A lion.", "\"seconds\":\"none\",\"video\":{\"id\":\"" + id + "\"}")), 400, "seconds", "invalid_value");
        error(post("/v1/videos/extensions", FORM, field("prompt", "A lion.") + "--b\r\nContent-Disposition: form-data; name=\"video\"; filename=\"v.mp4\"\r\n\r\nx\r\n" + END), 400, "video", "invalid_value");
    }

    @Test
    void aFarmThatIsFullOrAwaySaysWhenToComeBack() throws Exception {
        queue.away = true;
        HttpResponse<byte[]> away = create(body("A city.", ""));
        assertThat(error(away, 503, null, "away").get("type").asText()).isEqualTo("server_error");
        assertThat(away.headers().firstValueAsLong("Retry-After")).hasValue(5);
        queue.away = false;
        for (String prompt : List.of("A city.", "A river.")) {
            becomes(ok(create(body(prompt, ""))).get("id").asText(), "rendering", 1, Optional.empty());
        }
        HttpResponse<byte[]> full = create(body("A lion.", ""));
        assertThat(error(full, 429, null, "rate_limit_exceeded").get("type").asText()).isEqualTo("rate_limit_error");
        assertThat(full.headers().firstValueAsLong("Retry-After")).hasValue(5);
        table.page("default", Optional.empty(), 10).orElseThrow().films().forEach(f -> table.remove(f.film().filmKey()));
    }

    @Test
    void theOtherFaceKeepsItsProblems() throws Exception {
        problem(get("/v1/films/nothing"), 404);
        problem(get("/v1/videosandmore"), 404);
    }
}
