package dev.longtake.farm.cli;

import dev.longtake.farm.client.FarmClient;
import dev.longtake.farm.client.Progress;
import dev.longtake.farm.embedded.EmbeddedFarm;
import dev.longtake.farm.embedded.FarmFile;
import dev.longtake.farm.embedded.Renders;
import dev.longtake.film.plan.PlanDocument;
import dev.longtake.film.story.StoryException;
import dev.longtake.gateway.films.FilmPlanner;
import dev.longtake.gateway.films.FilmView;
import dev.longtake.gateway.films.ModelCatalog;
import dev.longtake.gateway.webhooks.address.AddressRules;
import dev.longtake.gateway.webhooks.address.Targets;
import dev.longtake.media.picture.PictureLimits;
import dev.longtake.servers.DirectoryInUseException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Story in, film out: starts a farm for it, or uses one that runs. */
@Command(name = "render", description = "Make a film of a story, on a farm in this process or, with --server, on one that runs.", footerHeading = Verb.EXAMPLES,
        footer = {"  longtake render examples/three-waves.txt --preset fast", "  longtake render story.json -o film.mp4 --seed 7", "  longtake render story.txt --image first.png --server http://127.0.0.1:8080"})
final class RenderVerb extends Verb {
    private static final Duration READY_LOOK = Duration.ofMillis(100);
    private static final Duration READY_PATIENCE = Duration.ofMinutes(5);

    /** Whom a film may tell, the farm itself says. */
    private static final Targets ANYWHERE = new Targets(new AddressRules(true), Set.of());

    @Mixin
    private StoryInput input;

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "Where the film goes. Default: the story's name with .mp4, in the current folder.")
    private Path output;

    @Mixin
    private DataOption data;

    @Mixin
    private ModelOption model;

    @Option(names = "--server", paramLabel = "URL", description = "Use this farm instead of starting one.")
    private String server;

    @Option(names = "--in-process", description = "Run the worker in this process too: for debugging.")
    private boolean inProcess;

    @Override
    public Integer call() throws Exception {
        model.notWith(server);
        StoryInput.Checked story = input.read(terminal());
        Path file = Output.check(terminal().resolve(output != null ? output : Path.of(StoryInput.stem(story.file()) + ".mp4")));
        if (server != null) {
            FarmClient client = new FarmClient(ServerOption.parse(server));
            FilmView film = ServerOption.call(client, server, c -> c.submit(story.bytes(), story.json(), story.parameters(), story.image()));
            terminal().warn(film.warnings().orElse(List.of()));
            return follow(client, server, film.id(), file, Optional::empty);
        }
        return embedded(story, file);
    }

    private int embedded(StoryInput.Checked story, Path file) throws Exception {
        Optional<Path> bundle = model.folder(terminal());
        byte[] plan = plan(story, ModelOption.catalog(bundle));
        Path directory = data.directory(terminal());
        EmbeddedFarm farm = shutdown().add(new EmbeddedFarm(new EmbeddedFarm.Options(directory, 0, inProcess, bundle, options().debug() ? "INFO" : "ERROR")));
        start(farm, directory);
        String url = farm.file().url().orElseThrow();
        FarmClient client = new FarmClient(ServerOption.parse(url));
        awaitReady(client, farm);
        Renders renders = new Renders(directory);
        FilmView film = ServerOption.call(client, url, c -> {
            Optional<FilmView> begun = renders.find(plan).isPresent() ? c.find(renders.find(plan).get()).filter(f -> !FilmView.isFinal(f.state())) : Optional.empty();
            return begun.isPresent() ? begun.get() : c.submit(story.bytes(), story.json(), story.parameters(), story.image());
        });
        terminal().warn(film.warnings().orElse(List.of()));
        renders.begin(plan, film.id());
        int status = follow(client, url, film.id(), file, farm::broken);
        renders.end(plan);
        return status;
    }

    private static byte[] plan(StoryInput.Checked story, ModelCatalog models) {
        try {
            return PlanDocument.of(new FilmPlanner(models, PictureLimits.DEFAULT, ANYWHERE).plan(story.bytes(), story.name(), story.lists(), story.image()).plan()).toBytes();
        } catch (StoryException e) {
            throw CliException.user(e);
        }
    }

    private void start(EmbeddedFarm farm, Path directory) {
        try {
            if (terminal().live()) {
                terminal().overwrite("starting the farm in " + directory);
            }
            farm.start();
        } catch (DirectoryInUseException e) {
            Optional<String> url = FarmFile.read(directory).flatMap(FarmFile::url);
            throw CliException.user("--data: " + e.getMessage() + "; " + url.map(u -> "use that farm with --server " + u).orElse("give another directory"), e);
        } catch (IOException e) {
            throw DataOption.unusable(directory, e);
        }
    }

    private void awaitReady(FarmClient client, EmbeddedFarm farm) throws InterruptedException, IOException {
        long until = System.nanoTime() + READY_PATIENCE.toNanos();
        say("the farm runs in " + farm.directory() + ", waiting for its worker");
        while (!client.ready()) {
            farm.broken().ifPresent(reason -> {
                throw ModelOption.broken(reason);
            });
            if (System.nanoTime() > until) {
                throw CliException.farm("no worker is ready after " + Progress.readable(READY_PATIENCE), null);
            }
            Thread.sleep(READY_LOOK.toMillis());
        }
    }

    private int follow(FarmClient client, String url, String id, Path file, Supplier<Optional<String>> broken) throws InterruptedException {
        FilmView film = new Watch(client, terminal(), broken, false).toTheEnd(id);
        if (!film.state().equals(FilmView.FINISHED)) {
            throw CliException.farm("film " + id + " " + film.state() + film.reason().map(r -> ": " + r).orElse(""), null);
        }
        ServerOption.call(client, url, c -> {
            c.fetch(id, file);
            return file;
        });
        double total = (System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime()) / 1000.0;
        print(options().json() ? Summary.json(film, file, total) : Summary.text(film, file, total));
        return DONE;
    }

    private void say(String what) {
        if (terminal().live()) {
            terminal().overwrite(what);
        } else {
            terminal().err().println(what);
        }
    }
}
