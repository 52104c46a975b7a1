package dev.longtake.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longtake.scheduler.stage.dispatch.DispatchLimits;
import dev.longtake.scheduler.stage.film.FilmLimits;
import dev.longtake.scheduler.stage.film.KeepingLimits;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SchedulerConfigTest {
    @Test
    void theDefaultsAre() {
        SchedulerConfig c = config(Map.of());
        assertThat(c.pools()).isEqualTo(List.of("cpu"));
        assertThat(c.stateDir()).isEmpty();
        assertThat(c.standbys()).isZero();
        assertThat(c.commitInterval()).isEqualTo(Duration.ofMillis(10));
        assertThat(c.pollTimeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(c.sessionTimeout()).isEqualTo(Duration.ofSeconds(6));
        assertThat(c.storePatience()).isEqualTo(Duration.ofSeconds(3));
        assertThat(c.filmLimits()).isEqualTo(FilmLimits.DEFAULT);
        assertThat(c.filmLimits()).isEqualTo(new FilmLimits(Set.of("cpu"), 4, 64, Duration.ofSeconds(1), Duration.ofSeconds(30), 3, Duration.ofMinutes(1), Duration.ofMinutes(10),
                Duration.ofMinutes(11), new KeepingLimits(Duration.ofDays(30), Duration.ofDays(1), Duration.ofMinutes(40), 1_000, 10_000)));
        assertThat(c.keeping().grace()).isEqualTo(Duration.ofMinutes(10));
        assertThat(c.keeping().perSecond()).isEqualTo(200);
        assertThat(c.keeping().waiting()).isEqualTo(1_000);
        assertThat(c.keeping().sweepInterval()).isEqualTo(Duration.ofHours(6));
        assertThat(c.keeping().sweepAge()).isEqualTo(Duration.ofDays(2));
        assertThat(c.dispatchLimits()).isEqualTo(DispatchLimits.DEFAULT);
        assertThat(c.dispatchLimits()).isEqualTo(new DispatchLimits(Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofSeconds(10), 2, Duration.ofMinutes(1), 3, OptionalInt.empty(),
                Map.of()));
    }

    @Test
    void sharesAndQuotasAreRead() {
        SchedulerConfig c = config(Map.of("longtake.scheduler.weights.studio", "2.5", "longtake.scheduler.tenant-jobs", "7", "longtake.scheduler.pools", "cpu,gpu"));
        assertThat(c.dispatchLimits().weights()).isEqualTo(Map.of("studio", 2.5));
        assertThat(c.dispatchLimits().tenantJobs()).hasValue(7);
        assertThat(c.filmLimits().pools()).containsExactlyInAnyOrder("cpu", "gpu");
        assertThatThrownBy(() -> config(Map.of("longtake.scheduler.weights.studio", "0")).dispatchLimits()).hasMessageContaining("weight of tenant studio");
    }

    @Test
    void aGraceThatIsTooShortIsRefused() {
        assertThatThrownBy(() -> config(Map.of("longtake.scheduler.keeping.grace", "PT6S")).filmLimits()).hasMessageContaining("keeping.grace").hasMessageContaining("make it longer");
        assertThatThrownBy(() -> config(Map.of("longtake.scheduler.keeping.batch", "0")).filmLimits()).hasMessageContaining("keeping.batch");
        assertThatThrownBy(() -> config(Map.of("longtake.scheduler.keeping.per-second", "0")).filmLimits()).hasMessageContaining("keeping.per-second");
    }

    private static SchedulerConfig config(Map<String, String> values) {
        return new SmallRyeConfigBuilder().addDiscoveredConverters().withDefaultValues(values).withMapping(SchedulerConfig.class).build().getConfigMapping(SchedulerConfig.class);
    }
}
