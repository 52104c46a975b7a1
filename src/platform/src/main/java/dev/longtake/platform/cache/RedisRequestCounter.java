package dev.longtake.platform.cache;

import java.net.URI;
import java.time.Duration;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisException;

/** {@link RequestCounter} in Redis: a number for each tenant and second. After a failure Redis is left alone for a while. */
public final class RedisRequestCounter implements RequestCounter, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisRequestCounter.class);
    /** Longer than clocks of replicas may differ and still count together. */
    private static final long KEPT_SECONDS = 10;

    private final RedisClient client;
    private final Duration pause;
    private volatile long awayUntil = System.nanoTime();

    public RedisRequestCounter(String url, Duration timeout, Duration pause) {
        int millis = (int) timeout.toMillis();
        this.client = RedisClient.builder()
                .fromURI(URI.create(url))
                .clientConfig(DefaultJedisClientConfig.builder(URI.create(url)).connectionTimeoutMillis(millis).socketTimeoutMillis(millis).build())
                .build();
        this.pause = pause;
    }

    @Override
    public OptionalLong count(String tenant, long second) {
        if (System.nanoTime() - awayUntil < 0) {
            return OptionalLong.empty();
        }
        String key = "requests:" + tenant + ":" + second;
        try {
            long count = client.incr(key);
            if (count == 1) {
                client.expire(key, KEPT_SECONDS);
            }
            return OptionalLong.of(count);
        } catch (JedisException e) {
            LOG.warn("Redis is away, requests are not counted for {} s: {}", pause.toSeconds(), e.getMessage());
            awayUntil = System.nanoTime() + pause.toNanos();
            return OptionalLong.empty();
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
