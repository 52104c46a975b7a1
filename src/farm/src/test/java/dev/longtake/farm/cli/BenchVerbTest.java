package dev.longtake.farm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code longtake bench}: what it refuses. What it measures nobody tests against the clock. */
class BenchVerbTest {
    @TempDir
    private Path here;

    @Test
    void whatCannotBeMeasuredIsRefused() {
        for (String[] bad : new String[][] {{"bench"}, {"bench", "weather"}, {"bench", "gateway", "--rounds", "0"}, {"bench", "gateway", "--gateways", "-1"}, {"bench", "gateway", "--seconds", "x"}}) {
            Cli.Ended ended = new Cli(here).run(bad);
            assertThat(ended.status()).as(String.join(" ", bad)).isEqualTo(2);
            assertThat(ended.err().lines()).as(String.join(" ", bad)).hasSize(1);
            assertThat(ended.out()).isEmpty();
        }
    }
}
