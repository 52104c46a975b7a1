package dev.longtake.farm.cli;

import dev.longtake.farm.app.FarmApplication;
import dev.longtake.farm.embedded.FarmFile;
import dev.longtake.farm.embedded.ServersOnly;
import dev.longtake.gateway.access.AccessPolicy;
import dev.longtake.servers.EmbeddedServers.Server;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** One role in a process of its own. Where the servers are is configuration: {@code LONGTAKE_KAFKA_BOOTSTRAP} and so on. */
@Command(name = "serve", description = "Run one role in this process until interrupted.", footerHeading = Verb.EXAMPLES,
        footer = {"  longtake serve servers --only kafka", "  longtake serve gateway --port 8080", "  longtake serve worker"})
final class ServeVerb extends Verb {
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final int GATEWAY_PORT = 8080;

    /** What can be run alone. */
    enum Part {
        gateway,
        scheduler,
        worker,
        stitcher,
        servers
    }

    @Parameters(paramLabel = "ROLE", description = "${COMPLETION-CANDIDATES}.")
    private Part part;

    @Option(names = "--host", paramLabel = "HOST", defaultValue = "127.0.0.1", description = "The address that HTTP listens on; 127.0.0.1 if not given.")
    private String host;

    @Option(names = "--port", paramLabel = "P", description = "The port of HTTP: the gateway's (8080 if not given), or health and metrics of another role (none if not given).")
    private Integer port;

    @Option(names = "--only", paramLabel = "SERVER", split = ",",
            description = "With servers: only some of kafka, redis and store, separated by commas; all if not given.")
    private Set<Server> only;

    @Mixin
    private DataOption data;

    @Option(names = "--with-parent", hidden = true, description = "End when standard input ends: with the process that started this one.")
    private boolean withParent;

    @Override
    public Integer call() throws Exception {
        if (withParent) {
            endWithParent();
        }
        if (part == Part.servers) {
            return servers();
        }
        if (only != null) {
            throw CliException.user("--only", "is for servers, not for the " + part, "leave it out");
        }
        if (port != null) {
            checkPort("--port", port);
        }
        if (part == Part.gateway) {
            // Said before anything is begun; the gateway looks again, since it may be started otherwise.
            AccessPolicy.configured().requireSafe(host);
        }
        FarmApplication application = shutdown().add(FarmApplication.start(settings()));
        while (!shutdown().await(LOOK)) {
            if (application.services().failed().isDone()) {
                application.services().failed().get();
            }
        }
        return DONE;
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("longtake.roles", part.name());
        settings.put("quarkus.log.console.level", options().debug() ? "DEBUG" : "INFO");
        Integer http = port == null && part == Part.gateway ? Integer.valueOf(GATEWAY_PORT) : port;
        if (http == null) {
            settings.put("quarkus.http.host-enabled", "false");
        } else {
            settings.put("quarkus.http.host", host);
            settings.put("quarkus.http.port", Integer.toString(dev.longtake.servers.Ports.claim("the " + part.name().toLowerCase(Locale.ROOT), http)));
        }
        return settings;
    }

    private int servers() throws InterruptedException {
        Path directory = data.directory(terminal());
        ServersOnly servers = shutdown().add(new ServersOnly(directory, only == null ? EnumSet.allOf(Server.class) : only));
        try {
            FarmFile file = servers.start();
            print(options().json() ? Summary.write(file) : "servers are ready, see " + directory.resolve("farm.json"));
        } catch (IOException e) {
            throw DataOption.unusable(directory, e);
        }
        while (!shutdown().await(LOOK)) {
            // Until told to end.
        }
        return DONE;
    }

    /** The operating system closes the pipe however the parent dies; what a process without its farm still does is wasted. */
    private static void endWithParent() {
        Thread watch = new Thread(() -> {
            try {
                while (System.in.read() >= 0) {
                    // Nothing is ever said on it.
                }
            } catch (IOException e) {
                // As good as its end.
            }
            Runtime.getRuntime().halt(CliException.FARM);
        }, "parent-watch");
        watch.setDaemon(true);
        watch.start();
    }
}
