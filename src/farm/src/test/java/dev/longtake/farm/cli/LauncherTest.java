package dev.longtake.farm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script, with a {@code java} and a {@code mvn} that only say how they were called. */
class LauncherTest {
    @TempDir
    Path dir;

    private Path home;
    private Path bin;
    private Path jar;

    private record Ended(int status, String out, String err) {}

    @BeforeEach
    void checkout() throws IOException {
        home = Files.createDirectories(dir.resolve("check out"));
        bin = Files.createDirectories(dir.resolve("bin"));
        jar = home.resolve("src/farm/target/quarkus-app/quarkus-run.jar");
        for (String folder : new String[] {"gateway", "scheduler", "worker", "stitcher", "src/film"}) {
            Files.createDirectories(home.resolve(folder));
        }
        Files.writeString(home.resolve("pom.xml"), "<project/>");
        Files.writeString(home.resolve("src/film/Story.java"), "class Story {}");
        Path launcher = Path.of("").toAbsolutePath();
        while (!Files.exists(launcher.resolve("longtake"))) {
            launcher = launcher.getParent();
        }
        Files.copy(launcher.resolve("longtake"), home.resolve("longtake"), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        script("java", """
                if [ "$1" = -version ]; then echo 'openjdk version "17.0.15" 2025-04-15' >&2; exit 0; fi
                echo "pid $$"; for a in "$@"; do echo "[$a]"; done; exit 7
                """);
        script("mvn", "echo building loudly; mkdir -p \"" + jar.getParent() + "\"; touch \"" + jar + "\"\n");
    }

    private void script(String name, String body) throws IOException {
        Path script = bin.resolve(name);
        Files.writeString(script, "#!/bin/sh\n" + body);
        assertThat(script.toFile().setExecutable(true)).isTrue();
    }

    private Ended run(Path launcher, String... arguments) throws Exception {
        java.util.List<String> command = new java.util.ArrayList<>(java.util.List.of(launcher.toString()));
        command.addAll(java.util.List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(dir.toFile())
                .redirectOutput(dir.resolve("out").toFile()).redirectError(dir.resolve("err").toFile());
        builder.environment().remove("JAVA_HOME");
        builder.environment().remove("LONGTAKE_JAVA_OPTS");
        builder.environment().put("PATH", bin + ":/usr/bin:/bin");
        Process process = builder.start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), Files.readString(dir.resolve("out"), StandardCharsets.UTF_8) + "launcher " + process.pid(), Files.readString(dir.resolve("err")));
    }

    @Test
    void itBuildsOnceSaysSoOnStandardErrorAndBecomesTheFarm() throws Exception {
        Ended first = run(home.resolve("longtake"), "render", "my story.txt", "--json");
        assertThat(first.err()).contains("building");
        assertThat(first.out()).contains("[render]\n[my story.txt]\n[--json]\n").contains("[-jar]\n[" + jar + "]").doesNotContain("building");
        assertThat(first.status()).isEqualTo(7);
        String pid = first.out().lines().filter(l -> l.startsWith("pid ")).findFirst().orElseThrow().substring(4);
        assertThat(first.out()).endsWith("launcher " + pid);
        assertThat(run(home.resolve("longtake"), "models").err()).isEmpty();
    }

    @Test
    void itBuildsAgainWhenASourceIsNewerAndNotForATest() throws Exception {
        run(home.resolve("longtake"));
        Path test = Files.createDirectories(home.resolve("src/film/src/test")).resolve("StoryTest.java");
        Files.writeString(test, "class StoryTest {}");
        FileTime later = FileTime.from(Instant.now().plusSeconds(60));
        Files.setLastModifiedTime(test, later);
        assertThat(run(home.resolve("longtake")).err()).isEmpty();
        Files.setLastModifiedTime(home.resolve("src/film/Story.java"), later);
        assertThat(run(home.resolve("longtake")).err()).contains("building");
    }

    @Test
    void itIsFoundThroughALink() throws Exception {
        Path link = Files.createSymbolicLink(bin.resolve("longtake"), home.resolve("longtake"));
        assertThat(run(link, "models").out()).contains("[" + jar + "]");
    }

    @Test
    void aBuildThatFailsIsStatusOne() throws Exception {
        script("mvn", "echo compile error; exit 1\n");
        Ended ended = run(home.resolve("longtake"), "models");
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).contains("compile error").contains("the build failed");
        assertThat(ended.out()).startsWith("launcher");
    }

    @Test
    void anOldJavaIsNamed() throws Exception {
        script("java", "echo 'java version \"1.8.0_402\"' >&2\n");
        Ended ended = run(home.resolve("longtake"), "models");
        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.err()).contains("use a JDK, 17 or newer");
    }
}
