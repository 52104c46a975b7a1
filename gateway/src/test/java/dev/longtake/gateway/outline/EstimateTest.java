package dev.longtake.gateway.outline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.FilmSettings;
import dev.longtake.film.plan.Planner;
import dev.longtake.film.story.StoryException;
import dev.longtake.film.story.StoryLimits;
import dev.longtake.film.story.StoryReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EstimateTest {
    private static final FilmSettings SETTINGS = new FilmSettings("phenaki", "cafe", 1, 128, 128, 8, 11, 5, 8, 3, 1);

    private static FilmPlan plan(String story) throws StoryException {
        return Planner.plan(new StoryReader(StoryLimits.DEFAULT, 3).read(story.getBytes(StandardCharsets.UTF_8), Optional.empty()), SETTINGS, Optional.empty());
    }

    private static FilmState film(String bundle, String state, int accepted, int reused, double generating) {
        Instant at = Instant.EPOCH;
        return new FilmState(1, new FilmRef("t", "f", 1), "", "phenaki", bundle, Lane.BATCH, state, Optional.empty(), 1, accepted, 48, 8, 128, 128, accepted, accepted, reused, 0,
                new FilmState.Seconds(generating, 0, 0), 1, at, at, Optional.of(at), Optional.empty(), Optional.empty());
    }

    @Test
    void withoutAFilmOfTheModelNothingIsSaid() throws Exception {
        FilmPlan plan = plan("A city. [3s]");
        assertThat(Estimate.of(plan, List.of(), 1)).isEmpty();
        assertThat(Estimate.of(plan, List.of(film("beef", "finished", 4, 0, 8), film("cafe", "failed", 4, 0, 8), film("cafe", "finished", 4, 4, 0)), 1)).isEmpty();
    }

    @Test
    void chainsGoSideBySideAndAChainDoesNot() throws Exception {
        List<FilmState> known = List.of(film("cafe", "finished", 4, 0, 8), film("cafe", "finished", 6, 4, 4));
        FilmPlan one = plan("A city. [3s]\nA river. [3s]");
        FilmPlan two = plan("A city. [3s]\nA river. [3s#]");
        int segments = one.segments().size();
        assertThat(Estimate.of(one, known, 0)).as("no worker is there yet").contains(new Estimate(segments * 2.0, 2, 2, 1));
        assertThat(Estimate.of(one, known, 4)).contains(new Estimate(segments * 2.0, 2, 2, 4));
        assertThat(two.segments()).hasSize(segments);
        assertThat(Estimate.of(two, known, 1).orElseThrow().seconds()).isEqualTo(segments * 2.0);
        assertThat(Estimate.of(two, known, 2).orElseThrow().seconds()).isEqualTo(segments / 2.0 * 2);
        assertThat(Estimate.of(two, known, 9).orElseThrow().seconds()).as("no faster than its longest chain").isEqualTo(segments / 2.0 * 2);
    }
}
