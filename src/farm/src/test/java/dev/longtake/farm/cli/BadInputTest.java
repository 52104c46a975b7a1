package dev.longtake.farm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.servers.DataDirectory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What a user gets wrong on the command line: one line that names it and the fix, status 2, and nothing was started or written. */
@Timeout(60)
class BadInputTest {
    @TempDir
    Path dir;

    private Path story(String name, byte[] bytes) throws IOException {
        return Files.write(dir.resolve(name), bytes);
    }

    private Path story(String name, String text) throws IOException {
        return story(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private record Bad(String what, String field, String... arguments) {}

    private List<Bad> bad() throws IOException {
        String good = story("good.txt", "A city.").toString();
        List<Bad> all = new ArrayList<>();
        all.add(new Bad("empty story", "story", "render", story("empty.txt", "").toString()));
        all.add(new Bad("whitespace only", "story", "render", story("blank.txt", " \n\t\n").toString()));
        all.add(new Bad("invalid UTF-8", "story", "render", story("latin.txt", new byte[] {'A', (byte) 0xc3, 0x28}).toString()));
        all.add(new Bad("a long prompt", "scenes[0].prompt", "render", story("long.json", "{\"scenes\":[{\"prompt\":\"" + "a".repeat(32_001) + "\"}]}").toString()));
        all.add(new Bad("many scenes", "scenes", "render", story("many.txt", "A city.\n".repeat(10_001)).toString()));
        all.add(new Bad("a negative duration", "scenes[0].seconds", "render", story("negative.txt", "A city. [-1s]").toString()));
        all.add(new Bad("a duration of zero", "scenes[0].seconds", "render", story("zero.txt", "A city. [0s]").toString()));
        all.add(new Bad("an absurd duration", "scenes[0].seconds", "render", story("absurd.txt", "A city. [99999s]").toString()));
        all.add(new Bad("an unknown model", "model", "render", story("model.json", "{\"model\":\"sora\",\"scenes\":[{\"prompt\":\"A city.\"}]}").toString()));
        all.add(new Bad("malformed JSON", "story", "render", story("malformed.json", "{\"scenes\":[").toString()));
        all.add(new Bad("prose in a JSON file", "story", "render", story("prose.json", "A city.").toString()));
        all.add(new Bad("an unknown field", "colour", "render", story("field.json", "{\"colour\":1,\"scenes\":[{\"prompt\":\"A city.\"}]}").toString()));
        all.add(new Bad("a wrong type", "scenes", "render", story("type.json", "{\"scenes\":3}").toString()));
        all.add(new Bad("a control character in the title", "title", "render", story("control.json", "{\"title\":\"a\\u0007\",\"scenes\":[{\"prompt\":\"A city.\"}]}").toString()));
        all.add(new Bad("a path in the title", "title", "render", story("path.json", "{\"title\":\"../x\",\"scenes\":[{\"prompt\":\"A city.\"}]}").toString()));
        all.add(new Bad("a missing file", "STORY", "render", dir.resolve("nowhere.txt").toString()));
        all.add(new Bad("a directory", "STORY", "render", dir.toString()));
        all.add(new Bad("over 4 MiB", "story", "render", story("large.txt", "A".repeat((4 << 20) + 1)).toString()));
        all.add(new Bad("an output that is a directory", "-o", "render", good, "-o", dir.toString()));
        all.add(new Bad("an output in no folder", "-o", "render", good, "-o", dir.resolve("no/film.mp4").toString()));
        all.add(new Bad("an output that cannot be written", "-o", "render", good, "-o", "/proc/film.mp4"));
        all.add(new Bad("steps out of range", "--steps", "render", good, "--steps", "0"));
        all.add(new Bad("no number of steps", "--steps", "render", good, "--steps", "many"));
        all.add(new Bad("guidance out of range", "--guidance", "render", good, "--guidance", "-1"));
        all.add(new Bad("no such preset", "--preset", "render", good, "--preset", "slow"));
        all.add(new Bad("a seed that is none", "--seed", "render", good, "--seed", "1.5"));
        all.add(new Bad("scenes of no length", "--scene-seconds", "render", good, "--scene-seconds", "0"));
        all.add(new Bad("no number for a temperature", "--temperature", "render", good, "--temperature", "0"));
        all.add(new Bad("a picture that is not there", "--image", "render", good, "--image", dir.resolve("no.png").toString()));
        all.add(new Bad("a picture that is none", "start_image", "render", good, "--image", good));
        all.add(new Bad("a picture in the story that is none", "start_image", "render", story("image.json", "{\"start_image\":\"x\",\"scenes\":[{\"prompt\":\"A city.\"}]}").toString()));
        all.add(new Bad("scene settings out of range", "scenes[0].settings.steps", "render",
                story("settings.json", "{\"scenes\":[{\"prompt\":\"A city.\",\"settings\":{\"steps\":0}}]}").toString()));
        all.add(new Bad("a model that is not there", "--model", "render", good, "--model", dir.resolve("nothing").toString()));
        all.add(new Bad("a model that is a file", "--model", "up", "--port", "0", "--model", good));
        all.add(new Bad("a model without a manifest", "manifest.json", "models", "--model", Files.createDirectories(dir.resolve("hollow")).toString()));
        all.add(new Bad("a model for a farm that runs", "--model", "render", good, "--model", dir.toString(), "--server", "http://127.0.0.1:1"));
        all.add(new Bad("a server that is not there", "--server", "render", good, "--server", "http://127.0.0.1:1"));
        all.add(new Bad("an address that is none", "--server", "status", "--server", "nowhere"));
        all.add(new Bad("submitting to nobody", "--server", "submit", good, "--server", "http://127.0.0.1:1"));
        all.add(new Bad("watching at nobody", "--server", "watch", "0".repeat(24), "--server", "http://127.0.0.1:1"));
        all.add(new Bad("a data directory that is a file", "--data", "render", good, "--data", good));
        all.add(new Bad("a port that is none", "--port", "up", "--port", "70000"));
        all.add(new Bad("no verb", "VERB"));
        all.add(new Bad("no such verb", "frobnicate", "frobnicate"));
        all.add(new Bad("no such option", "--frobnicate", "render", good, "--frobnicate"));
        all.add(new Bad("no story", "STORY", "render"));
        all.add(new Bad("no such role", "ROLE", "serve", "king"));
        return all;
    }

    @TestFactory
    List<DynamicTest> oneLineStatusTwoAndNothingWritten() throws IOException {
        return bad().stream().map(bad -> DynamicTest.dynamicTest(bad.what(), () -> {
            Cli.Ended ended = new Cli(dir).run(bad.arguments());
            assertThat(ended.status()).as(ended.err()).isEqualTo(2);
            assertThat(ended.out()).isEmpty();
            assertThat(ended.err()).startsWith("longtake: ").contains(bad.field());
            assertThat(ended.err().lines()).hasSize(1);
            assertThat(ended.err()).doesNotContain("Exception");
            assertThat(dir.resolve("data")).doesNotExist();
            assertThat(dir.resolve("good.mp4")).doesNotExist();
        })).toList();
    }

    @Test
    void aDataDirectoryInUseIsNamed() throws Exception {
        Path story = story("good.txt", "A city.");
        try (DataDirectory held = DataDirectory.open(dir.resolve("held"))) {
            for (String[] arguments : new String[][] {{"render", story.toString(), "--data", held.root().toString()}, {"up", "--port", "0", "--data", held.root().toString()},
                {"serve", "servers", "--data", held.root().toString()}}) {
                Cli.Ended ended = new Cli(dir).run(arguments);
                assertThat(ended.status()).isEqualTo(2);
                assertThat(ended.err().lines()).singleElement().asString().contains("--data").contains("in use");
            }
        }
    }

    @Test
    void aPortInUseIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (String[] arguments : new String[][] {{"up", "--port", Integer.toString(taken.getLocalPort())}, {"serve", "gateway", "--port", Integer.toString(taken.getLocalPort())}}) {
                Cli.Ended ended = new Cli(dir).run(arguments);
                assertThat(ended.status()).isEqualTo(2);
                assertThat(ended.err().lines()).singleElement().asString().contains("--port").contains(Integer.toString(taken.getLocalPort())).contains("in use");
            }
        }
        assertThat(dir.resolve("data")).doesNotExist();
    }

    @Test
    void severalMistakesAreSaidAtOnce() throws Exception {
        Cli.Ended ended = new Cli(dir).run("render", story("s.txt", "A city. [0s]").toString(), "--steps", "0", "--seed", "x");
        assertThat(ended.err().lines()).hasSize(3).allMatch(line -> line.startsWith("longtake: "));
    }

    @Test
    void theStackTraceIsThereWhenAskedFor() throws Exception {
        assertThat(new Cli(dir).run("render", dir.resolve("nowhere").toString(), "--debug").err()).contains("\tat dev.longtake");
    }

    @Test
    void helpAndVersionAreNoMistakes() {
        assertThat(new Cli(dir).run("--help")).satisfies(e -> assertThat(e.status()).isZero()).satisfies(e -> assertThat(e.out()).contains("render").contains("serve"));
        assertThat(new Cli(dir).run("render", "--help").out()).contains("--scene-seconds").contains("--in-process");
        assertThat(new Cli(dir).run("--version").out()).startsWith("longtake ");
    }
}
