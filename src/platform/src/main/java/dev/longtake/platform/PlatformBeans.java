package dev.longtake.platform;

import dev.longtake.platform.cache.RedisTailCache;
import dev.longtake.platform.cache.TailCache;
import dev.longtake.platform.config.PlatformConfig;
import dev.longtake.platform.queue.KafkaPublisher;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.store.ObjectStore;
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
        return new S3ObjectStore(store.endpoint(), store.region(), store.bucket(), store.accessKey(), store.secretKey(), store.patience());
    }

    void close(@Disposes ObjectStore store) throws Exception {
        closeIfOpen(store);
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
    public Publisher publisher(PlatformConfig config) {
        return new KafkaPublisher(config.kafka().bootstrap(), "longtake-" + ProcessHandle.current().pid(), config.kafka().patience());
    }

    void close(@Disposes Publisher publisher) throws Exception {
        closeIfOpen(publisher);
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
