package dev.longtake.film.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.film.story.Vocabulary.Warning;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VocabularyTest {
    private final Vocabulary vocabulary = Vocabulary.read("# words of the captions\na\ncity\nfish\nlion\nnight\nred\nroom\nstands\nswims\nwindows\n");

    private List<Warning> warnings(String... prompts) {
        List<Scene> scenes = new ArrayList<>();
        for (String prompt : prompts) {
            scenes.add(new Scene(prompt, Optional.empty(), 3, Scene.Start.CONTINUE, OptionalLong.empty()));
        }
        return vocabulary.warnings(scenes);
    }

    @Test
    void aSceneOfKnownWordsGivesNoWarningWhateverStandsBetweenThem() {
        assertThat(warnings("A red fish swims.", "The LION stands in the city at night!", "Across the room, it stands.", "A window, a lion; lions.", "Ｆｉｓｈ")).isEmpty();
    }

    @Test
    void oneWordInFourMayBeUnknown() {
        assertThat(warnings("A red lion stands majestically.")).isEmpty();
        assertThat(warnings("A red horse stands.")).singleElement().satisfies(w -> {
            assertThat(w.field()).isEqualTo("scenes[0].prompt");
            assertThat(w.words()).containsExactly("horse");
            assertThat(w.message()).contains("horse").doesNotContain("red");
        });
    }

    @Test
    void anotherLanguageIsWarnedOfAndNeverRefused() {
        List<Warning> warnings = warnings("A fish.", "Ein roter Löwe steht im Büro.", "魚が泳ぐ。", "12 !?");
        assertThat(warnings).extracting(Warning::field).containsExactly("scenes[1].prompt", "scenes[2].prompt", "scenes[3].prompt");
        assertThat(warnings.get(0).words()).containsExactly("ein", "roter", "löwe", "steht", "im", "büro");
    }

    @Test
    void aModelThatDoesNotSayWhatItWasTaughtWarnsOfNothing() {
        assertThat(new Vocabulary(Set.of()).warnings(List.of(new Scene("Xyzzy.", Optional.empty(), 3, Scene.Start.CONTINUE, OptionalLong.empty())))).isEmpty();
    }

    @Test
    void warningsStayFewAndShortHoweverLongTheStory() {
        String[] prompts = new String[10_000];
        java.util.Arrays.fill(prompts, "xyzzy ".repeat(2) + "q".repeat(500) + " a1b c2d eee fff ggg hhh iii jjj kkk");
        List<Warning> warnings = warnings(prompts);
        assertThat(warnings).hasSize(100);
        assertThat(warnings.get(0).words()).hasSize(8).allMatch(w -> w.length() <= 41);
        assertThat(warnings.get(0).message()).contains("more");
        assertThat(warnings.get(99).message()).startsWith("9901 more scenes");
    }
}
