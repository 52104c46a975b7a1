package dev.longtake.systemtest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The checkout the tests run in, and what was built there. */
public final class Repository {
    private Repository() {}

    public static Path root() {
        Path dir = Path.of("").toAbsolutePath();
        while (!Files.exists(dir.resolve("ARCHITECTURE.md"))) {
            dir = dir.getParent();
            if (dir == null) {
                throw new IllegalStateException("not inside a checkout: " + Path.of("").toAbsolutePath());
            }
        }
        return dir;
    }

    /** The command that the launcher would replace itself with. @param jvm more arguments of the JVM */
    public static List<String> command(List<String> jvm, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dai.djl.offline=true"));
        command.addAll(jvm);
        command.add("-jar");
        command.add(root().resolve("src/farm/target/quarkus-app/quarkus-run.jar").toString());
        command.addAll(List.of(arguments));
        return command;
    }
}
