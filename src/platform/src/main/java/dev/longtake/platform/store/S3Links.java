package dev.longtake.platform.store;

import io.minio.GetPresignedObjectUrlArgs;
import io.minio.Http;
import io.minio.MinioClient;
import io.minio.errors.MinioException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** {@link ObjectLinks} by signatures of the S3 protocol. The host is part of what is signed, so it must be the one that readers will use. Asks nobody. */
public final class S3Links implements ObjectLinks {
    private final Optional<MinioClient> client;
    private final String bucket;

    /** @param endpoint as readers reach the store. @param accessKey empty for anonymous access */
    public S3Links(String endpoint, String region, String bucket, Optional<String> accessKey, Optional<String> secretKey) {
        this.client = accessKey.isPresent() && secretKey.isPresent()
                ? Optional.of(MinioClient.builder().endpoint(endpoint).region(region).credentials(accessKey.get(), secretKey.get()).build()) : Optional.empty();
        this.bucket = bucket;
    }

    @Override
    public Optional<URI> link(String key, Duration life, String contentType, String disposition) {
        return client.map(c -> {
            try {
                return URI.create(c.getPresignedObjectUrl(GetPresignedObjectUrlArgs.builder().method(Http.Method.GET).bucket(bucket).object(key).expiry(Math.toIntExact(life.toSeconds()))
                        .extraQueryParams(Map.of("response-content-type", contentType, "response-content-disposition", disposition)).build()));
            } catch (MinioException e) {
                throw new StoreUnavailableException("cannot sign a link to " + key + ": " + e.getMessage(), e);
            }
        });
    }
}
