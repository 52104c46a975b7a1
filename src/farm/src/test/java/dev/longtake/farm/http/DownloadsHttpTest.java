package dev.longtake.farm.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longtake.contract.Digests;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import dev.longtake.engine.Frames;
import dev.longtake.media.picture.PictureLimits;
import dev.longtake.media.picture.PictureReader;
import io.quarkus.test.junit.QuarkusTest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Digests, names and links of finished films, and their lineage. */
@QuarkusTest
class DownloadsHttpTest extends HttpHarness {
    private static final byte[] FILM = "a film".getBytes();

    private String finished(String title, long bytes) throws Exception {
        String id = submit("A city.");
        String key = "tenants/default/films/" + id + "/r1/film.mp4";
        objects.put(key, FILM, "video/mp4");
        objects.put(key.replace("film.mp4", "manifest.json"), ("{\"version\":1,\"film\":{\"tenant\":\"default\",\"film\":\"" + id + "\",\"revision\":1},\"title\":\"t\",\"filmDigest\":\""
                + Digests.sha256(FILM) + "\",\"filmBytes\":" + bytes + ",\"segments\":[]}").getBytes(), "application/json");
        Instant at = Instant.now();
        table.put(new FilmState(1, new FilmRef("default", id, 1), title, "phenaki", "cafe", Lane.BATCH, "finished", Optional.empty(), 1, 4, 24, 8, 128, 128, 4, 4, 0, 0, FilmState.Seconds.NONE, 1, at, at,
                Optional.of(at), Optional.of(key), Optional.empty()));
        return id;
    }

    @Test
    void aFilmComesWithItsDigestAndASafeName() throws Exception {
        String path = "/v1/films/" + finished("a\"b\r\nX-Bad: 1 é", FILM.length) + "/content";
        String digest = "sha-256=:" + Base64.getEncoder().encodeToString(Digests.newSha256().digest(FILM)) + ":";
        for (HttpResponse<byte[]> answer : new HttpResponse[] {get(path), get(path, "Range", "bytes=0-1")}) {
            assertThat(answer.headers().firstValue("Repr-Digest")).contains(digest);
            assertThat(answer.headers().firstValue("ETag")).isPresent();
            assertThat(answer.headers().firstValue("X-Bad")).isEmpty();
            assertThat(answer.headers().firstValue("Content-Disposition").orElse("")).matches("inline; filename=\"[\\w .-]+\\.mp4\"; filename\\*=UTF-8''a%22b__X-Bad%3A%201%20%C3%A9\\.mp4");
        }
    }

    @Test
    void aManifestOfAnotherFilmIsNotBelieved() throws Exception {
        assertThat(get("/v1/films/" + finished("t", 5) + "/content").headers().firstValue("Repr-Digest")).isEmpty();
    }

    @Test
    void aSegmentHasAPictureAsSoonAsItsTailIsStored() throws Exception {
        Frames tail = new Frames(2, 2, 1, new byte[] {1, 2, 3, 4, 5, 6, (byte) 255, 0, 0, 0, 0, (byte) 255});
        String attempt = "0a".repeat(32) + "/b7";
        objects.put("tenants/default/segments/" + attempt + "/tail", tail.toBytes(), "application/octet-stream");
        HttpResponse<byte[]> picture = get("/v1/segments/" + attempt + "/thumbnail");
        assertThat(picture.statusCode()).isEqualTo(200);
        assertThat(picture.headers().firstValue("Content-Type")).contains("image/png");
        assertThat(picture.headers().firstValue("Cache-Control").orElse("")).contains("immutable").contains("private");
        assertThat(PictureReader.read(picture.body(), 2, 1, PictureLimits.DEFAULT)).as("its last frame").isEqualTo(tail.slice(1, 2));
        assertThat(get("/v1/segments/" + attempt + "/thumbnail", "If-None-Match", picture.headers().firstValue("ETag").orElseThrow()).statusCode()).isEqualTo(304);
        for (String none : new String[] {attempt.replace("b7", "b8"), attempt.replace("0a0a", "0b0b"), "x/b7", attempt + "%2F..", "..%2Ffilms/b7", attempt.toUpperCase(java.util.Locale.ROOT)}) {
            assertThat(problem(get("/v1/segments/" + none + "/thumbnail"), 404).get("type").asText()).isEqualTo("urn:longtake:problem:no-such-segment");
        }
    }

    @Test
    void aLinkLivesAsLongAsWasAskedAndNotLongerThanAllowed() throws Exception {
        String id = finished("A title", FILM.length);
        JsonNode link = json(get("/v1/films/" + id + "/link?expires=PT15M"));
        assertThat(link.get("url").asText()).contains("/r1/film.mp4?seconds=900").contains("attachment");
        assertThat(Duration.between(Instant.now(), Instant.parse(link.get("expires").asText()))).isBetween(Duration.ofMinutes(13), Duration.ofMinutes(16));
        assertThat(link.get("bytes").asLong()).isEqualTo(FILM.length);
        assertThat(link.get("sha256").asText()).isEqualTo(Digests.sha256(FILM));
        assertThat(json(get("/v1/films/" + id + "/link")).get("url").asText()).contains("seconds=3600");
        assertThat(json(get("/v1/films/" + id + "/link?expires=60&revision=1")).get("url").asText()).contains("seconds=60");
        for (String bad : new String[] {"0", "-1", "PT25H", "soon", "999999999"}) {
            assertThat(problem(get("/v1/films/" + id + "/link?expires=" + bad), 400).at("/errors/0/field").asText()).isEqualTo("expires");
        }
        problem(get("/v1/films/" + id + "/link?revision=2"), 404);
        problem(get("/v1/films/" + submit("A river.") + "/link"), 409);
    }

    @Test
    void lineageComesInPages() throws Exception {
        String id = submit("A city. A river.");
        JsonNode page = json(get("/v1/films/" + id + "/lineage?limit=5"));
        assertThat(page.get("segments")).hasSize(5);
        assertThat(page.get("decided").asBoolean()).isFalse();
        assertThat(page.at("/segments/4/prompt").asText()).isEqualTo("A river.");
        JsonNode rest = json(get("/v1/films/" + id + "/lineage?limit=5&after=" + page.get("next").asInt()));
        assertThat(rest.get("segments")).hasSize(3);
        assertThat(rest.has("next")).isFalse();
        problem(get("/v1/films/" + id + "/lineage?revision=7"), 404);
        problem(get("/v1/films/" + "0".repeat(24) + "/lineage"), 404);
        assertThat(problem(get("/v1/films/" + id + "/lineage?limit=0&colour=1"), 400).get("errors").findValuesAsText("field")).containsExactlyInAnyOrder("limit", "colour");
    }

    @Test
    void everythingWrongWithARequestIsSaidAtOnce() throws Exception {
        JsonNode problem = problem(post("/v1/films?steps=0", TEXT, "A city. [0s]", "Idempotency-Key", "two words"), 400);
        assertThat(problem.get("errors").findValuesAsText("field")).containsExactlyInAnyOrder("Idempotency-Key", "steps", "scenes[0].seconds");
        problem(get("/v1/films/" + submit("A city.") + "?colour=red"), 400);
        problem(post("/v1/films", "application/json", "[".repeat(100_000)), 400);
        problem(post("/v1/films", "application/json", "{\"scenes\":" + "[".repeat(1_000) + "]".repeat(1_000) + "}"), 400);
    }

    /** The description is written by hand: what is answered must be what it describes. */
    @Test
    void whatIsAnsweredIsDescribed() throws Exception {
        JsonNode description = JSON.readTree(get("/q/openapi?format=json").body());
        JsonNode schemas = description.at("/components/schemas");
        String id = finished("t", FILM.length);
        described(schemas.get("Revised"), json(send("PATCH", "/v1/films/" + id + "?dry_run=true", TEXT, "A lion.")));
        described(schemas.get("RevisionPlan"), json(get("/v1/films/" + id + "/revisions/1")));
        described(schemas.at("/RevisionPlan/properties/scenes/items"), json(get("/v1/films/" + id + "/revisions/1")).at("/scenes/0"));
        described(schemas.get("Revision"), json(get("/v1/films/" + id + "/revisions")).at("/revisions/0"));
        described(schemas.get("Lineage"), json(get("/v1/films/" + id + "/lineage")));
        described(schemas.at("/Lineage/properties/segments/items"), json(get("/v1/films/" + id + "/lineage")).at("/segments/0"));
        described(schemas.get("Link"), json(get("/v1/films/" + id + "/link")));
        for (String path : new String[] {"/v1/events", "/v1/films/{id}/events", "/v1/films/{id}/lineage", "/v1/films/{id}/link", "/v1/films/{id}/revisions", "/v1/films/{id}/revisions/{n}"}) {
            assertThat(description.get("paths").has(path)).as(path).isTrue();
        }
        assertThat(description.at("/paths/~1v1~1films~1{id}/patch/parameters").size()).isGreaterThan(5);
        assertThat(description.at("/paths/~1v1~1films~1{id}~1revisions/post/parameters").size()).as("what the document says twice").isGreaterThan(5);
    }

    private static void described(JsonNode schema, JsonNode answer) {
        assertThat(schema.get("properties").fieldNames()).toIterable().containsAll(() -> answer.fieldNames());
        for (JsonNode required : schema.get("required")) {
            assertThat(answer.has(required.asText())).as(required.asText() + " in " + answer).isTrue();
        }
    }
}
