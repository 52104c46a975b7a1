package dev.longtake.film.story;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a user submits: an ordered list of scenes.
 *
 * @param title      for lists and file names; may be empty
 * @param model      the model asked for; empty means the farm's default
 * @param seed       the film's seed
 * @param sampling   sampler settings of scenes that have none of their own
 * @param callback   URL that is told what happens to the film; empty once a film is planned: it is no part of what is rendered
 * @param startImage the picture the film begins with, as a data URL, or {@link #NO_IMAGE}; empty once a film is planned, which knows it by its digest
 */
public record Story(String title, Optional<String> model, long seed, Sampling sampling, Optional<String> startImage, Optional<String> callback, List<Scene> scenes) {
    public static final long DEFAULT_SEED = 0;

    /** Stands for a picture where a story says that there is none, so that a film which began with one does so no longer. */
    public static final String NO_IMAGE = "";

    public Story {
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(sampling, "sampling");
        Objects.requireNonNull(startImage, "startImage");
        Objects.requireNonNull(callback, "callback");
        scenes = List.copyOf(scenes);
    }

    /** A story that nobody else is told of. */
    public Story(String title, Optional<String> model, long seed, Sampling sampling, Optional<String> startImage, List<Scene> scenes) {
        this(title, model, seed, sampling, startImage, Optional.empty(), scenes);
    }

    /** A story of scenes alone. */
    public Story(String title, Optional<String> model, long seed, List<Scene> scenes) {
        this(title, model, seed, Sampling.NONE, Optional.empty(), scenes);
    }

    public Story withTitle(String newTitle) {
        return new Story(newTitle, model, seed, sampling, startImage, callback, scenes);
    }

    public Story withSeed(long newSeed) {
        return new Story(title, model, newSeed, sampling, startImage, callback, scenes);
    }
}
