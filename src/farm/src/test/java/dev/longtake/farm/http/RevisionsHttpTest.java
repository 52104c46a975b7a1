package dev.longtake.farm.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import io.quarkus.test.junit.QuarkusTest;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Other scenes, and another lane, for films that there are. */
@QuarkusTest
class RevisionsHttpTest extends HttpHarness {
    private static final String JSON_TYPE = "application/json";

    private FilmState state(String id, int revision, String state) {
        Optional<String> key = Optional.of("tenants/default/films/" + id + "/r" + revision + "/film.mp4").filter(k -> state.equals("finished"));
        Instant at = Instant.now();
        return new FilmState(1, new FilmRef("default", id, revision), "T", "phenaki", "cafe", Lane.BATCH, state, Optional.empty(), 2, 8, 48, 8, 128, 128, 8, 8, 0, 1, FilmState.Seconds.NONE, revision,
                at, at, Optional.of(at).filter(t -> key.isPresent()), key, Optional.empty());
    }

    @Test
    void otherScenesAreTextOrJsonAndTheAnswerSaysWhatIsRendered() throws Exception {
        String id = submit("A city. A river.");
        HttpResponse<byte[]> answer = patch("/v1/films/" + id, TEXT, "A city. A lion.");
        JsonNode revised = json(answer);
        assertThat(answer.statusCode()).as(revised.toString()).isEqualTo(202);
        assertThat(answer.headers().firstValue("Location").orElse("")).endsWith("/v1/films/" + id + "/revisions/2");
        assertThat(revised.get("revision").asInt()).isEqualTo(2);
        assertThat(revised.get("segments").asInt()).isEqualTo(8);
        assertThat(revised.get("reused").asInt()).isEqualTo(4);
        assertThat(revised.get("to_render").asInt()).isEqualTo(4);
        assertThat(queue.sent.get(1)).isInstanceOfSatisfying(FilmCommand.Revise.class, c -> assertThat(c.film().revision()).isEqualTo(2));

        revised = json(patch("/v1/films/" + id, JSON_TYPE, "{\"scenes\":[{\"prompt\":\"A city.\"},{\"prompt\":\"A lion.\"},{\"prompt\":\"A fish.\"}]}"));
        assertThat(revised.get("revision").asInt()).isEqualTo(3);
        assertThat(revised.get("reused").asInt()).isEqualTo(8);
        assertThat(revised.get("changed_scenes").toString()).isEqualTo("[2]");
    }

    @Test
    void aDryRunChangesNothing() throws Exception {
        String id = submit("A city. A river.");
        List<String> before = objects.list("");
        for (HttpResponse<byte[]> answer : List.of(patch("/v1/films/" + id + "?dry_run=true", TEXT, "A lion."), post("/v1/films/" + id + "/revisions?dry_run=true", TEXT, "A lion."))) {
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(json(answer).get("dry_run").asBoolean()).isTrue();
            assertThat(json(answer).get("to_render").asInt()).isEqualTo(4);
        }
        assertThat(objects.list("")).isEqualTo(before);
        assertThat(queue.sent).hasSize(1);
        assertThat(post("/v1/films/" + id + "/revisions", TEXT, "A lion.").statusCode()).isEqualTo(202);
    }

    private HttpResponse<byte[]> patchWithPicture(String path, String story, byte[] picture) throws Exception {
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        form.writeBytes(("--b\r\nContent-Disposition: form-data; name=\"story\"\r\n\r\n" + story + "\r\n--b\r\nContent-Disposition: form-data; name=\"start_image\"; filename=\"a.png\"\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        form.writeBytes(picture);
        form.writeBytes("\r\n--b--\r\n".getBytes(StandardCharsets.US_ASCII));
        return send(path, r -> r.header("Content-Type", "multipart/form-data; boundary=b").method("PATCH", HttpRequest.BodyPublishers.ofByteArray(form.toByteArray())));
    }

    @Test
    void aRevisionTakesAPictureKeepsItAndLetsItGo() throws Exception {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(20, 10, BufferedImage.TYPE_INT_RGB), "png", png);
        String id = submit("A city. A river.");
        String film = "/v1/films/" + id;
        assertThat(json(patchWithPicture(film + "?dry_run=true", "A city. A river.", png.toByteArray())).get("to_render").asInt()).isEqualTo(8);
        assertThat(pictures()).isEmpty();
        HttpResponse<byte[]> answer = patchWithPicture(film, "A city. A river.", png.toByteArray());
        assertThat(answer.statusCode()).as(json(answer).toString()).isEqualTo(202);
        assertThat(pictures()).hasSize(1);
        assertThat(json(patch(film, TEXT, "A city. A river.")).get("unchanged").asBoolean()).as("it stays").isTrue();
        JsonNode none = json(patch(film, JSON_TYPE, "{\"start_image\":null,\"scenes\":[{\"prompt\":\"A city.\"},{\"prompt\":\"A river.\"}]}"));
        assertThat(none.get("to_render").asInt()).isEqualTo(8);
        FilmState first = state(id, 1, "finished");
        table.take(first.film().revisionKey(), first);
        table.put(state(id, 2, "rendering"));
        assertThat(json(get(film + "/revisions/2?against=1")).get("changed").toString()).isEqualTo("[\"startImage\"]");
        JsonNode problem = problem(patchWithPicture(film + "?steps=0", "A city. [0s]", new byte[] {1, 2, 3}), 400);
        assertThat(problem.get("errors").findValuesAsText("field")).containsExactlyInAnyOrder("steps", "scenes[0].seconds", "start_image");
        assertThat(problem(patchWithPicture(film, "{\"lane\":\"interactive\"}", png.toByteArray()), 400).toString()).as("a picture is no part of a lane").contains("scenes");
        assertThat(problem(patchWithPicture(film, "A city.", new byte[(15 << 20)]), 413).at("/errors/0/field").asText()).isEqualTo("start_image");
    }

    @Test
    void whoeverComesSecondIsToldSo() throws Exception {
        String id = submit("A city. A river.");
        objects.put("tenants/default/films/" + id + "/r2/plan.json", "{}".getBytes(), JSON_TYPE);
        JsonNode problem = problem(patch("/v1/films/" + id, TEXT, "A lion."), 409);
        assertThat(problem.get("detail").asText()).contains("Revision 2");
        assertThat(queue.sent).hasSize(1);
    }

    @Test
    void everythingWrongWithARevisionIsSaidAtOnce() throws Exception {
        String id = submit("A city.");
        JsonNode problem = problem(patch("/v1/films/" + id + "?steps=0&colour=red", TEXT, "A city. [0s]"), 400);
        assertThat(problem.get("errors").findValuesAsText("field")).containsExactlyInAnyOrder("steps", "colour", "scenes[0].seconds");
        assertThat(problem(patch("/v1/films/" + id + "?dry_run=maybe", TEXT, "A city."), 400).at("/errors/0/field").asText()).isEqualTo("dry_run");
        problem(patch("/v1/films/" + id, TEXT, ""), 400);
        problem(patch("/v1/films/" + "0".repeat(24), TEXT, "A city."), 404);
        problem(patch("/v1/films/" + id, TEXT, "A".repeat((4 << 20) + 1)), 413);
        problem(patch("/v1/films/" + id, "application/xml", "<a/>"), 415);
        queue.away = true;
        problem(patch("/v1/films/" + id, TEXT, "A lion."), 503);
    }

    @Test
    void revisionsAreListedComparedAndDownloadedEachByItself() throws Exception {
        String id = submit("A city. A river.");
        patch("/v1/films/" + id, TEXT, "A city. A lion.");
        FilmState first = state(id, 1, "finished");
        objects.put(first.filmKey().orElseThrow(), "first".getBytes(), "video/mp4");
        table.take(first.film().revisionKey(), first);
        FilmState second = state(id, 2, "rendering");
        table.put(new FilmState(1, second.film(), "T", "phenaki", "cafe", Lane.BATCH, "rendering", Optional.empty(), 2, 8, 48, 8, 128, 128, 8, 8, 4, 1, FilmState.Seconds.NONE, 5, second.submitted(),
                second.submitted(), Optional.empty(), Optional.empty(), Optional.of(new FilmState.Kept(1, first.filmKey().orElseThrow()))));
        String film = "/v1/films/" + id;
        JsonNode list = json(get(film + "/revisions"));
        assertThat(list.get("revisions").findValuesAsText("state")).containsExactly("rendering", "finished");
        JsonNode plan = json(get(film + "/revisions/2"));
        assertThat(plan.get("against").asInt()).isEqualTo(1);
        assertThat(plan.get("reused").asInt()).isEqualTo(4);
        assertThat(plan.at("/scenes/1/segments/0/kept").asBoolean()).isFalse();
        assertThat(plan.at("/scenes/0/segments/0/key").asText()).hasSize(64);
        problem(get(film + "/revisions/3"), 404);
        problem(get(film + "/revisions/x"), 404);
        problem(get(film + "/revisions/2?limit=0&after=x"), 400);
        problem(get("/v1/films/" + "0".repeat(24) + "/revisions"), 404);

        assertThat(get(film + "/content").body()).as("while the second is rendering").isEqualTo("first".getBytes());
        assertThat(get(film + "/content?revision=1").body()).isEqualTo("first".getBytes());
        assertThat(problem(get(film + "/content?revision=2"), 409).get("state").asText()).isEqualTo("rendering");
        problem(get(film + "/content?revision=9"), 404);
        problem(get(film + "/content?revision=x"), 400);
    }

    @Test
    void aLaneIsChangedByItself() throws Exception {
        String id = submit("A city.");
        for (HttpResponse<byte[]> answer : List.of(patch("/v1/films/" + id, JSON_TYPE, "{\"lane\":\"interactive\"}"), patch("/v1/films/" + id + "?lane=interactive", TEXT, ""))) {
            assertThat(answer.statusCode()).isEqualTo(202);
            assertThat(queue.sent.get(queue.sent.size() - 1)).isInstanceOfSatisfying(FilmCommand.Reprioritise.class, c -> assertThat(c.lane()).isEqualTo(Lane.INTERACTIVE));
        }
        assertThat(problem(patch("/v1/films/" + id, JSON_TYPE, "{\"lane\":\"fast\"}"), 400).at("/errors/0/field").asText()).isEqualTo("lane");
        assertThat(problem(patch("/v1/films/" + id, JSON_TYPE, "{\"lane\":1,\"title\":\"x\"}"), 400).get("errors").findValuesAsText("field")).containsExactlyInAnyOrder("lane", "title");
        table.put(state(id, 1, "finished"));
        assertThat(problem(patch("/v1/films/" + id, JSON_TYPE, "{\"lane\":\"batch\"}"), 409).get("state").asText()).isEqualTo("finished");
        problem(patch("/v1/films/" + "0".repeat(24), JSON_TYPE, "{\"lane\":\"batch\"}"), 404);
    }
}
