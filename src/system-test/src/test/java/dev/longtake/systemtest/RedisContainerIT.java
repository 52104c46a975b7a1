package dev.longtake.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.AttemptRef;
import dev.longtake.platform.cache.RedisTailCache;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.ImageFromDockerfile;
import redis.embedded.RedisExecProvider;

/** Tails in a Redis that runs in a container, as on a cluster. The image is made here, from the static binary the tests have anyway. */
class RedisContainerIT {
    @Test
    void tailsLiveInARedisInAContainerAndItsAbsenceIsSurvived() throws Exception {
        Needs.dockerEngine();
        Path binary = RedisExecProvider.defaultProvider().get().toPath();
        ImageFromDockerfile image = new ImageFromDockerfile("longtake-test-redis", true)
                .withFileFromPath("redis-server", binary)
                .withFileFromString("Dockerfile", "FROM scratch\nCOPY redis-server /redis-server\nENTRYPOINT [\"/redis-server\", \"--bind\", \"0.0.0.0\", \"--protected-mode\", \"no\", \"--save\", \"\"]\n");
        AttemptRef attempt = new AttemptRef("key", "attempt");
        byte[] tail = new byte[245_760];
        new java.util.Random(1).nextBytes(tail);
        try (GenericContainer<?> redis = new GenericContainer<>(image).withExposedPorts(6379).waitingFor(Wait.forLogMessage(".*Ready to accept connections.*", 1))) {
            redis.setPortBindings(List.of("127.0.0.1:0:6379"));
            redis.start();
            String url = "redis://127.0.0.1:" + redis.getMappedPort(6379);
            try (RedisTailCache cache = new RedisTailCache(url, Duration.ofMinutes(1), Duration.ofMillis(500), Duration.ofSeconds(1))) {
                cache.put("default", attempt, tail);
                assertThat(cache.get("default", attempt)).hasValueSatisfying(found -> assertThat(found).isEqualTo(tail));
                redis.stop();
                assertThat(cache.get("default", attempt)).isEmpty();
            }
        }
    }
}
