package dev.longtake.platform.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.platform.Servers;
import dev.longtake.servers.Ports;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RedisRequestCounterTest {
    private static RedisRequestCounter connect() {
        return new RedisRequestCounter(Servers.get().redis().url(), Duration.ofMillis(500), Duration.ofSeconds(5));
    }

    @Test
    void replicasCountTogetherAndTenantsAndSecondsApart() {
        long second = 1_000_000 + System.nanoTime() % 1_000_000;
        try (RedisRequestCounter one = connect(); RedisRequestCounter other = connect()) {
            assertThat(one.count("t1", second)).hasValue(1);
            assertThat(other.count("t1", second)).hasValue(2);
            assertThat(one.count("t2", second)).hasValue(1);
            assertThat(one.count("t1", second + 1)).hasValue(1);
        }
    }

    @Test
    void whoIsAwayCountsNothingAndCostsOneTimeout() {
        try (RedisRequestCounter counter = new RedisRequestCounter("redis://127.0.0.1:" + Ports.claim("nobody", 0), Duration.ofMillis(300), Duration.ofSeconds(30))) {
            long before = System.nanoTime();
            for (int i = 0; i < 1_000; i++) {
                assertThat(counter.count("t", 7)).isEmpty();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
        }
    }
}
