package dev.longtake.film.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.film.story.Scene;
import dev.longtake.film.story.Story;
import dev.longtake.film.story.StoryLimits;
import dev.longtake.film.story.StoryReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The stories that travel with the farm plan as they are meant to. */
class ExamplesTest {
    private static final Path EXAMPLES = Path.of("../../examples");

    @ParameterizedTest
    @CsvSource({"a-day-under-two-suns.txt, 23, 552, 1", "three-waves.txt, 3, 56, 1", "four-cuts.txt, 5, 72, 4", "lion-in-a-suit.json, 3, 60, 2"})
    void anExamplePlans(String name, int scenes, long frames, long chains) throws Exception {
        byte[] bytes = Files.readAllBytes(EXAMPLES.resolve(name));
        Story story = new StoryReader(StoryLimits.DEFAULT, Scene.DEFAULT_SECONDS).read(bytes, Optional.of(name));
        FilmPlan plan = Planner.plan(story, PlannerTest.SETTINGS);
        assertThat(story.scenes()).hasSize(scenes);
        assertThat(plan.frames()).isEqualTo(frames);
        assertThat(plan.chainStarts()).hasSize((int) chains);
    }

    @Test
    void everyExampleIsAStory() throws Exception {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                FilmPlan plan = Planner.plan(new StoryReader(StoryLimits.DEFAULT, Scene.DEFAULT_SECONDS).read(Files.readAllBytes(file), Optional.of(name)), PlannerTest.SETTINGS);
                assertThat(plan.frames()).as(name).isPositive();
            }
        }
    }
}
