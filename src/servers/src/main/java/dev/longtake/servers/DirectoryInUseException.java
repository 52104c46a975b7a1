package dev.longtake.servers;

import java.nio.file.Path;

/** Another farm runs on this data directory. */
public final class DirectoryInUseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DirectoryInUseException(Path directory, String holder) {
        super("data directory " + directory + " is in use by another farm" + (holder.isBlank() ? "" : " (process " + holder + ")"));
    }
}
