package dev.longtake.farm.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.engine.SamplerSettings;
import dev.longtake.film.story.Sampling;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FarmConfigTest {
    @Test
    void everyDefaultIsKnown() {
        FarmConfig config = FarmConfig.early();
        assertThat(config.needsWorker()).isFalse();
        assertThat(config.workerJvm()).isEqualTo("-Xmx768m -XX:+UseSerialGC -XX:TieredStopAtLevel=1");
        assertThat(config.startPause()).isEqualTo(Duration.ofSeconds(1));
    }

    /** The gateway does not know the engine; what it lets through the engine must take. */
    @Test
    void theGatewayAcceptsExactlyWhatTheEngineDoes() {
        assertThat(Sampling.MAX_STEPS).isEqualTo(SamplerSettings.MAX_STEPS);
        assertThat(Sampling.MAX_GUIDANCE).isEqualTo(SamplerSettings.MAX_GUIDANCE);
        assertThat(Sampling.MAX_TEMPERATURE).isEqualTo(SamplerSettings.MAX_TEMPERATURE);
    }
}
