package dev.longtake.farm.cli;

import dev.longtake.gateway.films.FilmView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Hands a story in and does not wait. */
@Command(name = "submit", description = "Hand a story in to a running farm.")
final class SubmitVerb extends Verb {
    @Mixin
    private StoryInput input;

    @Mixin
    private ServerOption server;

    @Override
    public Integer call() {
        StoryInput.Checked story = input.read(terminal());
        FilmView film = server.call(c -> c.submit(story.bytes(), story.json(), story.parameters()));
        print(options().json() ? Summary.write(new Submitted(film.id(), film.state(), film.frames(), film.scenes(), film.segments())) : film.id());
        return DONE;
    }

    /** The film that was accepted. */
    record Submitted(String id, String state, int frames, int scenes, int segments) {}
}
