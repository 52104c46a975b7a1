package dev.longtake.farm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longtake.bench.simulator.faults.Fault;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code longtake simulate}: what it prints, and what it refuses. */
class SimulateVerbTest {
    @TempDir
    private Path here;

    private Cli.Ended run(String... arguments) {
        return new Cli(here).run(arguments);
    }

    @Test
    void withJsonTheOneLineHoldsNothingButNumbers() throws Exception {
        Cli.Ended ended = run("simulate", "--seeds", "5", "--first", "11", "--json");
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.out().lines()).hasSize(1);
        JsonNode line = new ObjectMapper().readTree(ended.out());
        assertThat(line.fieldNames()).toIterable().containsExactly("seeds", "first", "events", "faults", "violations");
        assertThat(line.path("seeds").asLong()).isEqualTo(5);
        assertThat(line.path("first").asLong()).isEqualTo(11);
        assertThat(line.path("events").asLong()).isPositive();
        assertThat(line.path("violations").asLong(-1)).isZero();
        assertThat(line.path("faults")).hasSize(Fault.values().length).allMatch(JsonNode::isNumber);
    }

    @Test
    void whatMayGoWrongIsChosenByName() {
        Cli.Ended ended = run("simulate", "--seeds", "3", "--films", "2", "--workers", "2", "--faults", "redis-wiped,worker-zombie");
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.out()).contains("redis-wiped", "worker-zombie", "every-film-ends", "0 violations").doesNotContain("message-lost");
        assertThat(run("simulate", "--seeds", "1", "--faults", "none", "--json").out()).contains("\"faults\":{}");
    }

    @Test
    void aFaultThatWasAskedForAndNeverStruckFailsALongCampaign() {
        Cli.Ended ended = run("simulate", "--seeds", "500", "--films", "1", "--workers", "1", "--faults", "worker-broken");
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).contains("never struck: worker-broken");
    }

    @Test
    void whatCannotBeRunIsRefused() {
        for (String[] bad : new String[][] {{"simulate"}, {"simulate", "--seeds", "0"}, {"simulate", "--seeds", "x"}, {"simulate", "--seeds", "1", "--workers", "0"},
            {"simulate", "--seeds", "1", "--faults", "rain"}}) {
            Cli.Ended ended = run(bad);
            assertThat(ended.status()).as(String.join(" ", bad)).isEqualTo(2);
            assertThat(ended.err().lines()).as(String.join(" ", bad)).hasSize(1);
            assertThat(ended.out()).isEmpty();
        }
    }
}
