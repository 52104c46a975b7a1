package dev.longtake.bench.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class FigureTest {
    private static Latencies of(long... millis) {
        Latencies times = new Latencies();
        for (long ms : millis) {
            times.add(ms * 1_000_000);
        }
        return times;
    }

    @Test
    void aQuantileIsByNearestRank() {
        Latencies times = of(5, 1, 4, 2, 3);
        assertThat(times.millis(0.5)).isEqualTo(3);
        assertThat(times.millis(0.2)).isEqualTo(1);
        assertThat(times.millis(0.21)).isEqualTo(2);
        assertThat(times.millis(0.99)).isEqualTo(5);
        assertThat(times.millis(1)).isEqualTo(5);
        assertThat(of(7).millis(0.5)).isEqualTo(7);
        for (double none : new double[] {0, -1, 1.1, Double.NaN}) {
            assertThatThrownBy(() -> times.millis(none)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new Latencies().millis(0.5)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void manyTimesOfManyClientsAreOne() {
        Latencies all = new Latencies();
        for (int client = 0; client < 10; client++) {
            Latencies own = new Latencies();
            for (int i = 1; i <= 1_000; i++) {
                own.add((client * 1_000L + i) * 1_000_000);
            }
            all.addAll(own);
        }
        assertThat(all.count()).isEqualTo(10_000);
        assertThat(all.millis(0.5)).isEqualTo(5_000);
        assertThat(all.millis(0.99)).isEqualTo(9_900);
    }

    @Test
    void roundsHaveAMedianAndASpread() {
        assertThat(new Rounds(3, 1, 2).median()).isEqualTo(2);
        assertThat(new Rounds(4, 1, 2, 3).median()).isEqualTo(2.5);
        assertThat(new Rounds(90, 110, 100).spread()).isCloseTo(0.2, within(1e-9));
        assertThat(new Rounds(7).spread()).isZero();
        assertThat(new Rounds(0, 0).spread()).isZero();
        assertThatThrownBy(Rounds::new).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void jsonIsAListOfNumbersWithNames() throws Exception {
        String json = Figure.json(List.of(Figure.of("a.per_second", "1/s", new Rounds(90, 110, 100)).over(new Rounds(400)), Figure.of("b_ms", "ms", new Rounds(1.5))));
        assertThat(json).doesNotContain("\n");
        JsonNode list = new ObjectMapper().readTree(json);
        assertThat(list).hasSize(2);
        for (JsonNode figure : list) {
            assertThat(figure.fieldNames()).toIterable().containsExactly("name", "value", "unit", "spread", "ratio_to_peer", "ratio_to_floor");
            assertThat(figure.get("value").isNumber()).isTrue();
            assertThat(figure.get("spread").isNumber()).isTrue();
        }
        assertThat(list.get(0).get("value").asDouble()).isEqualTo(100);
        assertThat(list.get(0).get("ratio_to_floor").asDouble()).isEqualTo(0.25);
        assertThat(list.get(1).get("ratio_to_floor").isNull()).isTrue();
        assertThat(list.get(1).get("ratio_to_peer").isNull()).isTrue();
        assertThatThrownBy(() -> new Figure("x", Double.NaN, "s", 0, null, null)).hasMessageContaining("x");
    }
}
