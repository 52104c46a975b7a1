package dev.longtake.film.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.longtake.film.story.Scene.Start;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    void speechEndsWithWhoSaysIt() throws Exception {
        assertThat(prompts("\"Stop!\" said the lion. It ran.")).containsExactly("\"Stop!\" said the lion.", "It ran.");
        assertThat(prompts("\u201cIs that a fish?\u201d asked the cat. It was.")).containsExactly("\u201cIs that a fish?\u201d asked the cat.", "It was.");
        assertThat(prompts("\u00abStop!\u00bb dit le lion. Il court.")).containsExactly("\u00abStop!\u00bb dit le lion.", "Il court.");
        assertThat(prompts("He said \"No.\" Then he left.")).containsExactly("He said \"No.\"", "Then he left.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"...", "\u2026"})
    void anEllipsisEndsASentenceIfTheNextBegins(String dots) throws Exception {
        assertThat(prompts("The fish waits" + dots + " and swims. A cat sits" + dots + " Then it runs.")).containsExactly("The fish waits" + dots + " and swims.", "A cat sits" + dots, "Then it runs.");
    }

    @Test
    void numbersEndNoSentence() throws Exception {
        assertThat(prompts("It is 3.5 metres long. It swims.")).hasSize(2);
        assertThat(prompts("1. A city at night.\n2. A fish swims.\n3. A lion.")).containsExactly("1. A city at night.", "2. A fish swims.", "3. A lion.");
    }

    @Test
    void linesWithoutFullStopsAreScenesInLowerCaseToo() throws Exception {
        assertThat(prompts("a city at night\na fish swims\na lion")).hasSize(3);
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

    @Test
    void aSuffixMayStandBeforeTheFullStop() throws Exception {
        for (String between : List.of(" ", "\n")) {
            List<Scene> scenes = read("A city at night [2s]." + between + "A fish [3s#]!" + between + "A lion.").scenes();
            assertThat(scenes).extracting(Scene::prompt).containsExactly("A city at night.", "A fish!", "A lion.");
            assertThat(scenes).extracting(Scene::seconds).containsExactly(2.0, 3.0, 3.0);
        }
    }

    @Test
    void otherBracketsArePartOfThePrompt() throws Exception {
        assertThat(prompts("A sign that says [EXIT] glows. A lion.")).containsExactly("A sign that says [EXIT] glows.", "A lion.");
    }

    @ParameterizedTest
    @CsvSource({"A city. [3], scenes[0].seconds", "A city. [3 sec], scenes[0].seconds", "A city. [2s] [#], scenes[1].prompt", "A city. [0s], scenes[0].seconds", "A city. [-1s], scenes[0].seconds", "A city. [3601s], scenes[0].seconds", "A city. [1e99s], scenes[0].seconds",
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
    void filmAndScenesMaySaySettingsAndTheFilmItsFirstPicture() throws Exception {
        Story story = read("""
                {"settings":{"steps":8,"guidance":2},"start_image":"data:image/png;base64,AAAA","scenes":[
                 {"prompt":"A city.","settings":{"steps":24,"guidance":0,"temperature":0.5}},{"prompt":"A fish.","settings":{}},{"prompt":"A lion."}]}""");
        assertThat(story.sampling()).isEqualTo(new Sampling(OptionalInt.of(8), OptionalDouble.of(2), OptionalDouble.empty()));
        assertThat(story.startImage()).contains("data:image/png;base64,AAAA");
        assertThat(story.scenes()).extracting(Scene::sampling)
                .containsExactly(new Sampling(OptionalInt.of(24), OptionalDouble.of(0), OptionalDouble.of(0.5)), Sampling.NONE, Sampling.NONE);
    }

    @Test
    void settingsOutOfRangeAreAllNamedAtOnce() {
        assertThat(problems("""
                {"settings":{"steps":0,"stepz":1},"start_image":7,"scenes":[{"prompt":"A.","settings":{"steps":8.5,"guidance":20.5,"temperature":0}},
                 {"prompt":"A.","settings":3},{"prompt":"A.","settings":{"steps":"8","guidance":-1,"temperature":1e999}},{"prompt":"A.","settings":{"steps":257,"prefix_frames":3}}]}"""))
                .extracting(Problem::field)
                .containsExactlyInAnyOrder("settings.steps", "settings.stepz", "start_image", "scenes[0].settings.steps", "scenes[0].settings.guidance", "scenes[0].settings.temperature",
                        "scenes[1].settings", "scenes[2].settings.steps", "scenes[2].settings.guidance", "scenes[2].settings.temperature", "scenes[3].settings.steps",
                        "scenes[3].settings.prefix_frames");
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
    void halfACharacterIsRefused() {
        assertThat(problems("{\"title\":\"\\ud800\",\"scenes\":[{\"prompt\":\"a\\ud800b\",\"negative\":\"\\udc00\"}]}")).extracting(Problem::field)
                .containsExactly("title", "scenes[0].prompt", "scenes[0].negative");
    }

    @Test
    void aTitleMayHoldJoinersButNothingThatTurnsItAround() {
        assertThat(StoryReader.titleProblems("\ud83d\udc68\u200d\ud83d\udc69 \u0645\u06cc\u200c\u0631\u0648\u0645", StoryLimits.DEFAULT)).isEmpty();
        assertThat(StoryReader.titleProblems("gpj.\u202egnp", StoryLimits.DEFAULT)).hasSize(1);
    }

    @Test
    void anAnswerStaysSmallHoweverBadAStoryIs() {
        assertThat(problems("{\"scenes\":[" + "{\"p\":1},".repeat(9_000) + "{}]}")).hasSize(StoryReader.MAX_PROBLEMS);
        assertThat(problems("A. [3]\n".repeat(9_000))).hasSize(StoryReader.MAX_PROBLEMS);
    }

    /** Text that made an earlier reader take time with the square of its length, or worse: a story comes from a stranger. */
    @ParameterizedTest
    @MethodSource("hostile")
    void hostileTextCostsNoMoreThanOtherText(String text) {
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> assertThat(problemsOrNone(text)).isNotNull());
    }

    static Stream<String> hostile() {
        return Stream.of("A. [" + "\u00a0".repeat(1_000_000), "Dr. ".repeat(1_000_000), "1. ".repeat(1_000_000), "\"!\" a ".repeat(500_000), "J. ".repeat(1_000_000),
                "[3s] ".repeat(800_000), "[1".repeat(2_000_000), "\n\u00a0".repeat(1_000_000), "\u2026".repeat(1_000_000));
    }

    private List<Problem> problemsOrNone(String text) {
        try {
            read(text);
            return List.of();
        } catch (StoryException e) {
            return e.problems();
        }
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
