package dev.longtake.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GatewayConfigTest {
    @Test
    void everyDefaultIsKnown() {
        GatewayConfig config = new SmallRyeConfigBuilder().withMapping(GatewayConfig.class).build().getConfigMapping(GatewayConfig.class);
        assertThat(config.pool()).isEqualTo("cpu");
        assertThat(config.planners()).isEqualTo(4);
        assertThat(config.planPatience()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.retryAfter()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.workerTimeout()).isEqualTo(Duration.ofSeconds(10));
    }
}
