package dev.longtake.gateway.figures;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.FilmEvent.SegmentChanged;
import dev.longtake.contract.FilmRef;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FarmFiguresTest {
    private static final Instant START = Instant.parse("2026-01-01T10:00:00Z");

    private final FarmFigures figures = new FarmFigures(START);

    private void segment(String tenant, int index, String from, String to, boolean reused, double seconds) {
        figures.on(new SegmentChanged(1, new FilmRef(tenant, "f", 1), index, 0, from, to, Optional.empty(), Optional.empty(), reused, START.plusMillis(Math.round(seconds * 1000))));
    }

    private static long sum(List<Integer> minutes) {
        return minutes.stream().mapToInt(Integer::intValue).sum();
    }

    @Test
    void segmentsAreCountedInTheMinuteTheyWereRenderedInAndForAnHour() {
        segment("a", 0, "dispatched", "accepted", false, 10);
        segment("a", 1, "dispatched", "accepted", false, 70);
        segment("a", 2, "dispatched", "accepted", false, 71);
        segment("b", 0, "dispatched", "accepted", false, 71);
        segment("a", 3, "waiting", "accepted", true, 72);
        segment("a", 0, "clipped", "accepted", false, 73);
        FarmFigures.Figures now = figures.of("a"::equals, START.plusSeconds(130));
        assertThat(now.since()).isEqualTo(START);
        assertThat(now.minutes()).hasSize(60).endsWith(1, 2, 0);
        assertThat(sum(now.minutes())).as("neither what was taken over, nor what lost its clip, nor of others").isEqualTo(3);
        assertThat(sum(figures.of(t -> true, START.plusSeconds(130)).minutes())).isEqualTo(4);
        FarmFigures.Figures later = figures.of("a"::equals, START.plusSeconds(3_630));
        assertThat(sum(later.minutes())).isEqualTo(2);
        assertThat(later.since()).isEqualTo(START.plusSeconds(30));
        assertThat(sum(figures.of(t -> true, START.plusSeconds(9_000)).minutes())).isZero();
    }

    @Test
    void waitsAreFromReadyToDispatched() {
        assertThat(figures.of(t -> true, START).latency()).isEmpty();
        for (int i = 0; i < 100; i++) {
            segment("a", i, "waiting", "ready", false, i);
            segment("a", i, "ready", "dispatched", false, i + (i + 1) / 100.0);
        }
        segment("a", 100, "waiting", "ready", false, 0);
        segment("a", 100, "ready", "waiting", false, 1);
        segment("a", 100, "ready", "dispatched", false, 99);
        FarmFigures.Latency latency = figures.of(t -> true, START.plusSeconds(101)).latency().orElseThrow();
        assertThat(latency).isEqualTo(new FarmFigures.Latency(100, 0.5, 0.95));
        assertThat(figures.of("b"::equals, START.plusSeconds(101)).latency()).isEmpty();
        assertThat(figures.of(t -> true, START.plusSeconds(3_600 + 101)).latency()).isEmpty();
    }

    @Test
    void ofManyWaitsTheNewestCount() {
        for (int i = 0; i < 5_000; i++) {
            segment("a", i, "waiting", "ready", false, 0);
            segment("a", i, "ready", "dispatched", false, i < 2_500 ? 100 : 7);
        }
        FarmFigures.Latency latency = figures.of(t -> true, START.plusSeconds(200)).latency().orElseThrow();
        assertThat(latency.segments()).isEqualTo(2_000);
        assertThat(latency.p95()).isEqualTo(7);
    }
}
