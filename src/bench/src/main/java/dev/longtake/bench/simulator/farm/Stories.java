package dev.longtake.bench.simulator.farm;

import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.FilmSettings;
import dev.longtake.film.plan.Planner;
import dev.longtake.film.story.Scene;
import dev.longtake.film.story.StoryException;
import dev.longtake.film.story.StoryLimits;
import dev.longtake.film.story.StoryReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.SplittableRandom;

/** Writes stories and has them read and planned as a gateway does. Few sentences, so that films of a tenant have beginnings in common. */
final class Stories {
    static final String BUNDLE = "cafe";
    static final String POISON = "poison";
    static final String DEADLY = "deadly";
    private static final FilmSettings SETTINGS = new FilmSettings("phenaki", BUNDLE, 1, 128, 128, 8, 11, 5, 8, 3.5, 1);
    private static final String[] SENTENCES = {"A city at dawn.", "A fish swims in the sea.", "A lion in a suit walks."};
    private static final StoryReader READER = new StoryReader(StoryLimits.DEFAULT, Scene.DEFAULT_SECONDS);

    private Stories() {}

    /** @param bad a word in one of its scenes that no engine survives */
    static String write(SplittableRandom random, Optional<String> bad) {
        StringBuilder story = new StringBuilder();
        int scenes = 1 + random.nextInt(6);
        int spoilt = random.nextInt(scenes);
        for (int i = 0; i < scenes; i++) {
            String sentence = bad.isPresent() && i == spoilt ? "A " + bad.get() + " sentence." : SENTENCES[random.nextInt(SENTENCES.length)];
            story.append(sentence).append(" [").append(1 + random.nextInt(4)).append(random.nextInt(3) == 0 ? "s#] " : "s] ");
        }
        return story.toString();
    }

    static FilmPlan plan(String story) {
        try {
            return Planner.plan(READER.read(story.getBytes(StandardCharsets.UTF_8), Optional.empty()), SETTINGS);
        } catch (StoryException e) {
            throw new IllegalStateException("a bad story: " + story, e);
        }
    }
}
