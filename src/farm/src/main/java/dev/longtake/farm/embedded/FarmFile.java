package dev.longtake.farm.embedded;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longtake.servers.EmbeddedS3;
import dev.longtake.servers.EmbeddedServers;
import dev.longtake.servers.EmbeddedServers.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * {@code farm.json} in the data directory, there while a farm runs on it: where its parts are. It holds the object store's
 * credentials, so only its owner reads it.
 *
 * @param url of the gateway; absent if only servers run, as those of the servers are that do not run
 */
public record FarmFile(Optional<String> url, Optional<String> kafka, Optional<String> redis, Optional<Store> store, long pid) {
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
        return new FarmFile(url, Optional.of(Server.KAFKA).filter(servers::has).map(s -> servers.kafka().bootstrap()),
                Optional.of(Server.REDIS).filter(servers::has).map(s -> servers.redis().url()),
                Optional.of(Server.STORE).filter(servers::has).map(s -> store(servers.store(), bucket)), ProcessHandle.current().pid());
    }

    private static Store store(EmbeddedS3 s3, String bucket) {
        return new Store(s3.endpoint(), bucket, s3.credentials().accessKey(), s3.credentials().secretKey());
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
        Map<String, String> settings = new HashMap<>();
        kafka.ifPresent(bootstrap -> settings.put("longtake.kafka.bootstrap", bootstrap));
        redis.ifPresent(address -> settings.put("longtake.redis.url", address));
        store.ifPresent(s -> {
            settings.put("longtake.store.endpoint", s.endpoint());
            settings.put("longtake.store.bucket", s.bucket());
            settings.put("longtake.store.access-key", s.accessKey());
            settings.put("longtake.store.secret-key", s.secretKey());
        });
        return settings;
    }
}
