package dev.longtake.farm.cli;

import dev.longtake.farm.client.FarmClient;
import dev.longtake.farm.embedded.EmbeddedFarm;
import dev.longtake.gateway.access.AccessPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the whole farm until it is told to end. */
@Command(name = "up", description = "Run the whole farm on this machine until interrupted.", footerHeading = Verb.EXAMPLES,
        footer = {"  longtake up", "  longtake up --port 0 --data /tmp/farm"})
final class UpVerb extends Verb {
    private static final Duration LOOK = Duration.ofMillis(200);

    @Option(names = "--port", paramLabel = "P", defaultValue = "8080", description = "The gateway's port on 127.0.0.1, 0 for a free one; 8080 if not given.")
    private int port;

    @Mixin
    private DataOption data;

    @Mixin
    private ModelOption model;

    @Option(names = "--in-process", description = "Run the worker in this process too: for debugging.")
    private boolean inProcess;

    @Override
    public Integer call() throws Exception {
        checkPort("--port", port);
        Path directory = data.directory(terminal());
        EmbeddedFarm farm = shutdown().add(new EmbeddedFarm(new EmbeddedFarm.Options(directory, port, inProcess, model.folder(terminal()), options().debug() ? "INFO" : "ERROR")));
        try {
            farm.start();
        } catch (IOException e) {
            throw DataOption.unusable(directory, e);
        }
        String url = farm.file().url().orElseThrow();
        terminal().err().println("gateway at " + url + ", data in " + directory + "; waiting for the worker");
        AccessPolicy access = AccessPolicy.configured();
        if (!access.isRequired()) {
            terminal().err().println(access.describe("127.0.0.1"));
        }
        FarmClient client = new FarmClient(ServerOption.parse(url));
        boolean said = false;
        while (!shutdown().await(LOOK)) {
            farm.broken().ifPresent(reason -> {
                throw ModelOption.broken(reason);
            });
            if (!said && ready(client)) {
                said = true;
                print(options().json() ? Summary.write(Map.of("url", url, "data", directory.toString())) : "ready at " + url);
            }
        }
        return DONE;
    }

    private static boolean ready(FarmClient client) {
        try {
            return client.ready();
        } catch (IOException e) {
            return false;
        }
    }
}
