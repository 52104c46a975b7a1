package dev.longtake.platform.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PlatformConfigTest {
    private static PlatformConfig config(String... properties) {
        SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder().addDiscoveredConverters().withMapping(PlatformConfig.class);
        for (int i = 0; i < properties.length; i += 2) {
            builder.withDefaultValue(properties[i], properties[i + 1]);
        }
        return builder.build().getConfigMapping(PlatformConfig.class);
    }

    @Test
    void theDefaultsAre() {
        PlatformConfig c = config();
        assertThat(c.roles()).isEmpty();
        assertThat(c.kafka().bootstrap()).isEqualTo("127.0.0.1:9092");
        assertThat(c.kafka().replication()).isEqualTo((short) 1);
        assertThat(c.kafka().patience()).isEqualTo(Duration.ofSeconds(10));
        assertThat(c.kafka().retention()).isEqualTo(Duration.ofDays(7));
        assertThat(c.kafka().auditRetention()).isEqualTo(Duration.ofDays(365));
        assertThat(c.kafka().partitionBytes()).isEqualTo(1L << 30);
        assertThat(c.kafka().jobLock()).isEqualTo(Duration.ofSeconds(15));
        assertThat(c.redis().url()).isEqualTo("redis://127.0.0.1:6379");
        assertThat(c.redis().tailExpiry()).isEqualTo(Duration.ofHours(6));
        assertThat(c.redis().timeout()).isEqualTo(Duration.ofMillis(500));
        assertThat(c.redis().pause()).isEqualTo(Duration.ofSeconds(5));
        assertThat(c.store().endpoint()).isEqualTo("http://127.0.0.1:9000");
        assertThat(c.store().publicEndpoint()).isEmpty();
        assertThat(c.store().bucket()).isEqualTo("longtake");
        assertThat(c.store().region()).isEqualTo("us-east-1");
        assertThat(c.store().accessKey()).isEmpty();
        assertThat(c.store().secretKey()).isEmpty();
        assertThat(c.store().patience()).isEqualTo(Duration.ofSeconds(20));
        assertThat(c.store().connectTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(c.store().silenceTimeout()).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void rolesAreAList() {
        PlatformConfig c = config("longtake.roles", "gateway,stitcher");
        assertThat(c.plays(Role.GATEWAY)).isTrue();
        assertThat(c.plays(Role.STITCHER)).isTrue();
        assertThat(c.plays(Role.WORKER)).isFalse();
    }
}
