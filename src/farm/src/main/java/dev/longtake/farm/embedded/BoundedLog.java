package dev.longtake.farm.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A log file that never grows past a size: when it is full it becomes {@code <name>.1}, and the one before that is dropped. */
final class BoundedLog implements AutoCloseable {
    private final Path file;
    private final long limit;
    private OutputStream out;
    private long written;

    BoundedLog(Path file, long limit) throws IOException {
        this.file = file;
        this.limit = limit;
        open();
    }

    private void open() throws IOException {
        out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        written = Files.size(file);
    }

    /** Copies until the end of the stream; returns quietly when it breaks, as the output of a killed process does. */
    void drain(InputStream in) {
        byte[] buffer = new byte[8192];
        try {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                write(buffer, n);
            }
        } catch (IOException e) {
            // The process is gone, or the disk is full: neither may stop the farm.
        }
    }

    private synchronized void write(byte[] bytes, int length) throws IOException {
        if (written + length > limit) {
            out.close();
            Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
            open();
        }
        out.write(bytes, 0, length);
        out.flush();
        written += length;
    }

    @Override
    public synchronized void close() throws IOException {
        out.close();
    }
}
