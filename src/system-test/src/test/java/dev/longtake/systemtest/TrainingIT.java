package dev.longtake.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The training code's own tests: world, networks, trainers, export, at toy size on the CPU. */
class TrainingIT {
    @TempDir
    Path dir;

    @Test
    void theTrainingTestsPass() throws Exception {
        String python = Needs.pythonWithTorch();
        Path training = Repository.root().resolve("src/training");
        Path output = dir.resolve("pytest.txt");
        Process process = new ProcessBuilder(List.of(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"))
                .directory(training.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(10, TimeUnit.MINUTES);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        String said = Files.readString(output);
        assertThat(ended).as("pytest ended within ten minutes\n%s", said).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        assertThat(said).containsPattern("\\d+ passed").doesNotContain("skipped");
    }
}
