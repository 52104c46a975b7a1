package dev.longtake.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.Topics;
import dev.longtake.media.ClipReader;
import dev.longtake.media.FilmProbe;
import dev.longtake.platform.queue.TopicReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A film is watched while the real model renders it. */
@Timeout(900)
class WatchIT {
    private static final String STORY = "A futuristic city at night. [2s]\nA red fish swims to the right in the deep sea. [3s]\nThe beach near the city. [2s#]\n";
    private static final String PLAY_FRAGMENTS = """
            async playlist => {
              const text = await (await fetch(playlist)).text();
              const names = [...text.matchAll(/#EXT-X-MAP:URI="(.*)"|^([^#\\n]+)$/gm)].map(m => m[1] || m[2]);
              const video = document.createElement('video');
              video.muted = true;
              document.body.append(video);
              const source = new MediaSource();
              video.src = URL.createObjectURL(source);
              await new Promise(open => source.onsourceopen = open);
              let buffer;
              for (const name of names) {
                const bytes = new Uint8Array(await (await fetch(new URL(name, playlist))).arrayBuffer());
                if (!buffer) {
                  const at = new TextDecoder('latin1').decode(bytes).indexOf('avcC');
                  buffer = source.addSourceBuffer('video/mp4; codecs="avc1.' + [...bytes.slice(at + 5, at + 8)].map(b => b.toString(16).padStart(2, '0')).join('') + '"');
                }
                await new Promise((taken, refused) => {
                  buffer.onupdateend = taken;
                  buffer.onerror = () => refused(new Error('refused: ' + name));
                  buffer.appendBuffer(bytes);
                });
              }
              source.endOfStream();
              await new Promise((ended, failed) => {
                video.onended = ended;
                video.onerror = () => failed(new Error(video.error.message));
                video.play().catch(failed);
              });
              return video.duration + ' ' + video.buffered.length;
            }""";
    private static final String PLAY_PLAYLIST = """
            playlist => new Promise((ended, failed) => {
              const video = document.createElement('video');
              if (!video.canPlayType('application/vnd.apple.mpegurl')) {
                ended('none');
              }
              video.muted = true;
              video.onended = () => ended(String(Math.round(video.duration * 1000) / 1000));
              video.onerror = () => failed(new Error(video.error.message));
              video.src = playlist;
              video.play().catch(failed);
            })""";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    static Path dir;

    private static FarmProcess farm;
    private static TopicReader<FilmEvent> events;
    /** When the first segment of each revision became accepted, as its event was heard. */
    private static final Map<String, Instant> ACCEPTED = new ConcurrentHashMap<>();

    @BeforeAll
    static void start() throws Exception {
        Needs.time(2);
        farm = FarmProcess.up(dir.resolve("data"), Map.of());
        events = new TopicReader<>(farm.endpoints().get("kafka").asText(), Topics.FILM_EVENTS, FilmEvent.class, TopicReader.From.NOW, TopicReader.Unreadable.kept(), (key, event, partition, offset) -> {
            if (event instanceof FilmEvent.SegmentChanged s && s.index() == 0 && s.to().equals("accepted")) {
                ACCEPTED.putIfAbsent(s.film().revisionKey(), Instant.now());
            }
        });
        events.start();
    }

    @AfterAll
    static void stop() throws Exception {
        if (events != null) {
            events.close();
        }
        if (farm != null) {
            assertThat(farm.terminate()).as("exit status after SIGTERM").isIn(0, 143);
        }
    }

    /** Somebody who watches: knows what he was told, and checks that it stays. */
    private static final class Viewer {
        private final String address;
        private final List<String> entries = new ArrayList<>();
        private final Map<String, byte[]> fetched = new LinkedHashMap<>();
        private Instant first;
        private boolean over;

        Viewer(String film, int revision) {
            this.address = "/v1/films/" + film + "/hls/playlist.m3u8?revision=" + revision;
        }

        void look() throws Exception {
            HttpResponse<byte[]> answer = get(farm.url(address));
            if (answer.statusCode() == 409 || answer.statusCode() == 404) {
                assertThat(entries).as("what could be watched can still be").isEmpty();
                return;
            }
            assertThat(answer.statusCode()).isEqualTo(200);
            String playlist = new String(answer.body());
            List<String> now = new ArrayList<>();
            for (String line : playlist.lines().toList()) {
                if (line.startsWith("#EXT-X-MAP:URI=")) {
                    fetch(line.replaceAll("#EXT-X-MAP:URI=\"(.*)\"", "$1"));
                } else if (!line.startsWith("#")) {
                    now.add(line);
                }
            }
            assertThat(now.size()).isGreaterThanOrEqualTo(entries.size());
            assertThat(now.subList(0, entries.size())).isEqualTo(entries);
            for (String entry : now.subList(entries.size(), now.size())) {
                fetch(entry);
                entries.add(entry);
                first = first == null ? Instant.now() : first;
            }
            over = playlist.endsWith("#EXT-X-ENDLIST\n");
        }

        private void fetch(String name) throws Exception {
            if (!fetched.containsKey(name)) {
                HttpResponse<byte[]> answer = get(farm.url(address).resolve(name));
                assertThat(answer.statusCode()).as(name).isEqualTo(200);
                fetched.put(name, answer.body());
            }
        }

        void watch(Duration patience) throws Exception {
            Instant until = Instant.now().plus(patience);
            while (!over) {
                assertThat(Instant.now()).as("the playlist has ended by then: %s", entries).isBefore(until);
                look();
                Thread.sleep(50);
            }
        }

        Path film(String name) throws IOException {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            fetched.values().forEach(all::writeBytes);
            return Files.write(dir.resolve(name), all.toByteArray());
        }
    }

    private static HttpResponse<byte[]> get(URI address) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static void sameAsTheFilm(String id, Viewer viewer, String name) throws Exception {
        Path watched = viewer.film(name + "-watched.mp4");
        Path film = Files.write(dir.resolve(name + ".mp4"), farm.content(id));
        assertThat(FilmProbe.of(watched).monotonic()).isTrue();
        assertThat(ClipReader.read(watched)).isEqualTo(ClipReader.read(film));
    }

    @Test
    void aFilmIsWatchedWhileItRendersAndAnotherOfItsRevisionsToo() throws Exception {
        String id = farm.submit(STORY, "?steps=8&seed=5");
        Viewer viewer = new Viewer(id, 1);
        while (viewer.first == null) {
            viewer.look();
            Thread.sleep(20);
        }
        JsonNode then = farm.film(id);
        String key = Stored.TENANT + "/" + id + "/r1";
        Duration after = Duration.between(ACCEPTED.get(key), viewer.first);
        System.out.println("first fragment fetched " + after.toMillis() + " ms after the first segment was accepted, when " + then.get("accepted") + " of " + then.get("segments") + " were");
        assertThat(after).isLessThan(Duration.ofSeconds(10));
        assertThat(then.get("state").asText()).as("watched while it renders").isEqualTo("rendering");
        assertThat(then.at("/links/playlist").asText()).endsWith("/hls/playlist.m3u8?revision=1");
        viewer.watch(Duration.ofMinutes(5));
        farm.awaitFinished(id);
        sameAsTheFilm(id, viewer, "first");
        Viewer late = new Viewer(id, 1);
        late.look();
        assertThat(late.over).isTrue();
        assertThat(late.entries).isEqualTo(viewer.entries);

        // Somebody changes the second scene while the first two revisions are watched: the first stays, the second ends, the third goes on.
        revise(id, STORY.replace("A red fish", "A blue fish"));
        Viewer second = new Viewer(id, 2);
        while (second.first == null) {
            second.look();
            Thread.sleep(20);
        }
        System.out.println("a revision that keeps its beginning: first fragment at once, " + second.entries.size() + " entries");
        revise(id, STORY.replace("The beach", "The forest"));
        Viewer third = new Viewer(id, 3);
        second.watch(Duration.ofMinutes(2));
        third.watch(Duration.ofMinutes(5));
        farm.awaitFinished(id);
        sameAsTheFilm(id, third, "third");
        viewer.look();
        assertThat(viewer.over).isTrue();
        try (Stored stored = new Stored(farm.endpoints())) {
            // Of the revision that was replaced, what came behind its gap still waits, and goes when the revision goes.
            assertThat(stored.under("films/" + id + "/").stream().filter(k -> k.contains("/waiting/") && !k.contains("/r2/"))).isEmpty();
        }
    }

    /** Fragments as they lie in the store, their labels included, and the playlist with gathered entries. */
    @Test
    void aBrowserTakesTheFragmentsAsTheyAreAndPlaysThePlaylist() throws Exception {
        String chromium = Needs.chromium();
        String id = farm.submit("A blue fish swims in the ocean. [6s]\nThe coastline in daylight. [1s#]\n", "?steps=2");
        farm.awaitFinished(id);
        try (Playwright playwright = Playwright.create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
                Browser browser = playwright.chromium().launch(new BrowserType.LaunchOptions().setExecutablePath(Path.of(chromium))
                        .setArgs(List.of("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                                "--autoplay-policy=no-user-gesture-required")))) {
            Page page = browser.newPage();
            page.navigate(farm.url("/v1/films/" + id).toString());
            String playlist = farm.url("/v1/films/" + id + "/hls/playlist.m3u8?revision=1").toString();
            assertThat(page.evaluate(PLAY_FRAGMENTS, playlist).toString()).as("seconds, in one range").isEqualTo("7 1");
            String played = page.evaluate(PLAY_PLAYLIST, playlist).toString();
            System.out.println("native HLS: " + played);
            assertThat(played).as("seconds, or that this browser needs a library for it").isIn("7", "none");
        }
    }

    private static void revise(String id, String story) throws Exception {
        HttpResponse<String> answer = HTTP.send(HttpRequest.newBuilder(farm.url("/v1/films/" + id)).header("Content-Type", "text/plain; charset=utf-8")
                .method("PATCH", HttpRequest.BodyPublishers.ofString(story)).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    }
}
