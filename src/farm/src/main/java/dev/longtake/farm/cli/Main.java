package dev.longtake.farm.cli;

import dev.longtake.farm.app.Shutdown;
import io.quarkus.runtime.annotations.QuarkusMain;

/** Where the process begins. */
@QuarkusMain
public final class Main {
    private Main() {}

    public static void main(String... arguments) {
        Shutdown shutdown = new Shutdown();
        shutdown.hook();
        int status = new Longtake(Terminal.system(), shutdown).run(arguments);
        shutdown.run();
        System.exit(status);
    }
}
