package dev.longtake.systemtest;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the checkout the tests run in. */
final class Repository {
    private Repository() {}

    static Path root() {
        Path dir = Path.of("").toAbsolutePath();
        while (!Files.exists(dir.resolve("ARCHITECTURE.md"))) {
            dir = dir.getParent();
            if (dir == null) {
                throw new IllegalStateException("not inside a checkout: " + Path.of("").toAbsolutePath());
            }
        }
        return dir;
    }
}
