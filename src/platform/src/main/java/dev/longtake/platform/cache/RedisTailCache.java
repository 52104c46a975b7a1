package dev.longtake.platform.cache;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.ObjectKeys;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.SetParams;

/** {@link TailCache} in Redis. After a failure Redis is left alone for a while, so that its absence costs one time-out and not one a call. */
public final class RedisTailCache implements TailCache, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisTailCache.class);

    private final RedisClient client;
    private final Duration expiry;
    private final Duration pause;
    private volatile long awayUntil = System.nanoTime();

    public RedisTailCache(String url, Duration expiry, Duration timeout, Duration pause) {
        int millis = (int) timeout.toMillis();
        this.client = RedisClient.builder()
                .fromURI(URI.create(url))
                .clientConfig(DefaultJedisClientConfig.builder(URI.create(url)).connectionTimeoutMillis(millis).socketTimeoutMillis(millis).build())
                .build();
        this.expiry = expiry;
        this.pause = pause;
    }

    @Override
    public void put(String tenant, AttemptRef attempt, byte[] tail) {
        attempt(() -> client.set(key(tenant, attempt), tail, SetParams.setParams().px(expiry.toMillis())));
    }

    @Override
    public Optional<byte[]> get(String tenant, AttemptRef attempt) {
        return attempt(() -> client.get(key(tenant, attempt)));
    }

    @Override
    public void remove(String tenant, AttemptRef attempt) {
        attempt(() -> client.del(key(tenant, attempt)));
    }

    private static byte[] key(String tenant, AttemptRef attempt) {
        return ObjectKeys.cachedTail(tenant, attempt).getBytes(StandardCharsets.UTF_8);
    }

    private <T> Optional<T> attempt(Supplier<T> call) {
        if (System.nanoTime() - awayUntil < 0) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(call.get());
        } catch (JedisException e) {
            LOG.warn("Redis is away, tails come from the object store for {} s: {}", pause.toSeconds(), e.getMessage());
            awayUntil = System.nanoTime() + pause.toNanos();
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
