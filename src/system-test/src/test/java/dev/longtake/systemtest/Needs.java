package dev.longtake.systemtest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs beyond a JDK and Maven. Where it is absent the test is reported as skipped with {@code needs X}; with
 * {@code LONGTAKE_REQUIRE=all} that is a failure, so that continuous integration cannot lose a test in silence.
 */
public final class Needs {
    private Needs() {}

    /** The path of a Chromium or Chrome. */
    static String chromium() {
        Optional<String> found = Stream.of("chromium", "chromium-browser", "google-chrome").flatMap(name -> which(name).stream()).findFirst();
        return found.orElseGet(() -> missing("Chromium", true));
    }

    /** A Python that has PyTorch and pytest. */
    static String pythonWithTorch() {
        String python = Optional.ofNullable(System.getenv("LONGTAKE_PYTHON")).orElse("python3");
        return succeeds(List.of(python, "-c", "import torch, numpy, pytest")) ? python : missing("Python with torch, numpy and pytest", true);
    }

    /** The path of Node.js, 18 or newer: older ones lack what clients in it need. */
    static String node() {
        return which("node").filter(node -> succeeds(List.of(node, "-e", "process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)")))
                .orElseGet(() -> missing("Node.js", true));
    }

    /** An npm package, in the version that is locked: no test fetches anything by itself. @param folder that has the lock file */
    static void nodePackage(Path folder, String name) {
        if (!Files.exists(folder.resolve("node_modules").resolve(name).resolve("package.json"))) {
            missing("the npm package " + name + " (npm ci in " + Repository.root().relativize(folder) + ")", true);
        }
    }

    /** A running Docker engine. Never required: most build machines have none. */
    static void dockerEngine() {
        if (!succeeds(List.of("docker", "info"))) {
            missing("a Docker engine", false);
        }
    }

    /** More time than whoever just wants to know whether all is well would like to spend. @param minutes roughly */
    public static void time(int minutes) {
        if (!"all".equals(System.getenv("LONGTAKE_REQUIRE"))) {
            Assumptions.abort("skipped: needs " + minutes + " minutes more, and LONGTAKE_REQUIRE=all to be given them");
        }
    }

    private static String missing(String what, boolean canBeRequired) {
        if (canBeRequired && "all".equals(System.getenv("LONGTAKE_REQUIRE"))) {
            Assertions.fail("needs " + what + ", and LONGTAKE_REQUIRE=all");
        }
        Assumptions.abort("skipped: needs " + what);
        return "";
    }

    private static Optional<String> which(String command) {
        return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":"))
                .map(dir -> Path.of(dir, command))
                .filter(Files::isExecutable)
                .map(Object::toString)
                .findFirst();
    }

    private static boolean succeeds(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
