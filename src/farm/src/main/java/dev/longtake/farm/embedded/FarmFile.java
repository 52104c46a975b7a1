package dev.longtake.farm.embedded;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longtake.servers.EmbeddedServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;

/**
 * {@code farm.json} in the data directory, there while a farm runs on it: where its parts are. It holds the object store's
 * credentials, so only its owner reads it.
 *
 * @param url of the gateway; absent if only the servers run
 */
public record FarmFile(Optional<String> url, String kafka, String redis, Store store, long pid) {
    private static final String NAME = "farm.json";
    private static final ObjectMapper MAPPER = new ObjectMapper().findAndRegisterModules();

    /** The object store. */
    public record Store(String endpoint, String bucket, String accessKey, String secretKey) {
        @Override
        public String toString() {
            return "Store[" + endpoint + ", " + bucket + "]";
        }
    }

    static FarmFile of(Optional<String> url, EmbeddedServers servers, String bucket) {
        var credentials = servers.store().credentials();
        return new FarmFile(url, servers.kafka().bootstrap(), servers.redis().url(),
                new Store(servers.store().endpoint(), bucket, credentials.accessKey(), credentials.secretKey()), ProcessHandle.current().pid());
    }

    void write(Path directory) throws IOException {
        Path part = directory.resolve(NAME + ".part");
        Files.deleteIfExists(part);
        Files.createFile(part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(part, MAPPER.writeValueAsBytes(this));
        Files.move(part, directory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static void delete(Path directory) throws IOException {
        Files.deleteIfExists(directory.resolve(NAME));
    }

    /** The farm that runs, or last ran, on a data directory. */
    public static Optional<FarmFile> read(Path directory) {
        try {
            return Optional.of(MAPPER.readValue(directory.resolve(NAME).toFile(), FarmFile.class));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The configuration that leads a service to these servers. */
    Map<String, String> settings() {
        return Map.of(
                "longtake.kafka.bootstrap", kafka,
                "longtake.redis.url", redis,
                "longtake.store.endpoint", store.endpoint(),
                "longtake.store.bucket", store.bucket(),
                "longtake.store.access-key", store.accessKey(),
                "longtake.store.secret-key", store.secretKey());
    }
}
