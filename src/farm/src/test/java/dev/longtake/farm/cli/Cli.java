package dev.longtake.farm.cli;

import dev.longtake.farm.app.Shutdown;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Runs command lines in this JVM. */
final class Cli {
    private final Path here;

    Cli(Path here) {
        this.here = here;
    }

    /** What a command line came to. */
    record Ended(int status, String out, String err) {}

    Ended run(String... arguments) {
        return run(false, arguments);
    }

    /** As on a terminal that shows all colours. */
    Ended live(String... arguments) {
        return run(true, arguments);
    }

    private Ended run(boolean live, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Shutdown shutdown = new Shutdown();
        int status;
        try (PrintStream o = new PrintStream(out, true, StandardCharsets.UTF_8); PrintStream e = new PrintStream(err, true, StandardCharsets.UTF_8)) {
            status = new Longtake(new Terminal(o, e, live, here, Map.of("LONGTAKE_DATA", here.resolve("data").toString(), "COLORTERM", "truecolor", "LONGTAKE_SIZE", "30 100", "BROWSER", "true")), shutdown).run(arguments);
        }
        shutdown.run();
        return new Ended(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
