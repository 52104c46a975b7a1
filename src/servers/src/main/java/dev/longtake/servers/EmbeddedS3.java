package dev.longtake.servers;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Properties;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/**
 * A real S3 server over a folder, in this JVM, on loopback. Its credentials are drawn once per data directory and kept in a file that
 * only its owner reads.
 */
public final class EmbeddedS3 implements AutoCloseable {
    private final S3Proxy server;
    private final int port;
    private final Credentials credentials;

    private EmbeddedS3(S3Proxy server, int port, Credentials credentials) {
        this.server = server;
        this.port = port;
        this.credentials = credentials;
    }

    /** What a client signs with. */
    public record Credentials(String accessKey, String secretKey) {
        @Override
        public String toString() {
            return "Credentials[" + accessKey + "]";
        }
    }

    /** Starts it on the port it had last. */
    public static EmbeddedS3 start(Path directory) throws IOException {
        Path objects = Files.createDirectories(directory.resolve("objects"));
        Credentials credentials = credentials(directory.resolve("credentials"));
        int claimed = Ports.kept("the object store", directory.resolve("port"));
        S3Proxy server = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(objects.toString()))
                .endpoint(URI.create("http://127.0.0.1:" + claimed))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, credentials.accessKey(), credentials.secretKey())
                .ignoreUnknownHeaders(true)
                .build();
        try {
            server.start();
        } catch (Exception e) {
            throw new IOException("the object store does not start: " + e.getMessage(), e);
        }
        return new EmbeddedS3(server, claimed, credentials);
    }

    private static Credentials credentials(Path file) throws IOException {
        Properties properties = new Properties();
        if (Files.exists(file)) {
            try (var in = Files.newBufferedReader(file)) {
                properties.load(in);
            }
        }
        if (properties.getProperty("access-key") == null || properties.getProperty("secret-key") == null) {
            SecureRandom random = new SecureRandom();
            properties.setProperty("access-key", hex(random, 10));
            properties.setProperty("secret-key", hex(random, 20));
            Path part = file.resolveSibling("credentials.part");
            Files.deleteIfExists(part);
            Files.createFile(part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try (var out = Files.newBufferedWriter(part)) {
                properties.store(out, null);
            }
            Files.move(part, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
        return new Credentials(properties.getProperty("access-key"), properties.getProperty("secret-key"));
    }

    private static String hex(SecureRandom random, int bytes) {
        byte[] drawn = new byte[bytes];
        random.nextBytes(drawn);
        return HexFormat.of().formatHex(drawn);
    }

    public int port() {
        return port;
    }

    public String endpoint() {
        return "http://127.0.0.1:" + port;
    }

    public Credentials credentials() {
        return credentials;
    }

    @Override
    public void close() throws IOException {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IOException("the object store does not stop", e);
        }
    }
}
