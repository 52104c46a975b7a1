package dev.longtake.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SteadyTimeTest {
    private Instant clock = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void aClockThatIsSetBackDoesNotTakeTimeBack() {
        SteadyTime time = new SteadyTime(() -> clock);
        Instant before = time.instant();
        clock = clock.minus(Duration.ofHours(1));
        assertThat(time.instant()).isAfterOrEqualTo(before);
    }

    @Test
    void aMachineThatSleptWakesUpInThePresent() {
        SteadyTime time = new SteadyTime(() -> clock);
        clock = clock.plus(Duration.ofHours(8));
        assertThat(time.instant()).isEqualTo(clock);
    }
}
