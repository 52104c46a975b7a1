package dev.longtake.farm.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import dev.longtake.engine.Frames;
import dev.longtake.media.ClipEncoder;
import dev.longtake.media.ClipReader;
import dev.longtake.media.FilmProbe;
import dev.longtake.stitcher.hls.Fragments;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Watching a film while it grows, over HTTP. */
@QuarkusTest
class PlaylistHttpTest extends HttpHarness {
    private static final Pattern ADDRESSES = Pattern.compile("#EXT-X-MAP:URI=\"(.*)\"|^([^#].*)$", Pattern.MULTILINE);
    private static final byte[] CLIP = ClipEncoder.encode(new Frames(6, 128, 128, new byte[6 * 128 * 128 * 3]), 8);

    @TempDir
    Path dir;

    private void publish(FilmRef film, int segments) {
        Fragments fragments = new Fragments(objects);
        for (int i = 0; i < segments; i++) {
            fragments.joined(film, i, CLIP);
        }
    }

    private void state(FilmRef film, String state, int frames, Instant updated, long sequence) {
        Instant submitted = Instant.EPOCH.plusSeconds(1);
        table.put(new FilmState(1, film, "t", "phenaki", "cafe", Lane.BATCH, state, Optional.empty(), 1, 4, frames, 8, 128, 128, 1, 1, 0, 0, FilmState.Seconds.NONE, sequence, submitted, updated,
                Optional.empty(), Optional.empty(), Optional.empty()));
    }

    private static String text(HttpResponse<byte[]> answer) {
        assertThat(answer.statusCode()).as(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo(200);
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private byte[] all(String playlist, String address) throws Exception {
        ByteArrayOutputStream film = new ByteArrayOutputStream();
        Matcher each = ADDRESSES.matcher(playlist);
        while (each.find()) {
            HttpResponse<byte[]> part = get(root.resolve(address).resolve(each.group(1) == null ? each.group(2) : each.group(1)).getPath());
            assertThat(part.statusCode()).isEqualTo(200);
            assertThat(part.headers().firstValue("Cache-Control").orElse("")).contains("immutable").startsWith("private");
            assertThat(part.headers().firstValue("Content-Type")).contains("video/mp4");
            film.writeBytes(part.body());
        }
        return film.toByteArray();
    }

    @Test
    void aFilmIsWatchedFromItsFirstClipToItsEnd() throws Exception {
        String id = submit("A city.");
        String address = "/v1/films/" + id + "/hls/playlist.m3u8?revision=1";
        assertThat(problem(get(address), 409).get("state").asText()).isEqualTo("queued");
        FilmRef film = new FilmRef("default", id, 1);
        state(film, "rendering", 180, Instant.now(), 1);
        assertThat(problem(get(address), 409).get("state").asText()).isEqualTo("rendering");
        publish(film, 1);
        HttpResponse<byte[]> first = get(address);
        assertThat(text(first)).contains("1/0.m4s").doesNotContain("ENDLIST");
        assertThat(first.headers().firstValue("Content-Type").orElse("")).startsWith("application/vnd.apple.mpegurl");
        assertThat(first.headers().firstValue("Cache-Control")).contains("private, max-age=1");
        assertThat(json(get("/v1/films/" + id)).at("/links/playlist").asText()).isEqualTo(address);
        publish(film, 30);
        state(film, "finished", 180, Instant.now(), 2);
        String over = text(get(address));
        assertThat(over).contains("1/6-11.m4s").endsWith("#EXT-X-ENDLIST\n");
        Path file = Files.write(dir.resolve("film.mp4"), all(over, address));
        assertThat(FilmProbe.of(file).frames()).isEqualTo(180);
        assertThat(FilmProbe.of(file).monotonic()).isTrue();
        assertThat(ClipReader.read(file).slice(174, 180)).isEqualTo(ClipReader.read(CLIP));
        assertThat(text(get("/v1/films/" + id + "/hls/playlist.m3u8"))).isEqualTo(over);
    }

    @Test
    void aPlaylistEndsWhenNothingComesAnyMore() throws Exception {
        String id = submit("A city.");
        String address = "/v1/films/" + id + "/hls/playlist.m3u8?revision=";
        FilmRef film = new FilmRef("default", id, 1);
        publish(film, 3);
        state(film, "failed", 180, Instant.now(), 1);
        assertThat(text(get(address + 1))).as("its last fragment may come a moment later").doesNotContain("ENDLIST");
        state(film, "failed", 180, Instant.now().minus(Duration.ofSeconds(11)), 2);
        assertThat(text(get(address + 1))).contains("1/2.m4s").endsWith("#EXT-X-ENDLIST\n");
        // Another revision takes over: who watches the first one is told that it is over, and may watch the other from its beginning.
        FilmRef second = new FilmRef("default", id, 2);
        table.take(film.revisionKey(), table.find("default", id).orElseThrow());
        state(second, "rendering", 180, Instant.now(), 3);
        publish(second, 1);
        assertThat(text(get(address + 1))).contains("1/2.m4s").endsWith("#EXT-X-ENDLIST\n");
        assertThat(text(get(address + 2))).contains("2/0.m4s").doesNotContain("1/").doesNotContain("ENDLIST");
        problem(get(address + 3), 404);
        problem(get(address + 0), 400);
        problem(get("/v1/films/" + id + "/hls/playlist.m3u8?colour=red"), 400);
    }

    @Test
    void whoKnowsTheBeginningGetsTheRest() throws Exception {
        String id = submit("A city.");
        FilmRef film = new FilmRef("default", id, 1);
        publish(film, 100);
        state(film, "rendering", 10_000, Instant.now(), 1);
        String delta = text(get("/v1/films/" + id + "/hls/playlist.m3u8?revision=1&_HLS_skip=YES&_HLS_msn=3"));
        assertThat(delta).contains("#EXT-X-SKIP:SKIPPED-SEGMENTS=").doesNotContain("1/0.m4s").contains("#EXT-X-PART:");
        assertThat(text(get("/v1/films/" + id + "/hls/playlist.m3u8?revision=1"))).contains("1/0.m4s").doesNotContain("SKIP:");
    }

    @Test
    void linksAreForWhatIsOver() throws Exception {
        String id = submit("A city.");
        FilmRef film = new FilmRef("default", id, 1);
        publish(film, 3);
        state(film, "rendering", 18, Instant.now(), 1);
        String address = "/v1/films/" + id + "/hls/playlist.m3u8?links=true&expires=600";
        assertThat(problem(get(address), 409).get("state").asText()).isEqualTo("rendering");
        state(film, "finished", 18, Instant.now(), 2);
        HttpResponse<byte[]> linked = get(address);
        assertThat(text(linked)).contains("#EXT-X-MAP:URI=\"http://store.invalid/tenants/default/films/" + id + "/r1/hls/init-").contains("/r1/hls/2.m4s?seconds=600").endsWith("#EXT-X-ENDLIST\n");
        assertThat(linked.headers().firstValue("Cache-Control")).contains("private, no-store");
        problem(get("/v1/films/" + id + "/hls/playlist.m3u8?links=true&expires=soon"), 400);
    }

    @Test
    void onlyFragmentsAreGivenOut() throws Exception {
        String id = submit("A city.");
        FilmRef film = new FilmRef("default", id, 1);
        publish(film, 3);
        objects.put("tenants/default/films/" + id + "/r1/hls/waiting/7", new byte[1], "text/plain");
        state(film, "rendering", 18, Instant.now(), 1);
        String below = "/v1/films/" + id + "/hls/";
        assertThat(get(below + "1/0-2.m4s").body().length).isEqualTo(get(below + "1/0.m4s").body().length + get(below + "1/1-2.m4s").body().length);
        for (String none : new String[] {"1/3.m4s", "1/0-3.m4s", "1/2-1.m4s", "1/init-0123456789abcdef.mp4", "1/waiting", "1/plan.json", "1/..%2Fplan.json", "1/waiting%2F7", "2/0.m4s", "01/0.m4s", "x/0.m4s"}) {
            problem(get(below + none), 404);
        }
        problem(get("/v1/films/" + "0".repeat(24) + "/hls/1/0.m4s"), 404);
        problem(get("/v1/films/" + "0".repeat(24) + "/hls/playlist.m3u8"), 404);
    }
}
