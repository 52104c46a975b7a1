package dev.longtake.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.scheduler.stage.StageSettings;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SchedulerConfigTest {
    @Test
    void theDefaultsAre() {
        SchedulerConfig c = new SmallRyeConfigBuilder().addDiscoveredConverters().withMapping(SchedulerConfig.class).build().getConfigMapping(SchedulerConfig.class);
        assertThat(c.pools()).isEqualTo(List.of("cpu"));
        assertThat(c.stateDir()).isEmpty();
        assertThat(c.standbys()).isZero();
        assertThat(c.commitInterval()).isEqualTo(Duration.ofMillis(10));
        assertThat(c.sessionTimeout()).isEqualTo(Duration.ofSeconds(6));
        assertThat(c.stages()).isEqualTo(StageSettings.DEFAULT);
        assertThat(c.stages()).isEqualTo(new StageSettings(4, 64, Duration.ofSeconds(1), Duration.ofSeconds(30), 3, Duration.ofMinutes(1), Duration.ofMinutes(10),
                Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofSeconds(10)));
    }
}
