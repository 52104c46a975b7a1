package dev.longtake.farm.cli;

import dev.longtake.farm.client.FarmClient;
import dev.longtake.farm.client.FarmClient.RefusedException;
import dev.longtake.farm.client.Progress;
import dev.longtake.farm.screen.FilmFeed;
import dev.longtake.farm.screen.FilmScreen;
import dev.longtake.gateway.films.FilmView;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Follows a film to its end. */
final class Watch {
    private static final Duration LOOK = Duration.ofMillis(250);
    private static final Duration SAY = Duration.ofSeconds(10);

    /** How long a farm that stopped answering is waited for: a restart is no reason to give up a film. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final FarmClient client;
    private final Terminal terminal;
    private final Supplier<Optional<String>> broken;
    private final Progress progress = new Progress();
    private final boolean pictures;
    private String said = "";
    private int saidScene = -1;
    private long saidAt = System.nanoTime();

    /**
     * @param broken   why the farm can render nothing any more, if so
     * @param pictures whether the newest segment is drawn, where the terminal can
     */
    Watch(FarmClient client, Terminal terminal, Supplier<Optional<String>> broken, boolean pictures) {
        this.client = client;
        this.pictures = pictures && terminal.colours();
        this.terminal = terminal;
        this.broken = broken;
    }

    /** @return the film in a final state */
    FilmView toTheEnd(String id) throws InterruptedException {
        long answered = System.nanoTime();
        int[] size = terminal.size();
        FilmScreen screen = new FilmScreen(size[0], size[1] - 1);
        try (FilmFeed feed = terminal.live() ? new FilmFeed(client, id, pictures) : null) {
            while (true) {
                broken.get().ifPresent(reason -> {
                    throw ModelOption.broken(reason);
                });
                try {
                    FilmView film = client.find(id).orElseThrow(() -> CliException.user("ID", "the farm knows no film " + id, "see: longtake status"));
                    answered = System.nanoTime();
                    progress.look(film, answered / 1e9);
                    if (feed == null) {
                        say(film);
                    } else {
                        terminal.redraw(screen.lines(film, progress, feed.bars(), feed.picture(), answered / 1e9));
                    }
                    if (FilmView.isFinal(film.state())) {
                        return film;
                    }
                } catch (IOException | RefusedException e) {
                    boolean lasting = e instanceof RefusedException refused && refused.status() < 500;
                    if (lasting || System.nanoTime() - answered > PATIENCE.toNanos()) {
                        throw CliException.farm("the farm does not answer any more: " + e.getMessage(), e);
                    }
                }
                Thread.sleep(LOOK.toMillis());
            }
        } finally {
            if (terminal.live()) {
                terminal.redraw(List.of());
            }
        }
    }

    private void say(FilmView film) {
        String line = progress.line(film);
        // Lines that stay are few: a new state, a new scene, or a sign of life.
        int scene = film.scene().orElse(-1);
        long now = System.nanoTime();
        boolean due = now - saidAt > SAY.toNanos() && !line.equals(said);
        if (due || scene != saidScene || !said.startsWith(film.state())) {
            terminal.err().println(line);
            said = line;
            saidScene = scene;
            saidAt = now;
        }
    }
}
