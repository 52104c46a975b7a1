package dev.longtake.farm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a film is saved. */
final class Output {
    private Output() {}

    /** Finds out whether a film can be saved there, before anything is rendered for it. */
    static Path check(Path file) {
        Path parent = file.getParent();
        if (Files.isDirectory(file)) {
            throw CliException.user("-o", file + " is a directory", "give the name of a file");
        }
        if (parent == null || !Files.isDirectory(parent)) {
            throw CliException.user("-o", "there is no folder " + parent, "create it, or give another place");
        }
        if (Files.exists(file) && !Files.isWritable(file)) {
            throw CliException.user("-o", file + " cannot be written", "give another place, or change its permissions");
        }
        // Permissions say little about read-only and special file systems: try.
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.deleteIfExists(part);
            Files.createFile(part);
            Files.delete(part);
        } catch (IOException e) {
            throw CliException.user("-o", "nothing can be written in " + parent, "give another place");
        }
        return file;
    }
}
