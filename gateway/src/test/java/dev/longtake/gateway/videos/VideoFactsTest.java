package dev.longtake.gateway.videos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.film.plan.FilmSettings;
import dev.longtake.film.plan.PlanDocument;
import dev.longtake.film.plan.PlanDocument.Origin;
import dev.longtake.film.plan.PlanDocument.SceneEntry;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class VideoFactsTest {
    private static final FilmSettings SETTINGS = new FilmSettings("phenaki", "cafe", 1, 128, 128, 8, 11, 5, 12, 3.5, 1);

    private static PlanDocument plan(List<String> prompts) {
        return new PlanDocument(1, "", 0, prompts.stream().map(p -> new SceneEntry(p, null, 3, false, null, null, null, null)).toList(), SETTINGS, null);
    }

    @Test
    void thePromptIsTheOneThatWasWrittenOrTheScenes() {
        PlanDocument plan = plan(List.of("A city.", "A river."));
        assertThat(VideoFacts.of(plan)).isEqualTo(new VideoFacts("A city.\nA river.", null));
        assertThat(VideoFacts.of(plan.withOrigin(new Origin("A city. [#] A river.", null)))).isEqualTo(new VideoFacts("A city. [#] A river.", null));
        assertThat(VideoFacts.of(plan.withOrigin(new Origin(null, "0".repeat(24))))).isEqualTo(new VideoFacts("A city.\nA river.", "video_" + "0".repeat(24)));
    }

    @Test
    void aLongStoryIsCutBetweenCharacters() {
        for (String scene : List.of("A city.", "\ud83d\udc1f", "a\ud83d\udc1f")) {
            String prompt = VideoFacts.of(plan(Collections.nCopies(10_000, scene + "\u00e9".repeat(3)))).prompt();
            assertThat(prompt.length()).isBetween(31_990, 32_001);
            assertThat(prompt).endsWith("\u2026");
            assertThat(prompt.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE)).as("half a character").isFalse();
        }
    }

    @Test
    void idsAreTheFilmsAndNothingElseBecomesPartOfAKey() {
        String film = "0123456789abcdef01234567";
        assertThat(VideoIds.film(VideoIds.of(film))).contains(film);
        assertThat(VideoIds.film(film)).contains(film);
        for (String none : List.of("", "video_", "video_x", "video_../../x", "video_video_" + film, film.toUpperCase(java.util.Locale.ROOT))) {
            assertThat(VideoIds.film(none)).as(none).isEmpty();
        }
    }
}
