package dev.longtake.farm.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command that runs this application once more. */
public final class JavaCommand {
    private JavaCommand() {}

    /** @param jvm arguments of the JVM, separated by spaces. @param arguments of the application */
    public static List<String> of(String jvm, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Dai.djl.offline=true");
        jvm.lines().flatMap(line -> List.of(line.strip().split("\\s+")).stream()).filter(a -> !a.isEmpty()).forEach(command::add);
        command.add("-jar");
        command.add(System.getProperty("java.class.path"));
        command.addAll(List.of(arguments));
        return command;
    }
}
