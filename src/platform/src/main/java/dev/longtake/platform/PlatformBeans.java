package dev.longtake.platform;

import dev.longtake.platform.cache.RedisRequestCounter;
import dev.longtake.platform.cache.RedisTailCache;
import dev.longtake.platform.cache.RequestCounter;
import dev.longtake.platform.cache.TailCache;
import dev.longtake.platform.config.PlatformConfig;
import dev.longtake.platform.queue.KafkaLetterLog;
import dev.longtake.platform.queue.KafkaPublisher;
import dev.longtake.platform.queue.LetterLog;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.store.ObjectLinks;
import dev.longtake.platform.store.ObjectStore;
import dev.longtake.platform.store.S3Links;
import dev.longtake.platform.store.S3ObjectStore;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** The adapters as beans. Each is made when it is first used, so that a role that is off connects to nothing. */
@ApplicationScoped
public class PlatformBeans {
    @Produces
    @ApplicationScoped
    public ObjectStore objectStore(PlatformConfig config) {
        PlatformConfig.Store store = config.store();
        return new S3ObjectStore(store.endpoint(), store.region(), store.bucket(), store.accessKey(), store.secretKey(),
                new S3ObjectStore.Waits(store.patience(), store.connectTimeout(), store.silenceTimeout()));
    }

    void close(@Disposes ObjectStore store) throws Exception {
        closeIfOpen(store);
    }

    @Produces
    @Singleton
    public ObjectLinks objectLinks(PlatformConfig config) {
        PlatformConfig.Store store = config.store();
        return new S3Links(store.publicEndpoint().orElse(store.endpoint()), store.region(), store.bucket(), store.accessKey(), store.secretKey());
    }

    @Produces
    @ApplicationScoped
    public TailCache tailCache(PlatformConfig config) {
        PlatformConfig.Redis redis = config.redis();
        return new RedisTailCache(redis.url(), redis.tailExpiry(), redis.timeout(), redis.pause());
    }

    void close(@Disposes TailCache cache) throws Exception {
        closeIfOpen(cache);
    }

    @Produces
    @ApplicationScoped
    public RequestCounter requestCounter(PlatformConfig config) {
        return new RedisRequestCounter(config.redis().url(), config.redis().timeout(), config.redis().pause());
    }

    void close(@Disposes RequestCounter counter) throws Exception {
        closeIfOpen(counter);
    }

    @Produces
    @ApplicationScoped
    public Publisher publisher(PlatformConfig config) {
        return new KafkaPublisher(config.kafka().bootstrap(), "longtake-" + ProcessHandle.current().pid(), config.kafka().patience());
    }

    void close(@Disposes Publisher publisher) throws Exception {
        closeIfOpen(publisher);
    }

    @Produces
    @ApplicationScoped
    public LetterLog letters(PlatformConfig config) {
        return new KafkaLetterLog(config.kafka().bootstrap(), config.kafka().patience());
    }

    private static void closeIfOpen(Object adapter) throws Exception {
        if (adapter instanceof AutoCloseable open) {
            open.close();
        }
    }

    @Produces
    @Singleton
    public Clock clock() {
        return Clock.systemUTC();
    }
}
