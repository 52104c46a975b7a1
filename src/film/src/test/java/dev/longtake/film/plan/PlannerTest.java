package dev.longtake.film.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longtake.film.story.Sampling;
import dev.longtake.film.story.Scene;
import dev.longtake.film.story.Scene.Start;
import dev.longtake.film.story.Story;
import dev.longtake.film.story.StoryException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PlannerTest {
    static final FilmSettings SETTINGS = new FilmSettings("phenaki", "cafe", 1, 128, 128, 8, 11, 5, 8, 3.5, 1);

    static Scene scene(String prompt, double seconds, Start start) {
        return new Scene(prompt, Optional.empty(), seconds, start, OptionalLong.empty());
    }

    static Story story(Scene... scenes) {
        return new Story("", Optional.empty(), 0, List.of(scenes));
    }

    private static List<String> keys(FilmPlan plan) {
        return plan.segments().stream().map(s -> s.key().hex()).toList();
    }

    @Test
    void aChainsWindowsAreElevenThenSixAndTheLastOfASceneIsTrimmed() throws Exception {
        FilmPlan plan = Planner.plan(story(scene("A", 3, Start.CONTINUE), scene("B", 3, Start.CONTINUE), scene("C", 1.5, Start.CUT)), SETTINGS);
        assertThat(plan.segments()).extracting(PlannedSegment::newFrames).containsExactly(11, 6, 6, 1, 6, 6, 6, 6, 11, 1);
        assertThat(plan.segments()).extracting(PlannedSegment::chain).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 1, 1);
        assertThat(plan.segments()).extracting(PlannedSegment::parent).containsExactly(-1, 0, 1, 2, 3, 4, 5, 6, -1, 8);
        assertThat(plan.segments()).extracting(PlannedSegment::window).containsExactly(0, 1, 2, 3, 0, 1, 2, 3, 0, 1);
        assertThat(plan.frames()).isEqualTo(60);
    }

    @Test
    void roundingIsHalfUp() {
        assertThat(Planner.frames(0.0625, 8)).isEqualTo(1);
        assertThat(Planner.frames(0.0624, 8)).isZero();
        assertThat(Planner.frames(3, 8)).isEqualTo(24);
        assertThat(Planner.frames(0.6875, 8)).isEqualTo(6);
        assertThat(Planner.frames(0.285, 100)).as("a decimal half that binary cannot hold").isEqualTo(29);
    }

    @Test
    void aSceneThatStartsAChainNeedsATail() throws Exception {
        assertThatThrownBy(() -> Planner.plan(story(scene("A", 0.5, Start.CONTINUE)), SETTINGS)).isInstanceOf(StoryException.class).hasMessageContaining("scenes[0].seconds").hasMessageContaining("0.625");
        assertThat(Planner.plan(story(scene("A", 0.625, Start.CONTINUE), scene("B", 0.0625, Start.CONTINUE)), SETTINGS).frames()).isEqualTo(6);
        assertThatThrownBy(() -> Planner.plan(story(scene("A", 1, Start.CONTINUE), scene("B", 0.01, Start.CONTINUE)), SETTINGS)).hasMessageContaining("scenes[1].seconds");
    }

    @Test
    void insertingASceneElsewhereChangesNoSeedAndACutShieldsWhatFollows() throws Exception {
        Scene a = scene("A", 3, Start.CONTINUE);
        Scene b = scene("B", 3, Start.CONTINUE);
        Scene c = scene("C", 3, Start.CUT);
        FilmPlan before = Planner.plan(story(a, c), SETTINGS);
        FilmPlan after = Planner.plan(story(a, b, c), SETTINGS);
        assertThat(keys(after)).containsAll(keys(before));
        assertThat(after.segments().get(4).seed()).isEqualTo(before.segments().get(0).seed());
    }

    @Test
    void equalPromptsInDifferentScenesAreDifferentSegments() throws Exception {
        FilmPlan plan = Planner.plan(story(scene("A", 1.5, Start.CUT), scene("A", 0.75, Start.CONTINUE), scene("A", 0.75, Start.CONTINUE), scene("A", 1.5, Start.CUT)), SETTINGS);
        // The second and third have the same prompt, seed and frames, and different parents.
        assertThat(plan.segments().get(2).seed()).isEqualTo(plan.segments().get(3).seed());
        assertThat(plan.segments().get(2).key()).isNotEqualTo(plan.segments().get(3).key());
        // The last is what the first is: it starts a chain with the same prompt and seed. A seed of its own would make it another.
        assertThat(plan.segments().get(4).key()).isEqualTo(plan.segments().get(0).key());
    }

    @Test
    void everythingThatDecidesASegmentIsInItsKey() throws Exception {
        Scene a = scene("A", 3, Start.CONTINUE);
        List<List<String>> all = new ArrayList<>();
        all.add(keys(Planner.plan(story(a), SETTINGS)));
        all.add(keys(Planner.plan(story(scene("B", 3, Start.CONTINUE)), SETTINGS)));
        all.add(keys(Planner.plan(story(a).withSeed(1), SETTINGS)));
        all.add(keys(Planner.plan(story(new Scene("A", Optional.of("n"), 3, Start.CONTINUE, OptionalLong.empty())), SETTINGS)));
        all.add(keys(Planner.plan(story(new Scene("A", Optional.empty(), 3, Start.CONTINUE, OptionalLong.of(5))), SETTINGS)));
        all.add(keys(Planner.plan(story(a), SETTINGS, Optional.of("abcd"))));
        all.add(keys(Planner.plan(story(a), new FilmSettings("phenaki", "beef", 1, 128, 128, 8, 11, 5, 8, 3.5, 1))));
        all.add(keys(Planner.plan(story(a), new FilmSettings("phenaki", "cafe", 2, 128, 128, 8, 11, 5, 8, 3.5, 1))));
        all.add(keys(Planner.plan(story(a), new FilmSettings("phenaki", "cafe", 1, 128, 128, 8, 11, 5, 12, 3.5, 1))));
        all.add(keys(Planner.plan(story(a), new FilmSettings("phenaki", "cafe", 1, 128, 128, 8, 11, 5, 8, 3, 1))));
        all.add(keys(Planner.plan(story(a), new FilmSettings("phenaki", "cafe", 1, 128, 128, 8, 11, 5, 8, 3.5, 0.9))));
        all.add(keys(Planner.plan(story(sampled(new Sampling(OptionalInt.of(9), OptionalDouble.empty(), OptionalDouble.empty()))), SETTINGS)));
        all.add(keys(Planner.plan(story(sampled(new Sampling(OptionalInt.empty(), OptionalDouble.of(2), OptionalDouble.empty()))), SETTINGS)));
        all.add(keys(Planner.plan(story(sampled(new Sampling(OptionalInt.empty(), OptionalDouble.empty(), OptionalDouble.of(0.5)))), SETTINGS)));
        List<String> flat = all.stream().flatMap(List::stream).toList();
        assertThat(new HashSet<>(flat)).hasSameSizeAs(flat);
    }

    private static Scene sampled(Sampling own) {
        return new Scene("A", Optional.empty(), 3, Start.CONTINUE, OptionalLong.empty(), own);
    }

    @Test
    void aScenesOwnSettingsAreItsAloneAndThoseOfTheFilmSaidAgainChangeNothing() throws Exception {
        Sampling own = new Sampling(OptionalInt.of(24), OptionalDouble.of(1), OptionalDouble.empty());
        FilmPlan plan = Planner.plan(story(sampled(Sampling.NONE), sampled(own), sampled(Sampling.NONE)), SETTINGS);
        assertThat(plan.settings(plan.segments().get(0))).isEqualTo(SETTINGS);
        assertThat(plan.settings(plan.segments().get(4))).isEqualTo(new FilmSettings("phenaki", "cafe", 1, 128, 128, 8, 11, 5, 24, 1, 1));
        assertThat(plan.settings(plan.segments().get(8))).isEqualTo(SETTINGS);
        FilmPlan plain = Planner.plan(story(sampled(Sampling.NONE), sampled(Sampling.NONE)), SETTINGS);
        assertThat(keys(plan).subList(0, 4)).isEqualTo(keys(plain).subList(0, 4));
        assertThat(keys(plan).get(4)).isNotEqualTo(keys(plain).get(4));
        Sampling same = new Sampling(OptionalInt.of(8), OptionalDouble.of(3.5), OptionalDouble.of(1));
        assertThat(keys(Planner.plan(story(sampled(same)), SETTINGS))).isEqualTo(keys(Planner.plan(story(sampled(Sampling.NONE)), SETTINGS)));
    }

    @Test
    void aPictureIsTheFirstFrameOfTheFilmAndOfNothingElse() throws Exception {
        Scene a = scene("A", 3, Start.CONTINUE);
        Scene cut = scene("A", 3, Start.CUT);
        FilmPlan with = Planner.plan(story(a, a, cut), SETTINGS, Optional.of("abcd"));
        FilmPlan without = Planner.plan(story(a, a, cut), SETTINGS);
        assertThat(with.startImage()).contains("abcd");
        assertThat(with.segments()).filteredOn(s -> s.startImage().isPresent()).extracting(PlannedSegment::index).containsExactly(0);
        assertThat(keys(with).subList(0, 8)).doesNotContainAnyElementsOf(keys(without));
        assertThat(keys(with).subList(8, keys(with).size())).as("behind the cut").isEqualTo(keys(without).subList(8, keys(without).size()));
        assertThat(PlanDocument.fromBytes(PlanDocument.of(with).toBytes()).plan().segments()).isEqualTo(with.segments());
    }

    @Test
    void aDocumentOfABuildWithoutSceneSettingsIsTheSameBytesAndAPlanWithThemIsRefusedByIt() throws Exception {
        String plain = new String(PlanDocument.of(Planner.plan(story(sampled(Sampling.NONE)), SETTINGS)).toBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(plain).startsWith("{\"version\":1,").doesNotContain("null");
        FilmPlan own = Planner.plan(story(sampled(new Sampling(OptionalInt.of(9), OptionalDouble.empty(), OptionalDouble.empty()))), SETTINGS);
        assertThat(new String(PlanDocument.of(own).toBytes(), java.nio.charset.StandardCharsets.UTF_8)).startsWith("{\"version\":2,");
        assertThat(PlanDocument.fromBytes(PlanDocument.of(own).toBytes()).plan().segments()).isEqualTo(own.segments());
    }

    @Test
    void whereAFilmComesFromLiesInItsPlanAndChangesNoSegment() throws Exception {
        PlanDocument plain = PlanDocument.of(Planner.plan(story(sampled(Sampling.NONE)), SETTINGS));
        PlanDocument remix = plain.withOrigin(new PlanDocument.Origin("A city.", "0123456789abcdef01234567"));
        assertThat(new String(remix.toBytes(), java.nio.charset.StandardCharsets.UTF_8)).isEqualTo(new String(plain.toBytes(), java.nio.charset.StandardCharsets.UTF_8).replaceFirst("}$",
                ",\"origin\":{\"prompt\":\"A city.\",\"remixedFrom\":\"0123456789abcdef01234567\"}}"));
        assertThat(PlanDocument.fromBytes(remix.toBytes())).isEqualTo(remix);
        assertThat(PlanDocument.fromBytes(remix.toBytes()).plan()).isEqualTo(plain.plan());
        assertThat(PlanDocument.fromBytes(plain.toBytes()).origin()).isNull();
        assertThat(new String(plain.withOrigin(new PlanDocument.Origin(null, "f")).toBytes(), java.nio.charset.StandardCharsets.UTF_8)).endsWith(",\"origin\":{\"remixedFrom\":\"f\"}}");
    }

    @Test
    void aKeyIsWhatItWasReleasedAs() throws Exception {
        FilmPlan plan = Planner.plan(story(scene("A fish.", 3, Start.CONTINUE)), SETTINGS);
        assertThat(plan.segments().get(1).key().hex()).isEqualTo(PINNED_KEY);
        assertThat(plan.segments().get(1).seed()).isEqualTo(PINNED_SEED);
    }

    private static final String PINNED_KEY = "5adeb78890aee67c9abb3215ca762d63df9832e72b46cc31719181988f777c2e";
    private static final long PINNED_SEED = 5_793_813_188_551_208_397L;

    @Test
    void aPlanComesBackFromItsDocument() throws Exception {
        long seed = Long.getLong("longtake.seed", System.nanoTime());
        System.out.println("longtake.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            List<Scene> scenes = new ArrayList<>();
            int n = 1 + random.nextInt(12);
            long frames = 0;
            for (int i = 0; i < n; i++) {
                double seconds = 0.7 + random.nextInt(80) / 16.0;
                frames += Planner.frames(seconds, 8);
                scenes.add(new Scene("p" + random.nextInt(4), random.nextBoolean() ? Optional.of("x") : Optional.empty(), seconds,
                        random.nextInt(3) == 0 ? Start.CUT : Start.CONTINUE, random.nextBoolean() ? OptionalLong.of(random.nextLong()) : OptionalLong.empty(),
                        new Sampling(random.nextBoolean() ? OptionalInt.of(1 + random.nextInt(30)) : OptionalInt.empty(), OptionalDouble.empty(),
                                random.nextBoolean() ? OptionalDouble.of(0.1 + random.nextDouble()) : OptionalDouble.empty())));
            }
            FilmPlan plan = Planner.plan(new Story("t", Optional.of("phenaki"), random.nextLong(), scenes), SETTINGS);
            assertThat(plan.frames()).isEqualTo(frames);
            PlanDocument document = PlanDocument.of(plan);
            assertThat(PlanDocument.fromBytes(document.toBytes()).toBytes()).isEqualTo(document.toBytes());
            assertThat(PlanDocument.fromBytes(document.toBytes()).plan()).isEqualTo(plan);
        }
    }

    @Test
    void aPlanThatCannotBeReadSaysSo() {
        assertThatThrownBy(() -> PlanDocument.fromBytes("{".getBytes())).isInstanceOf(StoryException.class);
        assertThatThrownBy(() -> PlanDocument.fromBytes("null".getBytes())).isInstanceOf(StoryException.class);
        assertThatThrownBy(() -> PlanDocument.fromBytes("{\"version\":1,\"title\":\"\",\"scenes\":[{}]}".getBytes())).hasMessageContaining("lacks");
        assertThatThrownBy(() -> PlanDocument.fromBytes("{\"version\":1}".getBytes())).hasMessageContaining("lacks");
        assertThatThrownBy(() -> PlanDocument.fromBytes("{\"version\":9}".getBytes())).hasMessageContaining("version 9");
    }
}
