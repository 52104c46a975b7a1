package dev.longtake.farm.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where an embedded farm keeps everything between runs. */
final class DataOption {
    @Option(names = "--data", paramLabel = "DIR",
            description = "Data directory. Default: $LONGTAKE_DATA, else $XDG_DATA_HOME/longtake, else ~/.local/share/longtake.")
    private Path data;

    Path directory(Terminal terminal) {
        return terminal.resolve(data != null ? data : fallback(terminal.environment()));
    }

    static Path fallback(Map<String, String> environment) {
        String own = environment.getOrDefault("LONGTAKE_DATA", "");
        if (!own.isBlank()) {
            return Path.of(own);
        }
        String shared = environment.getOrDefault("XDG_DATA_HOME", "");
        // The XDG base directory specification: a relative path there is to be ignored.
        return shared.startsWith("/") ? Path.of(shared, "longtake") : Path.of(System.getProperty("user.home"), ".local", "share", "longtake");
    }

    /** A directory that cannot be used is for the user to change; anything else that goes wrong is the farm's. */
    static CliException unusable(Path directory, IOException e) {
        boolean ours = java.nio.file.Files.isDirectory(directory) && java.nio.file.Files.isWritable(directory) && !(e instanceof java.nio.file.FileSystemException);
        boolean version = e.getMessage() != null && e.getMessage().contains("has version");
        return ours && !version ? CliException.farm("the farm does not start: " + e.getMessage(), e)
                : CliException.user("--data", directory + " cannot be used (" + e.getMessage() + ")", "give another directory");
    }
}
