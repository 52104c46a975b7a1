package dev.longtake.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longtake.bundle.BadBundleException;
import dev.longtake.bundle.Bundle;
import dev.longtake.engine.GeneratedSegment;
import dev.longtake.engine.SamplerSettings;
import dev.longtake.engine.SegmentRequest;
import dev.longtake.engine.SegmentRun;
import dev.longtake.phenaki.PhenakiEngine;
import dev.longtake.phenaki.PhenakiOptions;
import dev.longtake.phenaki.text.TextEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The training code's own tests: world, networks, trainers, export, at toy size on the CPU; and that the engine runs what it exports. */
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

    /** Two code groups as the first bundle has, and three: the engine checks the golden vectors of each, and then draws with every head. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void theEngineRunsWhatTrainingExports(int groups) throws Exception {
        Path bundle = dir.resolve("bundle" + groups);
        Path wrong = dir.resolve("wrong" + groups);
        Path output = dir.resolve("export" + groups + ".txt");
        // A jar names itself in the address of what it holds.
        String minilm = TextEncoder.class.getResource("/all-minilm-l6-v2-q.onnx").toString().replaceAll("^jar:file:|!.*$", "");
        Process process = new ProcessBuilder(List.of(Needs.pythonWithTorch(), "tests/toybundle.py", Integer.toString(groups), minilm, bundle.toString(), wrong.toString()))
                .directory(Repository.root().resolve("src/training").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(2, TimeUnit.MINUTES);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        assertThat(ended && process.exitValue() == 0).as(Files.readString(output)).isTrue();
        // What bfloat16 may change is measured on trained networks; these have never seen anything.
        PhenakiOptions options = new PhenakiOptions(PhenakiOptions.Device.CPU, PhenakiOptions.Precision.FLOAT32, Optional.empty(), 1, dir.resolve("cache"));
        try (PhenakiEngine engine = PhenakiEngine.open(Bundle.at(bundle), options)) {
            SegmentRun run = engine.begin(new SegmentRequest("A fish.", Optional.empty(), 7, new SamplerSettings(3, 2, 1), 11, new SegmentRequest.Start.Fresh()));
            while (!run.done()) {
                engine.step(List.of(run));
            }
            GeneratedSegment made = engine.finish(run);
            assertThat(made.tokens().groups()).isEqualTo(groups);
            assertThat(made.tokens().codes()).hasSize(6 * 64 * groups);
            assertThat(Arrays.stream(made.tokens().codes())).allMatch(code -> code >= 0 && code < 1000);
            assertThat(made.window().count()).isEqualTo(11);
        }
        // Every group's logits are among what is checked.
        assertThatThrownBy(() -> PhenakiEngine.open(Bundle.at(wrong), options)).isInstanceOf(BadBundleException.class)
                .hasMessageContaining("logits" + groups);
    }
}
