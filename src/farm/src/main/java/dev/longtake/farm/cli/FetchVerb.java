package dev.longtake.farm.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longtake.farm.client.FarmClient;
import dev.longtake.gateway.films.FilmView;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Saves a finished film. */
@Command(name = "fetch", description = "Save a finished film.", footerHeading = Verb.EXAMPLES,
        footer = {"  longtake fetch 0911cb93245636c42d53b48b -o film.mp4"})
final class FetchVerb extends Verb {
    @Parameters(paramLabel = "ID", description = "The film.")
    private String id;

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "Where the film goes. Default: its title, or id, with .mp4, in the current folder.")
    private Path output;

    @Mixin
    private ServerOption server;

    @Override
    public Integer call() throws Exception {
        JsonNode answer = server.call(c -> c.film(id));
        FilmView film = FarmClient.view(answer);
        Path file = Output.check(terminal().resolve(output != null ? output : Path.of((film.title().isBlank() ? film.id() : film.title()) + ".mp4")));
        server.call(c -> {
            c.fetch(id, file);
            return file;
        });
        print(options().json() ? Summary.write(Map.of("film", file.toString(), "id", film.id())) : file.toString());
        return DONE;
    }
}
