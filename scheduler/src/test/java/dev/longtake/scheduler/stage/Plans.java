package dev.longtake.scheduler.stage;

import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.FilmSettings;
import dev.longtake.film.plan.Planner;
import dev.longtake.film.story.Scene;
import dev.longtake.film.story.Story;
import dev.longtake.film.story.StoryException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

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
}
