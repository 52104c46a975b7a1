package dev.longtake.film.story;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a user submits: an ordered list of scenes.
 *
 * @param title  for lists and file names; may be empty
 * @param model  the model asked for; empty means the farm's default
 * @param seed   the film's seed
 */
public record Story(String title, Optional<String> model, long seed, List<Scene> scenes) {
    public static final long DEFAULT_SEED = 0;

    public Story {
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(model, "model");
        scenes = List.copyOf(scenes);
    }

    public Story withTitle(String newTitle) {
        return new Story(newTitle, model, seed, scenes);
    }

    public Story withSeed(long newSeed) {
        return new Story(title, model, newSeed, scenes);
    }
}
