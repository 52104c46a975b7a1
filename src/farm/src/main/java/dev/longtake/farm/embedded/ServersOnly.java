package dev.longtake.farm.embedded;

import dev.longtake.servers.DataDirectory;
import dev.longtake.servers.EmbeddedServers;
import dev.longtake.servers.EmbeddedServers.Server;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** The embedded servers alone, for services in processes of their own. */
public final class ServersOnly implements AutoCloseable {
    private final Path directory;
    private final Set<Server> which;
    private DataDirectory data;
    private EmbeddedServers servers;

    public ServersOnly(Path directory, Set<Server> which) {
        this.directory = directory;
        this.which = which;
    }

    /** @return where they are, as {@code farm.json} in the data directory says too */
    public synchronized FarmFile start() throws IOException {
        data = DataDirectory.open(directory);
        servers = EmbeddedServers.start(data, which);
        FarmFile file = FarmFile.of(Optional.empty(), servers, EmbeddedFarm.BUCKET);
        file.write(data.root());
        return file;
    }

    @Override
    public synchronized void close() throws IOException {
        if (servers != null) {
            FarmFile.delete(data.root());
            servers.close();
            servers = null;
        }
        if (data != null) {
            data.close();
            data = null;
        }
    }
}
