package dev.longtake.platform.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.AttemptRef;
import dev.longtake.platform.Servers;
import dev.longtake.servers.Ports;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RedisTailCacheTest {
    private static final AttemptRef ATTEMPT = new AttemptRef("key", "attempt");

    private static RedisTailCache connect(Duration expiry) {
        return new RedisTailCache(Servers.get().redis().url(), expiry, Duration.ofMillis(500), Duration.ofSeconds(5));
    }

    @Test
    void aTailIsThereForItsTenantUntilItExpires() throws Exception {
        try (RedisTailCache cache = connect(Duration.ofMillis(300))) {
            cache.put("t1", ATTEMPT, new byte[] {1, 2, 3});
            assertThat(cache.get("t1", ATTEMPT)).hasValueSatisfying(b -> assertThat(b).containsExactly(1, 2, 3));
            assertThat(cache.get("t2", ATTEMPT)).isEmpty();
            Thread.sleep(400);
            assertThat(cache.get("t1", ATTEMPT)).isEmpty();
        }
    }

    @Test
    void aCacheThatIsAwayIsEmptyAndCostsOneTimeout() {
        try (RedisTailCache cache = new RedisTailCache("redis://127.0.0.1:" + Ports.claim("nobody", 0), Duration.ofHours(1), Duration.ofMillis(300), Duration.ofSeconds(30))) {
            long before = System.nanoTime();
            for (int i = 0; i < 1_000; i++) {
                cache.put("t", ATTEMPT, new byte[] {1});
                assertThat(cache.get("t", ATTEMPT)).isEmpty();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
        }
    }
}
