package dev.longtake.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longtake.media.FilmProbe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's first command, by the launcher. */
class RenderCommandIT {
    @TempDir
    Path dir;

    private record Ended(int status, String out, String err) {}

    private Ended run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Repository.root().resolve("longtake").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(dir.toFile()).redirectOutput(dir.resolve("out").toFile()).redirectError(dir.resolve("err").toFile());
        builder.environment().put("LONGTAKE_MAVEN_ARGS", "-o");
        Process process = builder.start();
        if (!process.waitFor(8, TimeUnit.MINUTES)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError("did not end: " + Files.readString(dir.resolve("err")));
        }
        return new Ended(process.exitValue(), Files.readString(dir.resolve("out")), Files.readString(dir.resolve("err")));
    }

    @Test
    void aStoryBecomesAFilmInTheCurrentFolderAndTheSecondTimeNothingIsRendered() throws Exception {
        Path story = Repository.root().resolve("examples/three-waves.txt");
        Ended ended = run("render", story.toString(), "--steps", "2", "--data", dir.resolve("data").toString());
        assertThat(ended.status()).as(ended.err()).isZero();
        FilmProbe probe = FilmProbe.of(dir.resolve("three-waves.mp4"));
        assertThat(probe.frames()).isEqualTo(56);
        assertThat(ended.out() + ended.err()).contains("three-waves.mp4").contains("generating").contains("film.mp4").doesNotContain("\u001b");

        Ended again = run("render", story.toString(), "--steps", "2", "--data", dir.resolve("data").toString(), "-o", dir.resolve("again.mp4").toString(), "--json");
        assertThat(again.status()).as(again.err()).isZero();
        assertThat(again.out().strip()).doesNotContain("\n");
        JsonNode json = new ObjectMapper().readTree(again.out());
        assertThat(json.get("frames").asInt()).isEqualTo(56);
        assertThat(json.get("scenes").asInt()).isEqualTo(3);
        assertThat(json.get("fps").asDouble()).isEqualTo(8);
        assertThat(json.get("width").asInt()).isEqualTo(128);
        assertThat(json.get("reused").asInt()).isEqualTo(json.get("segments").asInt()).isPositive();
        assertThat(json.get("seconds").get("generate").asDouble()).isEqualTo(0, within(1e-9));
        assertThat(json.get("seconds").get("total").asDouble()).isPositive();
        assertThat(Files.readAllBytes(dir.resolve("again.mp4"))).isEqualTo(Files.readAllBytes(dir.resolve("three-waves.mp4")));
    }

    @Test
    void whatTheUserMustChangeEndsWithTwoAndOneLine() throws Exception {
        Ended missing = run("render", "no-such-story.txt");
        assertThat(missing.status()).isEqualTo(2);
        assertThat(missing.out()).isEmpty();
        assertThat(missing.err().strip().lines().count()).isEqualTo(1);
        assertThat(missing.err()).contains("no-such-story.txt").doesNotContain("Exception");
        assertThat(Files.exists(dir.resolve("data"))).isFalse();
    }
}
