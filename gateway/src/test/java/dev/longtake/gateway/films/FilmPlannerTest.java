package dev.longtake.gateway.films;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longtake.contract.Lane;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.FilmSettings;
import dev.longtake.film.plan.PlanDocument;
import dev.longtake.film.story.Problem;
import dev.longtake.film.story.StoryException;
import dev.longtake.gateway.films.FilmPlanner.Planned;
import dev.longtake.media.picture.PictureLimits;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FilmPlannerTest {
    private final FilmPlanner planner = new FilmPlanner(TestModels.one());

    private Planned plan(String story, Map<String, List<String>> parameters) throws StoryException {
        return planner.plan(story.getBytes(StandardCharsets.UTF_8), Optional.empty(), parameters);
    }

    private List<Problem> problems(String story, Map<String, List<String>> parameters) {
        return catchThrowableOfType(StoryException.class, () -> plan(story, parameters)).problems();
    }

    @Test
    void withoutParametersTheModelsOwnNumbersHold() throws Exception {
        Planned planned = plan("A city.", Map.of());
        assertThat(planned.plan().settings()).isEqualTo(new FilmSettings("phenaki", "cafe", 1, 128, 128, 8, 11, 5, 12, 3.5, 1));
        assertThat(planned.plan().frames()).isEqualTo(24);
        assertThat(planned.lane()).isEqualTo(Lane.BATCH);
    }

    @Test
    void fastIsTheModelsFastNumberOfSteps() throws Exception {
        assertThat(plan("A city.", Map.of("preset", List.of("fast"))).plan().settings().steps()).isEqualTo(8);
        assertThat(plan("A city.", Map.of("preset", List.of("fast"), "steps", List.of("5"))).plan().settings().steps()).isEqualTo(5);
    }

    @Test
    void aParameterGoesBeforeWhatTheStorySays() throws Exception {
        String story = "{\"title\":\"Told\",\"seed\":1,\"scenes\":[{\"prompt\":\"A city.\"}]}";
        Planned planned = plan(story, Map.of("title", List.of("Given"), "seed", List.of("-9"), "sceneSeconds", List.of("1.5"), "guidance", List.of("2"),
                "temperature", List.of("0.5"), "lane", List.of("interactive")));
        assertThat(planned.plan().story().title()).isEqualTo("Given");
        assertThat(planned.plan().story().seed()).isEqualTo(-9);
        assertThat(planned.plan().frames()).isEqualTo(12);
        assertThat(planned.plan().settings().guidance()).isEqualTo(2);
        assertThat(planned.plan().settings().temperature()).isEqualTo(0.5);
        assertThat(planned.lane()).isEqualTo(Lane.INTERACTIVE);
        assertThat(plan(story, Map.of()).plan().story().seed()).isEqualTo(1);
    }

    @Test
    void theMostExplicitSettingHolds() throws Exception {
        String story = "{\"settings\":{\"steps\":9,\"guidance\":2},\"scenes\":[{\"prompt\":\"A city.\"},{\"prompt\":\"A fish.\",\"settings\":{\"steps\":24}}]}";
        FilmPlan told = plan(story, Map.of()).plan();
        assertThat(List.of(told.settings().steps(), told.settings().guidance(), told.settings().temperature())).isEqualTo(List.of(9, 2.0, 1.0));
        assertThat(told.settings(told.segments().get(4)).steps()).isEqualTo(24);
        assertThat(told.settings(told.segments().get(4)).guidance()).isEqualTo(2);
        assertThat(plan(story, Map.of("preset", List.of("fast"))).plan().settings().steps()).as("a preset that is asked for").isEqualTo(8);
        FilmPlan given = plan(story, Map.of("preset", List.of("fast"), "steps", List.of("3"), "guidance", List.of("7"))).plan();
        assertThat(given.settings().steps()).isEqualTo(3);
        assertThat(given.settings().guidance()).isEqualTo(7);
        assertThat(given.settings(given.segments().get(4)).steps()).as("a scene's own stay").isEqualTo(24);
        assertThat(PlanDocument.fromBytes(PlanDocument.of(told).toBytes()).plan()).isEqualTo(told);
    }

    @Test
    void aPictureComesBesideTheStoryOrInIt() throws Exception {
        byte[] png = TestModels.png(50, 40);
        String url = "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
        String story = "{\"start_image\":\"" + url + "\",\"scenes\":[{\"prompt\":\"A city.\"},{\"prompt\":\"A fish.\",\"start\":\"cut\"}]}";
        Planned inside = plan(story, Map.of());
        Planned beside = planner.plan("A city. A fish. [#]".getBytes(StandardCharsets.UTF_8), Optional.empty(), Map.of(), Optional.of(png));
        assertThat(inside.image().orElseThrow().digest()).isEqualTo(beside.image().orElseThrow().digest()).isEqualTo(inside.plan().startImage().orElseThrow());
        assertThat(inside.plan()).isEqualTo(beside.plan());
        assertThat(inside.plan().story().startImage()).isEmpty();
        assertThat(inside.plan().segments()).filteredOn(s -> s.startImage().isPresent()).hasSize(1);
        assertThat(plan("A city.", Map.of()).image()).isEmpty();
    }

    @Test
    void aBadPictureIsNamedBesideEverythingElse() {
        String scenes = "\"scenes\":[{\"prompt\":\" \"}]}";
        List<String> bad = List.of("x", "data:text/html;base64,AAAA", "data:image/png;base64,####", "data:image/png;base64,AAAA", "http://127.0.0.1/a.png", "data:image/webp;base64,UklGRg==");
        for (String url : bad) {
            List<Problem> problems = problems("{\"start_image\":\"" + url + "\",\"scenes\":[{\"prompt\":\"A city.\"}]}", Map.of("steps", List.of("0")));
            assertThat(problems).as(url).extracting(Problem::field).containsExactlyInAnyOrder("steps", "start_image");
            assertThat(problems).allSatisfy(p -> assertThat(p.fix()).isNotBlank());
        }
        List<Problem> twice = catchThrowableOfType(StoryException.class, () -> planner.plan(("{\"start_image\":\"data:image/png;base64,AAAA\"," + scenes.replace(" ", "A")).getBytes(StandardCharsets.UTF_8),
                Optional.empty(), Map.of(), Optional.of(TestModels.png(8, 8)))).problems();
        assertThat(twice).singleElement().satisfies(p -> assertThat(p.field()).isEqualTo("start_image"));
        List<Problem> noneAndOne = catchThrowableOfType(StoryException.class, () -> planner.plan(("{\"start_image\":null," + scenes.replace(" ", "A")).getBytes(StandardCharsets.UTF_8),
                Optional.empty(), Map.of(), Optional.of(TestModels.png(8, 8)))).problems();
        assertThat(noneAndOne).singleElement().satisfies(p -> assertThat(p.message()).contains("there is none"));
        assertThat(problems("{\"start_image\":\" \"," + scenes, Map.of())).extracting(Problem::field).containsExactlyInAnyOrder("start_image", "scenes[0].prompt");
        FilmPlanner strict = new FilmPlanner(TestModels.one(), new PictureLimits(10_000, 64));
        List<Problem> large = catchThrowableOfType(StoryException.class, () -> strict.plan("A city. [0s]".getBytes(StandardCharsets.UTF_8), Optional.empty(), Map.of(), Optional.of(TestModels.png(9, 8)))).problems();
        assertThat(large).extracting(Problem::field).containsExactlyInAnyOrder("scenes[0].seconds", "start_image").hasSize(2);
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        List<Problem> problems = problems("{\"model\":\"sora\",\"scenes\":[{\"prompt\":\"A city.\"}]}", Map.of("steps", List.of("0"), "colour", List.of("red")));
        assertThat(problems).extracting(Problem::field).containsExactlyInAnyOrder("colour", "steps", "model");
        assertThat(problems).allSatisfy(p -> assertThat(p.fix()).isNotBlank());
        assertThat(problems(" ", Map.of("seed", List.of("x")))).extracting(Problem::field).containsExactlyInAnyOrder("seed", "story");
    }

    @Test
    void aParameterOutOfRangeIsRefused() {
        Map.of("steps", List.of("0", "257", "8.0", "-1", "x", "", "99999999999"), "guidance", List.of("-0.1", "20.1", "NaN", "Infinity", "0x1p3", "1d", "1e999"),
                "temperature", List.of("0", "-1", "10.5"), "sceneSeconds", List.of("0", "-3", "3601", "1e9"), "seed", List.of("9223372036854775808", "1.5", ""),
                "preset", List.of("slow", "FAST", ""), "lane", List.of("urgent"), "title", List.of("a/b", "a\u0007", "..", "a\\b"), "model", List.of("sora", "../phenaki"))
                .forEach((name, values) -> values.forEach(value ->
                        assertThat(problems("A city.", Map.of(name, List.of(value)))).as(name + "=" + value).extracting(Problem::field).contains(name)));
        assertThat(problems("A city.", Map.of("steps", List.of("3", "4")))).extracting(Problem::field).containsExactly("steps");
    }
}
