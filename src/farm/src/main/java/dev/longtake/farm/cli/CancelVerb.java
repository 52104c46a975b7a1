package dev.longtake.farm.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Ends a film that is not finished. */
@Command(name = "cancel", description = "End a film that is not finished.", footerHeading = Verb.EXAMPLES,
        footer = {"  longtake cancel 0911cb93245636c42d53b48b"})
final class CancelVerb extends Verb {
    @Parameters(paramLabel = "ID", description = "The film.")
    private String id;

    @Mixin
    private ServerOption server;

    @Override
    public Integer call() {
        JsonNode film = server.call(c -> c.cancel(id));
        print(options().json() ? film.toString() : id + "  is being cancelled");
        return DONE;
    }
}
