package dev.longtake.farm.cli;

import picocli.CommandLine.Option;

/** What every verb takes. */
final class CommonOptions {
    @Option(names = "--json", description = "Write nothing but JSON to standard output.")
    private boolean json;

    @Option(names = "--debug", description = "Say more, stack traces included.")
    private boolean debug;

    boolean json() {
        return json;
    }

    boolean debug() {
        return debug;
    }
}
