package dev.longtake.farm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.film.story.StoryLimits;
import dev.longtake.film.story.StoryReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StoryInputTest {
    @Test
    void aFilesNameBecomesATitleThatIsOne() {
        assertThat(StoryInput.titleOf(Path.of("/a/A day at sea.txt"))).isEqualTo("A day at sea");
        for (String name : List.of("a\u0007b.txt", "x\\y.txt", "...txt", "..", "a\nb", "x".repeat(250), "\u202eevil.txt")) {
            assertThat(StoryReader.titleProblems(StoryInput.titleOf(Path.of("/a").resolve(name)), StoryLimits.DEFAULT)).as(name).isEmpty();
        }
    }

    @Test
    void aNameLosesOnlyItsLastExtension() {
        assertThat(StoryInput.stem(Path.of("a/story.v2.txt"))).isEqualTo("story.v2");
        assertThat(StoryInput.stem(Path.of(".hidden"))).isEqualTo(".hidden");
        assertThat(StoryInput.stem(Path.of("plain"))).isEqualTo("plain");
    }

    @Test
    void theDataDirectoryFollowsItsVariables() {
        assertThat(DataOption.fallback(Map.of("LONGTAKE_DATA", "/x", "XDG_DATA_HOME", "/y"))).isEqualTo(Path.of("/x"));
        assertThat(DataOption.fallback(Map.of("XDG_DATA_HOME", "/y"))).isEqualTo(Path.of("/y/longtake"));
        assertThat(DataOption.fallback(Map.of("XDG_DATA_HOME", "relative"))).isEqualTo(Path.of(System.getProperty("user.home"), ".local/share/longtake"));
    }
}
