package dev.longtake.farm.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longtake.farm.client.FarmClient;
import dev.longtake.farm.client.Progress;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** How a film, or the newest films, are doing. */
@Command(name = "status", description = "Show a film, or the newest films.", footerHeading = Verb.EXAMPLES,
        footer = {"  longtake status", "  longtake status 0911cb93245636c42d53b48b --json"})
final class StatusVerb extends Verb {
    private static final int NEWEST = 50;

    @Parameters(arity = "0..1", paramLabel = "ID", description = "A film; the newest ones if not given.")
    private Optional<String> id;

    @Mixin
    private ServerOption server;

    @Override
    public Integer call() throws Exception {
        JsonNode answer = server.call(c -> id.isPresent() ? c.film(id.get()) : c.films(NEWEST));
        if (options().json()) {
            print(answer.toString());
        } else if (id.isPresent()) {
            print(line(answer));
        } else {
            for (JsonNode film : answer.path("films")) {
                print(line(film));
            }
        }
        return DONE;
    }

    private static String line(JsonNode film) throws java.io.IOException {
        var view = FarmClient.view(film);
        return view.id() + "  " + (view.title().isEmpty() ? "-" : view.title()) + "  " + new Progress().line(view);
    }
}
