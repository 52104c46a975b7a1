package dev.longtake.farm.embedded;

import dev.longtake.bundle.BundleManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which film a {@code render} that did not come to its end was waiting for: the same command goes on with that film instead of
 * submitting another beside it, which would render the same segments twice. One small file per render under way.
 */
public final class Renders {
    private final Path folder;

    /** @param data the data directory */
    public Renders(Path data) {
        this.folder = data.resolve("renders");
    }

    /** @param plan the film's plan: story and settings. @return the film's id */
    public Optional<String> find(byte[] plan) {
        try {
            return Optional.of(Files.readString(file(plan)).strip()).filter(id -> !id.isEmpty());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    public void begin(byte[] plan, String film) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(file(plan), film);
    }

    public void end(byte[] plan) throws IOException {
        Files.deleteIfExists(file(plan));
    }

    private Path file(byte[] plan) {
        return folder.resolve(BundleManifest.digest(plan));
    }
}
