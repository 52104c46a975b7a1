package dev.longtake.platform.store;

import io.minio.BucketExistsArgs;
import io.minio.GetObjectArgs;
import io.minio.ListObjectsArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.RemoveObjectArgs;
import io.minio.Result;
import io.minio.StatObjectArgs;
import io.minio.StatObjectResponse;
import io.minio.UploadObjectArgs;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import io.minio.messages.Item;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;

/** {@link ObjectStore} over the S3 protocol. Every operation is repeated with growing pauses while the store is away. */
public final class S3ObjectStore implements ObjectStore, AutoCloseable {
    private static final long PART_BYTES = 8L << 20;
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 3_000;
    private static final int PRECONDITION_FAILED = 412;
    private static final int PAGE = 1_000;
    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;
    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final MinioClient client;
    private final OkHttpClient http;
    private final String bucket;
    private final Duration patience;
    private volatile boolean bucketThere;

    /**
     * How long is waited.
     *
     * @param patience how long an operation is tried again
     * @param connect  for a connection
     * @param silence  for the next byte, either way
     */
    public record Waits(Duration patience, Duration connect, Duration silence) {
        public static Waits of(Duration patience) {
            return new Waits(patience, Duration.ofSeconds(5), Duration.ofSeconds(20));
        }
    }

    /** @param accessKey empty for anonymous access */
    public S3ObjectStore(String endpoint, String region, String bucket, Optional<String> accessKey, Optional<String> secretKey, Waits waits) {
        this.http = new OkHttpClient.Builder()
                .connectTimeout(waits.connect())
                .readTimeout(waits.silence())
                .writeTimeout(waits.silence())
                .build();
        MinioClient.Builder builder = MinioClient.builder().endpoint(endpoint).region(region).httpClient(http);
        if (accessKey.isPresent() && secretKey.isPresent()) {
            builder.credentials(accessKey.get(), secretKey.get());
        }
        this.client = builder.build();
        this.bucket = bucket;
        this.patience = waits.patience();
    }

    @FunctionalInterface
    private interface Operation<T> {
        T run() throws MinioException, IOException;
    }

    @Override
    public void put(String key, byte[] bytes, String contentType) {
        repeat("put " + key, () -> client.putObject(args(key, bytes, contentType).build()));
    }

    @Override
    public boolean putIfAbsent(String key, byte[] bytes, String contentType) {
        return repeat("put " + key, () -> {
            try {
                client.putObject(args(key, bytes, contentType).headers(Map.of("If-None-Match", "*")).build());
                return true;
            } catch (ErrorResponseException e) {
                int code = e.response().code();
                if (code == PRECONDITION_FAILED || code == CONFLICT && client.statObject(StatObjectArgs.builder().bucket(bucket).object(key).build()) != null) {
                    return false;
                }
                throw e;
            }
        });
    }

    private PutObjectArgs.Builder args(String key, byte[] bytes, String contentType) {
        return PutObjectArgs.builder().bucket(bucket).object(key).contentType(contentType).stream(new ByteArrayInputStream(bytes), (long) bytes.length, -1L);
    }

    @Override
    public void putFile(String key, Path file, String contentType) {
        repeat("put " + key, () -> client.uploadObject(
                UploadObjectArgs.builder().bucket(bucket).object(key).filename(file.toString(), PART_BYTES).contentType(contentType).build()));
    }

    @Override
    public byte[] get(String key) throws ObjectMissingException {
        return found(key, repeat("get " + key, () -> {
            try (InputStream in = client.getObject(GetObjectArgs.builder().bucket(bucket).object(key).build())) {
                return Optional.of(in.readAllBytes());
            } catch (ErrorResponseException e) {
                return missing(e);
            }
        }));
    }

    @Override
    public InputStream open(String key, long offset, long length) throws ObjectMissingException {
        if (length == 0) {
            found(key, head(key));
            return InputStream.nullInputStream();
        }
        return found(key, repeat("open " + key, () -> {
            try {
                GetObjectArgs.Builder args = GetObjectArgs.builder().bucket(bucket).object(key);
                if (offset > 0 || length > 0) {
                    args.offset(offset);
                }
                if (length > 0) {
                    args.length(length);
                }
                return Optional.<InputStream>of(client.getObject(args.build()));
            } catch (ErrorResponseException e) {
                if (e.response().code() == RANGE_NOT_SATISFIABLE) {
                    return Optional.of(InputStream.nullInputStream());
                }
                return missing(e);
            }
        }));
    }

    @Override
    public Optional<ObjectInfo> head(String key) {
        return repeat("head " + key, () -> {
            try {
                StatObjectResponse stat = client.statObject(StatObjectArgs.builder().bucket(bucket).object(key).build());
                return Optional.of(new ObjectInfo(key, stat.size(), stat.etag(), stat.contentType(), stat.lastModified().toInstant()));
            } catch (ErrorResponseException e) {
                return missing(e);
            }
        });
    }

    @Override
    public List<String> list(String prefix) {
        return repeat("list " + prefix, () -> {
            List<String> keys = new ArrayList<>();
            for (Result<Item> item : client.listObjects(ListObjectsArgs.builder().bucket(bucket).prefix(prefix).recursive(true).build())) {
                keys.add(item.get().objectName());
            }
            return keys;
        });
    }

    @Override
    public List<Listed> page(String prefix, String after, int limit) {
        return repeat("list " + prefix, () -> {
            ListObjectsArgs.Builder args = ListObjectsArgs.builder().bucket(bucket).prefix(prefix).recursive(true).maxKeys(Math.min(limit, PAGE));
            if (!after.isEmpty()) {
                args.startAfter(after);
            }
            List<Listed> page = new ArrayList<>();
            Iterator<Result<Item>> items = client.listObjects(args.build()).iterator();
            while (page.size() < limit && items.hasNext()) {
                Item item = items.next().get();
                page.add(new Listed(item.objectName(), item.lastModified().toInstant()));
            }
            return page;
        });
    }

    @Override
    public void delete(String key) {
        repeat("delete " + key, () -> {
            client.removeObject(RemoveObjectArgs.builder().bucket(bucket).object(key).build());
            return true;
        });
    }

    @Override
    public void close() {
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }

    private static <T> Optional<T> missing(ErrorResponseException e) throws ErrorResponseException {
        // A missing bucket is no missing object: it is made, and the call repeated.
        if (e.response().code() == NOT_FOUND && !"NoSuchBucket".equals(e.errorResponse().code())) {
            return Optional.empty();
        }
        throw e;
    }

    private static <T> T found(String key, Optional<T> value) throws ObjectMissingException {
        return value.orElseThrow(() -> new ObjectMissingException(key));
    }

    private <T> T repeat(String what, Operation<T> operation) {
        long until = System.nanoTime() + patience.toNanos();
        long pause = FIRST_PAUSE_MILLIS;
        while (true) {
            try {
                ensureBucket();
                return operation.run();
            } catch (MinioException | IOException | IllegalStateException e) {
                // The SDK wraps a refused connection in IllegalStateException; any other one is a mistake of ours.
                if (e instanceof IllegalStateException && !(e.getCause() instanceof IOException)) {
                    throw (IllegalStateException) e;
                }
                bucketThere = false;
                if (System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause) > until || Thread.currentThread().isInterrupted()) {
                    throw new StoreUnavailableException("cannot " + what + ": " + reason(e), e);
                }
            }
            try {
                Thread.sleep(pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoreUnavailableException("cannot " + what + ": interrupted", e);
            }
            pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
        }
    }

    private static String reason(Exception e) {
        Throwable cause = e.getCause() != null ? e.getCause() : e;
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage().lines().findFirst().orElse("");
    }

    private void ensureBucket() throws MinioException {
        if (bucketThere) {
            return;
        }
        if (!client.bucketExists(BucketExistsArgs.builder().bucket(bucket).build())) {
            try {
                client.makeBucket(MakeBucketArgs.builder().bucket(bucket).build());
            } catch (ErrorResponseException e) {
                // Another process made it in between.
                if (e.response().code() != CONFLICT) {
                    throw e;
                }
            }
        }
        bucketThere = true;
    }
}
