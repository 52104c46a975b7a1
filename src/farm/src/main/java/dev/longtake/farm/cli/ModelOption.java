package dev.longtake.farm.cli;

import dev.longtake.bundle.BadBundleException;
import dev.longtake.bundle.Bundle;
import dev.longtake.gateway.films.ModelCatalog;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** A bundle of one's own for a farm that is started. Every file is read once before anything starts; its golden vectors are the worker's to check. */
final class ModelOption {
    @Option(names = "--model", paramLabel = "DIR", description = "Render with this bundle, a folder laid out as the shipped one; the shipped model if not given.")
    private Path model;

    /** The folder, once its bundle is found whole. */
    Optional<Path> folder(Terminal terminal) {
        if (model == null) {
            return Optional.empty();
        }
        Path folder = terminal.resolve(model);
        try {
            Bundle.at(folder).verify();
            return Optional.of(folder);
        } catch (BadBundleException e) {
            throw refused(e);
        }
    }

    /** The models of a farm with this bundle. */
    static ModelCatalog catalog(Optional<Path> folder) {
        try {
            return folder.isPresent() ? ModelCatalog.of(Bundle.at(folder.get())) : ModelCatalog.shipped();
        } catch (BadBundleException e) {
            throw refused(e);
        }
    }

    /** A farm that runs has its model already. */
    void notWith(String server) {
        if (model != null && server != null) {
            throw CliException.user("--model", "a farm that runs has its own models", "leave out --model or --server");
        }
    }

    private static CliException refused(BadBundleException e) {
        return CliException.user("--model: " + e.getMessage() + "; give the folder of a whole bundle", e);
    }

    /** A farm that gave up: because of the bundle it was given, or for a reason of its own. */
    static CliException broken(String reason) {
        return reason.contains("refuses its model") ? CliException.user("--model: " + reason, null) : CliException.farm(reason, null);
    }
}
