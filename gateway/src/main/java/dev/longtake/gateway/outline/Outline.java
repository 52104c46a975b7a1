package dev.longtake.gateway.outline;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.longtake.contract.Lane;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.FilmSettings;
import dev.longtake.film.plan.PlannedSegment;
import dev.longtake.film.story.Scene;
import dev.longtake.film.story.Vocabulary.Warning;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A story as it would be rendered.
 *
 * @param lane     it would wait in
 * @param duration seconds the film would last
 * @param estimate how long rendering may take; absent while no film of this model was finished
 * @param warnings prompts that go beyond the model's words
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record Outline(String title, String lane, long seed, FilmSettings settings, int segments, long frames, double duration, Optional<Estimate> estimate, List<SceneOutline> scenes,
                      List<Warning> warnings) {
    /** A scene. @param scene its place, from 0. @param seconds it lasts. @param start {@code continue} or {@code cut}. @param frames it adds */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record SceneOutline(int scene, String prompt, Optional<String> negative, double seconds, String start, Optional<Long> seed, int segments, long frames) {}

    static Outline of(FilmPlan plan, Lane lane, Optional<Estimate> estimate, List<Warning> warnings) {
        int[] segments = new int[plan.story().scenes().size()];
        long[] frames = new long[segments.length];
        for (PlannedSegment segment : plan.segments()) {
            segments[segment.scene()]++;
            frames[segment.scene()] += segment.newFrames();
        }
        List<SceneOutline> scenes = new ArrayList<>();
        for (int s = 0; s < segments.length; s++) {
            Scene scene = plan.story().scenes().get(s);
            scenes.add(new SceneOutline(s, scene.prompt(), scene.negative(), scene.seconds(), scene.start().name().toLowerCase(Locale.ROOT),
                    scene.seed().isPresent() ? Optional.of(scene.seed().getAsLong()) : Optional.empty(), segments[s], frames[s]));
        }
        return new Outline(plan.story().title(), lane.name().toLowerCase(Locale.ROOT), plan.story().seed(), plan.settings(), plan.segments().size(), plan.frames(), plan.seconds(), estimate,
                scenes, warnings);
    }
}
