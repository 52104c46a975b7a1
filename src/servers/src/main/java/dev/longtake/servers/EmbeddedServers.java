package dev.longtake.servers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kafka, Redis and the object store of an embedded farm: started side by side, on one data directory, on the ports they had last. */
public final class EmbeddedServers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedServers.class);

    private final Optional<EmbeddedKafka> kafka;
    private final Optional<EmbeddedRedis> redis;
    private final Optional<EmbeddedS3> store;

    private EmbeddedServers(Optional<EmbeddedKafka> kafka, Optional<EmbeddedRedis> redis, Optional<EmbeddedS3> store) {
        this.kafka = kafka;
        this.redis = redis;
        this.store = store;
    }

    /** What can be started. */
    public enum Server {
        KAFKA,
        REDIS,
        STORE
    }

    /** Starts all three. */
    public static EmbeddedServers start(DataDirectory data) throws IOException {
        return start(data, EnumSet.allOf(Server.class));
    }

    /** Starts some; if one does not start, the others are stopped again. */
    public static EmbeddedServers start(DataDirectory data, Set<Server> which) throws IOException {
        ExecutorService threads = Executors.newFixedThreadPool(Server.values().length);
        List<AutoCloseable> started = new ArrayList<>();
        try {
            Future<Optional<EmbeddedKafka>> kafka = threads.submit(keep(started, which.contains(Server.KAFKA), () -> EmbeddedKafka.start(data.folder("kafka"))));
            Future<Optional<EmbeddedRedis>> redis = threads.submit(keep(started, which.contains(Server.REDIS), () -> EmbeddedRedis.start(data.folder("redis"))));
            Future<Optional<EmbeddedS3>> store = threads.submit(keep(started, which.contains(Server.STORE), () -> EmbeddedS3.start(data.folder("s3"))));
            threads.shutdown();
            Throwable failure = null;
            for (Future<?> one : List.of(kafka, redis, store)) {
                try {
                    one.get();
                } catch (ExecutionException e) {
                    failure = failure == null ? e.getCause() : failure;
                }
            }
            if (failure != null) {
                started.forEach(EmbeddedServers::closeQuietly);
                if (failure instanceof RuntimeException runtime) {
                    throw runtime;
                }
                throw failure instanceof IOException io ? io : new IOException(failure);
            }
            return new EmbeddedServers(kafka.get(), redis.get(), store.get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            started.forEach(EmbeddedServers::closeQuietly);
            throw new IOException("interrupted while the servers were starting", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("already looked at", e);
        } finally {
            threads.shutdown();
        }
    }

    private static <T extends AutoCloseable> Callable<Optional<T>> keep(List<AutoCloseable> started, boolean wanted, Callable<T> start) {
        return () -> {
            if (!wanted) {
                return Optional.empty();
            }
            T server = start.call();
            synchronized (started) {
                started.add(server);
            }
            return Optional.of(server);
        };
    }

    private static void closeQuietly(AutoCloseable server) {
        try {
            server.close();
        } catch (Exception e) {
            LOG.warn("{} did not stop cleanly: {}", server.getClass().getSimpleName(), e.toString());
        }
    }

    public boolean has(Server server) {
        return switch (server) {
            case KAFKA -> kafka.isPresent();
            case REDIS -> redis.isPresent();
            case STORE -> store.isPresent();
        };
    }

    /** @throws java.util.NoSuchElementException if it was not to be started; the same holds for the others */
    public EmbeddedKafka kafka() {
        return kafka.orElseThrow();
    }

    public EmbeddedRedis redis() {
        return redis.orElseThrow();
    }

    public EmbeddedS3 store() {
        return store.orElseThrow();
    }

    /** Stops what was started; the data stays. */
    @Override
    public void close() {
        store.ifPresent(EmbeddedServers::closeQuietly);
        redis.ifPresent(EmbeddedServers::closeQuietly);
        kafka.ifPresent(EmbeddedServers::closeQuietly);
    }
}
