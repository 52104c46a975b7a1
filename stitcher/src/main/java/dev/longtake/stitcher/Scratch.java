package dev.longtake.stitcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where films lie while they are being joined. May be shared by stitchers. */
final class Scratch {
    private static final Logger LOG = LoggerFactory.getLogger(Scratch.class);
    private static final String PREFIX = "film";
    private static final String SUFFIX = ".mp4";
    /** Far longer than any film takes to be joined and stored: such a file was left by a process that was killed. */
    private static final Duration ABANDONED = Duration.ofDays(1);

    private final Path folder;

    Scratch(Path folder) {
        this.folder = folder;
    }

    Path newFile() throws IOException {
        Files.createDirectories(folder);
        return Files.createTempFile(folder, PREFIX, SUFFIX);
    }

    void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("cannot delete {}: {}", file, e.toString());
        }
    }

    /** Removes what killed processes left, so that they cannot fill the disk over time. */
    void sweep(Clock clock) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        Instant oldest = clock.instant().minus(ABANDONED);
        List<Path> films;
        try (Stream<Path> files = Files.list(folder)) {
            films = files.filter(f -> f.getFileName().toString().startsWith(PREFIX) && f.getFileName().toString().endsWith(SUFFIX)).toList();
        } catch (IOException e) {
            LOG.warn("cannot look into {}: {}", folder, e.toString());
            return;
        }
        for (Path film : films) {
            try {
                if (Files.getLastModifiedTime(film).toInstant().isBefore(oldest)) {
                    delete(film);
                }
            } catch (IOException e) {
                LOG.warn("cannot look at {}: {}", film, e.toString());
            }
        }
    }
}
