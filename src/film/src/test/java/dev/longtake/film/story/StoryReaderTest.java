package dev.longtake.film.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longtake.film.story.Scene.Start;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoryReaderTest {
    private final StoryReader reader = new StoryReader(StoryLimits.DEFAULT, Scene.DEFAULT_SECONDS);

    private Story read(String text) throws StoryException {
        return reader.read(text.getBytes(StandardCharsets.UTF_8), Optional.empty());
    }

    private List<String> prompts(String text) throws StoryException {
        return read(text).scenes().stream().map(Scene::prompt).toList();
    }

    private List<Problem> problems(String text) {
        try {
            read(text);
            throw new AssertionError("nothing wrong with: " + text);
        } catch (StoryException e) {
            return e.problems();
        }
    }

    @Test
    void aSentenceIsAScene() throws Exception {
        assertThat(prompts("A city at night. Cars fly by! Is that a fish? It is.")).containsExactly("A city at night.", "Cars fly by!", "Is that a fish?", "It is.");
    }

    @Test
    void aLineIsASceneIfEveryLineHasOneSentence() throws Exception {
        assertThat(prompts("a city at night\nCars fly by\n\nthe end\n")).containsExactly("a city at night", "Cars fly by", "the end");
    }

    @Test
    void wrappedProseIsNotLines() throws Exception {
        assertThat(prompts("A city at night, full of\ncars that fly. A fish\nswims by.")).containsExactly("A city at night, full of cars that fly.", "A fish swims by.");
    }

    @Test
    void abbreviationsAndInitialsDoNotEndASentence() throws Exception {
        assertThat(prompts("Dr. Fish meets Mrs. Lion. J. Smith waves. They leave.")).containsExactly("Dr. Fish meets Mrs. Lion.", "J. Smith waves.", "They leave.");
    }

    @Test
    void otherLanguagesHaveSentencesToo() throws Exception {
        assertThat(prompts("Um peixe nada no mar. O sol se põe.")).hasSize(2);
        assertThat(prompts("一条鱼在海里游。太阳落山了。")).hasSize(2);
    }

    @Test
    void aSuffixGivesDurationAndCut() throws Exception {
        List<Scene> scenes = read("A city. [1.5s] A fish. [#] A lion. [2s#]\n").scenes();
        assertThat(scenes).extracting(Scene::prompt).containsExactly("A city.", "A fish.", "A lion.");
        assertThat(scenes).extracting(Scene::seconds).containsExactly(1.5, 3.0, 2.0);
        assertThat(scenes).extracting(Scene::start).containsExactly(Start.CONTINUE, Start.CUT, Start.CUT);
    }

    @ParameterizedTest
    @CsvSource({"A city. [0s], scenes[0].seconds", "A city. [-1s], scenes[0].seconds", "A city. [3601s], scenes[0].seconds", "A city. [1e99s], scenes[0].seconds",
        "A city. [1.2.3s], scenes[0].seconds", "A city. [], scenes[0].seconds", "[3s], scenes[0].prompt"})
    void aWrongSuffixIsNamed(String text, String field) {
        assertThat(problems(text)).extracting(Problem::field).contains(field);
    }

    @Test
    void jsonIsReadInFull() throws Exception {
        Story story = read("""
                {"title":"T","model":"phenaki","seed":7,"scenes":[
                 {"prompt":"A city.","seconds":2,"start":"cut","seed":-3,"negative":"rain"},{"prompt":"A fish."}]}""");
        assertThat(story.title()).isEqualTo("T");
        assertThat(story.model()).contains("phenaki");
        assertThat(story.seed()).isEqualTo(7);
        assertThat(story.scenes()).containsExactly(
                new Scene("A city.", Optional.of("rain"), 2, Start.CUT, OptionalLong.of(-3)),
                new Scene("A fish.", Optional.empty(), 3, Start.CONTINUE, OptionalLong.empty()));
    }

    @Test
    void whatIsNamedJsonIsNeverReadAsProse() {
        assertThatThrownBy(() -> reader.read("A city.".getBytes(StandardCharsets.UTF_8), Optional.of("story.json")))
                .isInstanceOf(StoryException.class).hasMessageContaining("malformed JSON");
        assertThat(problems("  {not json")).extracting(Problem::field).containsExactly("story");
    }

    @Test
    void allProblemsAreSaidAtOnce() {
        assertThat(problems("""
                {"titel":"x","seed":1.5,"scenes":[{"prompt":3},{"prompt":"A.","seconds":"3"},{"promt":"A."},{"prompt":"A.","start":"fade"}]}"""))
                .extracting(Problem::field)
                .containsExactlyInAnyOrder("titel", "seed", "scenes[0].prompt", "scenes[1].seconds", "scenes[2].promt", "scenes[2].prompt", "scenes[3].start");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{\"scenes\":[{\"prompt\":\"A.\",\"prompt\":\"B.\"}]} | story", "{\"scenes\":[]} x | story", "{\"scenes\":[]} | scenes",
        "{} | scenes", "{\"scenes\":[{\"prompt\":\" \"}]} | scenes[0].prompt", "{\"title\":\"a/b\",\"scenes\":[{\"prompt\":\"A.\"}]} | title",
        "{\"title\":\"a\\u0001\",\"scenes\":[{\"prompt\":\"A.\"}]} | title", "{\"scenes\":[{\"prompt\":\"A.\",\"seconds\":NaN}]} | story"})
    void badJsonIsNamed(String json, String field) {
        assertThat(problems(json)).extracting(Problem::field).contains(field);
    }

    @Test
    void emptyBlankAndBadlyEncodedStoriesAreRefused() {
        assertThat(problems("")).extracting(Problem::field).containsExactly("story");
        assertThat(problems(" \n\t")).extracting(Problem::field).containsExactly("story");
        assertThatThrownBy(() -> reader.read(new byte[] {'A', (byte) 0xc3, '('}, Optional.empty())).hasMessageContaining("UTF-8");
    }

    @Test
    void limitsHoldExactly() throws Exception {
        assertThat(prompts("a".repeat(32_000))).hasSize(1);
        assertThat(problems("a".repeat(32_001))).extracting(Problem::field).containsExactly("scenes[0].prompt");
        assertThat(prompts("😀".repeat(32_000))).hasSize(1);
        assertThat(read("A city.\n".repeat(10_000) ).scenes()).hasSize(10_000);
        assertThat(problems("A city.\n".repeat(10_001))).extracting(Problem::field).containsExactly("scenes");
        assertThatThrownBy(() -> reader.read(new byte[(4 << 20) + 1], Optional.empty())).isInstanceOfSatisfying(StoryException.class, e -> assertThat(e.isTooLarge()).isTrue());
    }
}
