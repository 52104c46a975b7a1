package dev.longtake.farm.cli;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows the farm's page. */
@Command(name = "open", description = "Open the farm's page, or a film's, in a browser, and print its address.", footerHeading = Verb.EXAMPLES,
        footer = {"  longtake open", "  longtake open 0911cb93245636c42d53b48b"})
final class OpenVerb extends Verb {
    @Parameters(arity = "0..1", paramLabel = "ID", description = "A film; the page's first view if not given.")
    private Optional<String> id;

    @Mixin
    private ServerOption server;

    @Override
    public Integer call() throws Exception {
        if (id.isPresent()) {
            server.call(c -> c.film(id.get()));
        } else {
            server.call(c -> c.models());
        }
        URI page = server.client().page(id.map(film -> "/films/" + film).orElse("/write"));
        print(options().json() ? "{\"url\":\"" + page + "\"}" : page.toString());
        browse(page);
        return DONE;
    }

    /** The user's own choice first. Without a desktop there is no browser, and the address has to do. */
    private void browse(URI page) {
        for (String program : Stream.of(terminal().environment().getOrDefault("BROWSER", ""), "xdg-open", "open").filter(p -> !p.isBlank()).toList()) {
            try {
                new ProcessBuilder(program, page.toString()).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
                return;
            } catch (IOException e) {
                // The next, if there is one.
            }
        }
    }
}
