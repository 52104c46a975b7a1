package dev.longtake.servers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kafka, Redis and the object store of an embedded farm: started side by side, on one data directory. */
public final class EmbeddedServers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedServers.class);

    private final EmbeddedKafka kafka;
    private final EmbeddedRedis redis;
    private final EmbeddedS3 store;

    private EmbeddedServers(EmbeddedKafka kafka, EmbeddedRedis redis, EmbeddedS3 store) {
        this.kafka = kafka;
        this.redis = redis;
        this.store = store;
    }

    /** Ports to use; 0 for a free one. */
    public record PortChoice(int kafka, int redis, int store) {
        public static final PortChoice FREE = new PortChoice(0, 0, 0);
    }

    /**
     * Starts all three; if one does not start, the others are stopped again.
     *
     * @throws PortInUseException if a port asked for by number is taken
     */
    public static EmbeddedServers start(DataDirectory data, PortChoice ports) throws IOException {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        List<AutoCloseable> started = new ArrayList<>();
        try {
            Future<EmbeddedKafka> kafka = threads.submit(keep(started, () -> EmbeddedKafka.start(data.folder("kafka"), ports.kafka())));
            Future<EmbeddedRedis> redis = threads.submit(keep(started, () -> EmbeddedRedis.start(data.folder("redis"), ports.redis())));
            Future<EmbeddedS3> store = threads.submit(keep(started, () -> EmbeddedS3.start(data.folder("s3"), ports.store())));
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

    private static <T extends AutoCloseable> Callable<T> keep(List<AutoCloseable> started, Callable<T> start) {
        return () -> {
            T server = start.call();
            synchronized (started) {
                started.add(server);
            }
            return server;
        };
    }

    private static void closeQuietly(AutoCloseable server) {
        try {
            server.close();
        } catch (Exception e) {
            LOG.warn("{} did not stop cleanly: {}", server.getClass().getSimpleName(), e.toString());
        }
    }

    public EmbeddedKafka kafka() {
        return kafka;
    }

    public EmbeddedRedis redis() {
        return redis;
    }

    public EmbeddedS3 store() {
        return store;
    }

    /** Stops all three; the data stays. */
    @Override
    public void close() {
        closeQuietly(store);
        closeQuietly(redis);
        closeQuietly(kafka);
    }
}
