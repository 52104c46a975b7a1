package dev.longtake.farm.cli;

import dev.longtake.gateway.films.FilmView;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Follows a film to its end. */
@Command(name = "watch", description = "Follow a film until it is finished.", footerHeading = Verb.EXAMPLES,
        footer = {"  longtake watch 0911cb93245636c42d53b48b", "  longtake watch 0911cb93245636c42d53b48b --no-picture"})
final class WatchVerb extends Verb {
    @Parameters(paramLabel = "ID", description = "The film.")
    private String id;

    @Option(names = "--no-picture", description = "Draw no pictures; they are drawn where the terminal says that it shows all colours (COLORTERM) and NO_COLOR is not set.")
    private boolean noPicture;

    @Mixin
    private ServerOption server;

    @Override
    public Integer call() throws Exception {
        // The first look tells a wrong address from a farm that goes away later.
        server.call(c -> c.film(id));
        FilmView film = new Watch(server.client(), terminal(), Optional::empty, !noPicture).toTheEnd(id);
        print(options().json() ? server.call(c -> c.film(id)).toString() : film.id() + "  " + film.state() + film.reason().map(r -> ": " + r).orElse(""));
        return film.state().equals(FilmView.FINISHED) ? DONE : CliException.FARM;
    }
}
