package dev.longtake.bench.gateway;

import java.util.List;

/** The command that runs the farm's application in a process of its own. */
@FunctionalInterface
public interface Launcher {
    /** @param jvm arguments of the JVM, separated by spaces. @param arguments of the application */
    List<String> command(String jvm, String... arguments);
}
