package dev.longtake.servers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Where an embedded farm keeps everything between runs: {@code kafka/ redis/ s3/ cache/ logs/}. Held by one farm at a time: the lock
 * is the operating system's, so it ends with the process however that dies. Nothing in the directory is touched before the lock is
 * held.
 */
public final class DataDirectory implements AutoCloseable {
    private static final String VERSION = "1";

    private final Path root;
    private final FileChannel lockFile;
    private final FileLock lock;

    private DataDirectory(Path root, FileChannel lockFile, FileLock lock) {
        this.root = root;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /**
     * @throws DirectoryInUseException if another farm holds it
     * @throws IOException             if it cannot be created or written, or was made by a newer version
     */
    public static DataDirectory open(Path directory) throws IOException {
        Path root = directory.toAbsolutePath().normalize();
        Files.createDirectories(root);
        FileChannel lockFile = FileChannel.open(root.resolve("farm.lock"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = lockFile.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            String holder = readAll(lockFile);
            lockFile.close();
            throw new DirectoryInUseException(root, holder);
        }
        lockFile.truncate(0);
        lockFile.write(ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8)), 0);
        DataDirectory data = new DataDirectory(root, lockFile, lock);
        try {
            data.checkVersion();
        } catch (IOException e) {
            data.close();
            throw e;
        }
        return data;
    }

    private void checkVersion() throws IOException {
        Path file = root.resolve("version");
        if (!Files.exists(file)) {
            Files.writeString(file, VERSION);
        } else if (!Files.readString(file).strip().equals(VERSION)) {
            throw new IOException("data directory " + root + " has version " + Files.readString(file).strip() + ", this build needs " + VERSION);
        }
    }

    private static String readAll(FileChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(64);
        int n = channel.read(buffer, 0);
        return n <= 0 ? "" : new String(buffer.array(), 0, n, StandardCharsets.UTF_8).strip();
    }

    public Path root() {
        return root;
    }

    /** A folder inside, created if need be. */
    public Path folder(String name) throws IOException {
        return Files.createDirectories(root.resolve(name));
    }

    @Override
    public void close() throws IOException {
        lock.release();
        lockFile.close();
    }
}
