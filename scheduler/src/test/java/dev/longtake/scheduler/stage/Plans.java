package dev.longtake.scheduler.stage;

import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.FilmSettings;
import dev.longtake.film.plan.Planner;
import dev.longtake.film.story.Scene;
import dev.longtake.film.story.Story;
import dev.longtake.film.story.StoryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/** Plans for tests. */
public final class Plans {
    static final FilmSettings SETTINGS = new FilmSettings("phenaki", "cafe", 1, 128, 128, 8, 11, 5, 8, 3.5, 1);

    private Plans() {}

    public static FilmPlan of(Scene... scenes) {
        try {
            return Planner.plan(new Story("t", Optional.empty(), 0, List.of(scenes)), SETTINGS);
        } catch (StoryException e) {
            throw new IllegalArgumentException(e);
        }
    }

    public static Scene scene(String prompt, double seconds, boolean cut) {
        return new Scene(prompt, Optional.empty(), seconds, cut ? Scene.Start.CUT : Scene.Start.CONTINUE, OptionalLong.empty());
    }

    public static FilmPlan random(Random random, boolean poison) {
        List<Scene> scenes = new ArrayList<>();
        int n = 1 + random.nextInt(5);
        for (int i = 0; i < n; i++) {
            scenes.add(scene((poison && random.nextInt(n) == 0 ? "poison " : "scene ") + random.nextInt(3), 1 + random.nextInt(3), random.nextInt(3) == 0));
        }
        return of(scenes.toArray(Scene[]::new));
    }
}
