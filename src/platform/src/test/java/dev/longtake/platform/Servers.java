package dev.longtake.platform;

import dev.longtake.servers.DataDirectory;
import dev.longtake.servers.EmbeddedServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** The real servers, started once for this module's tests. */
public final class Servers {
    private static EmbeddedServers servers;

    private Servers() {}

    public static synchronized EmbeddedServers get() {
        if (servers == null) {
            try {
                Path dir = Files.createTempDirectory("longtake-platform");
                DataDirectory data = DataDirectory.open(dir);
                servers = EmbeddedServers.start(data);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    servers.close();
                    try (Stream<Path> files = Files.walk(dir)) {
                        data.close();
                        files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return servers;
    }
}
