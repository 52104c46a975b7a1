package dev.longtake.farm.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** A verb of the command line. */
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false)
abstract class Verb implements Callable<Integer> {
    static final int DONE = 0;

    @Mixin
    private CommonOptions options;

    @ParentCommand
    private Longtake longtake;

    CommonOptions options() {
        return options;
    }

    Terminal terminal() {
        return longtake.terminal();
    }

    /** Cleans up at the end of the process, however that comes. */
    Shutdown shutdown() {
        return longtake.shutdown();
    }

    void print(String line) {
        terminal().out().println(line);
        terminal().out().flush();
    }
}
