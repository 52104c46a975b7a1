package dev.longtake.stitcher;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where films lie while they are being joined. May be shared by stitchers. Beside each film lies a file that its stitcher holds locked: the
 * operating system lets go of it however a process dies, so whatever is not locked was left behind, and the next stitcher removes it. The
 * lock is on a file of its own because closing any other handle of a locked file would end the lock.
 */
final class Scratch {
    private static final Logger LOG = LoggerFactory.getLogger(Scratch.class);
    private static final String PREFIX = "film";
    private static final String FILM = ".mp4";
    private static final String LOCK = ".lock";

    private final Path folder;

    Scratch(Path folder) {
        this.folder = folder;
    }

    /** Room for one film. */
    static final class Place implements AutoCloseable {
        private final Path lockFile;
        private final FileChannel channel;

        private Place(Path lockFile, FileChannel channel) {
            this.lockFile = lockFile;
            this.channel = channel;
        }

        Path film() {
            return filmBeside(lockFile);
        }

        @Override
        public void close() {
            delete(film());
            delete(lockFile);
            try {
                channel.close();
            } catch (IOException e) {
                LOG.warn("cannot let go of {}: {}", lockFile, e.toString());
            }
        }
    }

    private static Path filmBeside(Path lockFile) {
        String name = lockFile.getFileName().toString();
        return lockFile.resolveSibling(name.substring(0, name.length() - LOCK.length()) + FILM);
    }

    Place take() throws IOException {
        Files.createDirectories(folder);
        while (true) {
            Path lockFile = Files.createTempFile(folder, PREFIX, LOCK);
            FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
            // A stitcher that starts at this moment may have taken it for abandoned before it was locked.
            if (channel.tryLock() != null && Files.exists(lockFile)) {
                return new Place(lockFile, channel);
            }
            channel.close();
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("cannot delete {}: {}", file, e.toString());
        }
    }

    /** Removes what killed processes left, so that they cannot fill the disk over time. */
    void sweep() {
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<Path> found;
        try (Stream<Path> files = Files.list(folder)) {
            found = files.filter(f -> f.getFileName().toString().startsWith(PREFIX) && f.getFileName().toString().endsWith(LOCK)).toList();
        } catch (IOException e) {
            LOG.warn("cannot look into {}: {}", folder, e.toString());
            return;
        }
        found.forEach(Scratch::removeIfAbandoned);
    }

    private static void removeIfAbandoned(Path lockFile) {
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE); FileLock lock = channel.tryLock()) {
            if (lock != null) {
                delete(filmBeside(lockFile));
                delete(lockFile);
            }
        } catch (OverlappingFileLockException e) {
            // A place of this very process.
        } catch (IOException e) {
            LOG.warn("cannot look at {}: {}", lockFile, e.toString());
        }
    }
}
