package dev.longtake.gateway.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.gateway.webhooks.address.Targets;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WebhookConfigTest {
    static WebhookConfig with(Map<String, String> settings) {
        return new SmallRyeConfigBuilder().withMapping(WebhookConfig.class).withDefaultValues(settings).build().getConfigMapping(WebhookConfig.class);
    }

    @Test
    void everyDefaultIsKnown() {
        WebhookConfig config = with(Map.of());
        assertThat(config.privateAddresses()).isFalse();
        assertThat(config.ports()).isEmpty();
        assertThat(config.targets()).isEqualTo(Targets.DEFAULT);
        assertThat(config.endpoints()).isEqualTo(20);
        assertThat(config.connectTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(15));
        assertThat(config.responseBytes()).isEqualTo(512);
        assertThat(config.firstRetry()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.longestRetry()).isEqualTo(Duration.ofHours(4));
        assertThat(config.window()).isEqualTo(Duration.ofHours(72));
        assertThat(config.atOnce()).isEqualTo(64);
        assertThat(config.perTenant()).isEqualTo(16);
        assertThat(config.perDestination()).isEqualTo(4);
        assertThat(config.openDeliveries()).isEqualTo(10_000);
        assertThat(config.kept()).isEqualTo(Duration.ofDays(7));
        assertThat(config.keptPerPartition()).isEqualTo(2_000);
        assertThat(config.overlap()).isEqualTo(Duration.ofDays(1));
        assertThat(config.longestOverlap()).isEqualTo(Duration.ofDays(7));
        assertThat(config.session()).isEqualTo(Duration.ofSeconds(15));
    }

    @Test
    void portsAreAList() {
        assertThat(with(Map.of("longtake.gateway.webhooks.ports", "443,8443")).targets().ports()).isEqualTo(Set.of(443, 8443));
    }
}
