package dev.longtake.farm.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import dev.longtake.gateway.events.EventHub;
import dev.longtake.gateway.films.FilmIds;
import dev.longtake.media.fragment.Label;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every command of docs/api.md, as it stands there, one after the other. */
@QuarkusTest
@Timeout(120)
class ApiDocumentTest extends HttpHarness {
    private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path dir;

    @Inject
    EventHub hub;

    @Test
    void everyCommandOfThePageWorks() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "there is no curl");
        hub.begin(Map.of(0, 0L));
        // The film of the page is finished as soon as it is submitted.
        String id = FilmIds.of("default", Optional.of("day-1"));
        String key = "tenants/default/films/" + id + "/r1/film.mp4";
        objects.put(key, "a film".getBytes(StandardCharsets.UTF_8), "video/mp4");
        objects.put(key.replace("film.mp4", "hls/0.m4s"), Label.first(11_250, 72, "0".repeat(16), true).toBytes(), "video/mp4");
        objects.put(key.replace("film.mp4", "hls/init-" + "0".repeat(16) + ".mp4"), "described".getBytes(StandardCharsets.UTF_8), "video/mp4");
        Instant at = Instant.now();
        FilmState finished = new FilmState(1, new FilmRef("default", id, 1), "t", "phenaki", "cafe", Lane.BATCH, "finished", Optional.empty(), 3, 12, 72, 8, 128, 128, 12, 12, 0, 0,
                FilmState.Seconds.NONE, 1, at, at, Optional.of(at), Optional.of(key), Optional.empty());
        table.put(finished);
        String waiting = submit("A city.");
        String done = submit("A river.");
        String products = "tenants/default/films/" + done + "/r1/";
        for (String product : List.of("film.mp4", "poster.png", "spritesheet.png")) {
            objects.put(products + product, product.getBytes(StandardCharsets.UTF_8), "video/mp4");
        }
        table.put(new FilmState(1, new FilmRef("default", done, 1), "t", "phenaki", "cafe", Lane.BATCH, "finished", Optional.empty(), 1, 4, 24, 8, 128, 128, 4, 4, 0, 0,
                FilmState.Seconds.NONE, 1, at, at, Optional.of(at), Optional.of(products + "film.mp4"), Optional.empty()));

        List<String> blocks = BLOCK.matcher(Files.readString(Path.of("../../docs/api.md"))).results().map((MatchResult m) -> m.group(1)).toList();
        assertThat(blocks).hasSizeGreaterThan(6);
        ProcessBuilder shell = new ProcessBuilder("bash", "-euo", "pipefail", "-x", "-c", blocks.stream().collect(Collectors.joining("\n"))).directory(dir.toFile()).redirectErrorStream(true)
                .redirectOutput(dir.resolve("out").toFile());
        shell.environment().put("FARM", root.toString().replaceAll("/$", ""));
        shell.environment().put("WAITING", waiting);
        shell.environment().put("DONE", "video_" + done);
        Process process = shell.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(dir.resolve("out"))).isZero();
        assertThat(dir.resolve("first.mp4")).hasContent("a film");
        assertThat(dir.resolve("watched.mp4")).content(StandardCharsets.ISO_8859_1).startsWith("described").contains("longtake-fragments");
        assertThat(dir.resolve("film.json")).content().contains("\"id\":\"" + id + "\"");
        assertThat(dir.resolve("video.mp4")).hasContent("film.mp4");
        assertThat(dir.resolve("thumbnail.png")).hasContent("poster.png");
        assertThat(dir.resolve("spritesheet.png")).hasContent("spritesheet.png");
        assertThat(queue.sent).hasAtLeastOneElementOfType(FilmCommand.Revise.class).hasAtLeastOneElementOfType(FilmCommand.Reprioritise.class);
    }
}
