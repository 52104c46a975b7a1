package dev.longtake.farm.cli;

import dev.longtake.farm.app.Shutdown;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** A verb of the command line. */
@Command(mixinStandardHelpOptions = true, versionProvider = Longtake.Version.class, sortOptions = false)
public abstract class Verb implements Callable<Integer> {
    /** Before the examples that the help of each verb ends with. */
    public static final String EXAMPLES = "%nExamples:%n";
    protected static final int DONE = 0;
    private static final int LARGEST_PORT = 65_535;

    @Mixin
    private Common options;

    @ParentCommand
    private Longtake longtake;

    protected Common options() {
        return options;
    }

    protected Terminal terminal() {
        return longtake.terminal();
    }

    /** Cleans up at the end of the process, however that comes. */
    protected Shutdown shutdown() {
        return longtake.shutdown();
    }

    /** Of this build. */
    protected static String version() {
        return Longtake.Version.text();
    }

    protected void print(String line) {
        terminal().out().println(line);
        terminal().out().flush();
    }

    static void checkPort(String field, int port) {
        if (port < 0 || port > LARGEST_PORT) {
            throw CliException.user(field, port + " is no port", "give 0 to " + LARGEST_PORT);
        }
    }

    /** What every verb takes. */
    public static final class Common {
        @Option(names = "--json", description = "Write nothing but JSON to standard output.")
        private boolean json;

        @Option(names = "--debug", description = "Say more, stack traces included.")
        private boolean debug;

        public boolean json() {
            return json;
        }

        boolean debug() {
            return debug;
        }
    }
}
