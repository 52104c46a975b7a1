package dev.longtake.farm.embedded;

import dev.longtake.farm.app.FarmApplication;
import dev.longtake.farm.app.FarmConfig;
import dev.longtake.farm.app.JavaCommand;
import dev.longtake.farm.embedded.WorkerProcess.Backoff;
import dev.longtake.farm.embedded.WorkerProcess.Command;
import dev.longtake.servers.DataDirectory;
import dev.longtake.servers.EmbeddedServers;
import dev.longtake.servers.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole farm on one data directory. What is started last is stopped first: the worker gives back what it holds while the queue is
 * there, the services end before their servers.
 */
public final class EmbeddedFarm implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedFarm.class);
    static final String BUCKET = "longtake";
    private static final long PARTITION_BYTES = 64L << 20;

    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private Optional<WorkerProcess> worker = Optional.empty();
    private FarmFile file;

    private final Options options;

    public EmbeddedFarm(Options options) {
        this.options = options;
    }

    /**
     * How to start it.
     *
     * @param port      of the gateway, 0 for a free one
     * @param inProcess whether the worker runs in this process: a crash of the engine then ends everything
     * @param model     a bundle's folder; the shipped bundle if absent
     * @param logLevel  what is said on the console
     */
    public record Options(Path data, int port, boolean inProcess, Optional<Path> model, String logLevel) {}

    /**
     * Starts everything; what was started when something fails is stopped by {@link #close()}, which waits for a start under way.
     *
     * @throws dev.longtake.servers.DirectoryInUseException if another farm holds the data directory
     * @throws dev.longtake.servers.PortInUseException      if the port is taken
     * @throws IOException                                  if the data directory cannot be used or a server does not start
     */
    public synchronized void start() throws IOException {
        int port = Ports.claim("the gateway", options.port());
        DataDirectory data = push(DataDirectory.open(options.data()));
        EmbeddedServers servers = push(EmbeddedServers.start(data));
        file = FarmFile.of(Optional.of("http://127.0.0.1:" + port), servers, BUCKET);
        Map<String, String> settings = settings(data, port);
        if (!options.inProcess()) {
            Path ready = data.folder("logs").resolve("worker.ready");
            Map<String, String> workerSettings = workerSettings();
            workerSettings.put("longtake.worker.ready-file", ready.toString());
            Command command = new Command(JavaCommand.of(FarmConfig.early().workerJvm(), "serve", "worker", "--with-parent"), environment(workerSettings), ready);
            worker = Optional.of(push(WorkerProcess.start(command, data.folder("logs").resolve("worker.log"), Backoff.DEFAULT)));
        }
        push(FarmApplication.start(settings));
        worker.ifPresent(this::moveToTop);
        push(() -> FarmFile.delete(data.root()));
        file.write(data.root());
    }

    private <T extends AutoCloseable> T push(T part) {
        started.push(part);
        return part;
    }

    /** The worker starts before the services, because loading the model takes longest, and stops before them all the same. */
    private void moveToTop(AutoCloseable part) {
        started.remove(part);
        started.push(part);
    }

    private Map<String, String> settings(DataDirectory data, int port) throws IOException {
        Map<String, String> settings = new HashMap<>(file.settings());
        settings.put("longtake.roles", "gateway,scheduler,stitcher" + (options.inProcess() ? ",worker" : ""));
        settings.put("longtake.farm.needs-worker", "true");
        // A data directory is somebody's own disk.
        settings.put("longtake.kafka.partition-bytes", Long.toString(PARTITION_BYTES));
        // The directory is locked: there is one scheduler, and a farm that never runs for long clears up, too.
        settings.put("longtake.scheduler.keeping.grace", "PT15S");
        settings.put("longtake.scheduler.state-dir", data.folder("streams").toString());
        if (options.inProcess()) {
            settings.putAll(workerSettings());
        }
        options.model().ifPresent(folder -> settings.put("longtake.gateway.bundle", folder.toString()));
        settings.put("quarkus.http.host", "127.0.0.1");
        settings.put("quarkus.http.port", Integer.toString(port));
        settings.put("quarkus.log.console.level", options.logLevel());
        settings.put("quarkus.log.file.enabled", "true");
        settings.put("quarkus.log.file.path", data.folder("logs").resolve("farm.log").toString());
        return settings;
    }

    private Map<String, String> workerSettings() {
        Map<String, String> settings = new HashMap<>(file.settings());
        settings.put("longtake.worker.cache", cache().toString());
        settings.put("longtake.kafka.partition-bytes", Long.toString(PARTITION_BYTES));
        options.model().ifPresent(folder -> settings.put("longtake.worker.bundle", folder.toString()));
        return settings;
    }

    /** Unpacked libraries are the same for every farm of a user, and too large for a temporary directory in memory. */
    private static Path cache() {
        String own = System.getenv().getOrDefault("LONGTAKE_WORKER_CACHE", "");
        String shared = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
        Path fallback = shared.startsWith("/") ? Path.of(shared, "longtake") : Path.of(System.getProperty("user.home"), ".cache", "longtake");
        return own.isBlank() ? fallback : Path.of(own);
    }

    private static Map<String, String> environment(Map<String, String> settings) {
        return settings.entrySet().stream().collect(Collectors.toMap(e -> e.getKey().toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_"), Map.Entry::getValue));
    }

    public FarmFile file() {
        return file;
    }

    public Path directory() {
        return options.data();
    }

    /** Why this farm can render nothing any more, once that is so. */
    public Optional<String> broken() {
        return worker.flatMap(WorkerProcess::gaveUp);
    }

    @Override
    public synchronized void close() {
        while (!started.isEmpty()) {
            AutoCloseable part = started.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn("{} did not stop cleanly: {}", part.getClass().getSimpleName(), e.toString());
            }
        }
    }
}
