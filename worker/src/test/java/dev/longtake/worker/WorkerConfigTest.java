package dev.longtake.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WorkerConfigTest {
    @Test
    void theDefaultsAre() {
        WorkerConfig c = new SmallRyeConfigBuilder().addDiscoveredConverters().withMapping(WorkerConfig.class).build().getConfigMapping(WorkerConfig.class);
        assertThat(c.pool()).isEqualTo("cpu");
        assertThat(c.lanes()).containsExactly("interactive", "batch");
        assertThat(c.slots()).isEqualTo(1);
        assertThat(c.device()).isEqualTo("auto");
        assertThat(c.precision()).isEqualTo("auto");
        assertThat(c.threads()).isEmpty();
        assertThat(c.bundle()).isEmpty();
        assertThat(c.cache()).isEmpty();
        assertThat(c.readyFile()).isEmpty();
        assertThat(c.heartbeat()).isEqualTo(Duration.ofSeconds(1));
        assertThat(c.grace()).isEqualTo(Duration.ofSeconds(20));
        assertThat(c.clipQueue()).isEqualTo(8);
        assertThat(c.deadlyDeliveries()).isEqualTo(4);
        assertThat(c.faults()).isEmpty();
    }
}
