package dev.longtake.scheduler.stage.film;

import static dev.longtake.scheduler.stage.Plans.scene;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import dev.longtake.contract.LaneEvent;
import dev.longtake.contract.SegmentJob;
import dev.longtake.contract.SegmentReport.Cause;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.scheduler.stage.Plans;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What users ask of films, in states that allow it and in those that do not. A test reads as the log of a film. */
class FilmCommandsTest extends FilmHarness {
    private static final FilmRef SECOND = new FilmRef("tenant", "film", 2);

    private void pause() {
        stage.on(new FilmCommand.Pause(1, FILM, now), now);
    }

    private void resume() {
        stage.on(new FilmCommand.Resume(1, FILM, now), now);
    }

    private void retry(FilmRef film) {
        stage.on(new FilmCommand.Retry(1, film, now), now);
    }

    private void revise(FilmRef film, FilmPlan plan) {
        plans.put(film.filmKey() + film.revision(), plan);
        stage.on(new FilmCommand.Revise(1, film, film.filmKey() + film.revision(), "d", "A title", Lane.BATCH, "cpu", now), now);
    }

    @Test
    void aPausedFilmTakesInWhatIsInHandAndHandsOutNothing() {
        submit(FILM, chain());
        SegmentJob first = lastJob();
        dispatched(first);
        assertThat(log()).containsExactly("film: queued → rendering", "segment 0: waiting → ready", "segment 0: ready → dispatched");
        pause();
        assertThat(log()).containsExactly("film: rendering → paused");
        stage.on(rendered(first), now);
        assertThat(log()).containsExactly("segment 0: dispatched → accepted");
        stage.on(clipped(first), now);
        assertThat(log()).containsExactly("segment 0: accepted → clipped");
        assertThat(summary(FILM)).satisfies(s -> {
            assertThat(s.state()).isEqualTo("paused");
            assertThat(s.accepted()).isEqualTo(1);
            assertThat(s.clipped()).isEqualTo(1);
        });
        pass(Duration.ofDays(3));
        assertThat(log()).as("for as long as it takes").isEmpty();
        resume();
        assertThat(work(lastJob()).parent()).contains(first.attempt());
        assertThat(log()).containsExactly("film: paused → rendering", "segment 1: waiting → ready");
    }

    @Test
    void whatIsReadyIsTakenBackAndOfferedAgain() {
        submit(FILM, chain());
        SegmentJob first = lastJob();
        log();
        pause();
        assertThat(log()).containsExactly("film: rendering → paused", "withdrawn");
        resume();
        assertThat(lastJob().attempt()).isEqualTo(first.attempt());
        assertThat(log()).containsExactly("film: paused → rendering");
    }

    @Test
    void whatFailsWhilePausedIsTriedAfterwards() {
        submit(FILM, chain());
        SegmentJob first = lastJob();
        dispatched(first);
        pause();
        log();
        failed(first, Cause.SOFT, "out of memory");
        assertThat(log()).containsExactly("segment 0: dispatched → waiting");
        pass(Duration.ofMinutes(5));
        assertThat(log()).isEmpty();
        resume();
        assertThat(log()).containsExactly("film: paused → rendering", "segment 0: waiting → ready");
        assertThat(new FilmStore(state).segmentAt(FILM, 0).orElseThrow().tries()).isEqualTo(1);
    }

    @Test
    void whatIsGivenBackWhilePausedWaits() {
        submit(FILM, chain());
        SegmentJob first = lastJob();
        dispatched(first);
        pause();
        log();
        lost(first, false);
        assertThat(log()).containsExactly("segment 0: dispatched → waiting");
        resume();
        assertThat(log()).containsExactly("film: paused → rendering", "segment 0: waiting → ready");
    }

    @Test
    void anOverdueClipIsAskedForAfterwards() {
        submit(FILM, Plans.of(scene("A city.", 1, false)));
        stage.on(rendered(lastJob()), now);
        pause();
        log();
        pass(Duration.ofMinutes(2));
        assertThat(log()).isEmpty();
        resume();
        assertThat(log()).containsExactly("film: paused → rendering", "encode clip 0");
    }

    @Test
    void aFilmWhoseLastClipCameWhilePausedIsJoinedAfterwards() {
        submit(FILM, Plans.of(scene("A city.", 1, false)));
        SegmentJob job = lastJob();
        dispatched(job);
        pause();
        stage.on(rendered(job), now);
        stage.on(clipped(job), now);
        log();
        resume();
        assertThat(log()).containsExactly("film: paused → rendering", "film: rendering → assembling", "assemble 8 frames");
    }

    @Test
    void aFilmResumedWhileItsPlanIsAwayGoesOnOnceItIsThere() {
        submit(FILM, chain());
        pause();
        log();
        storeAway = true;
        resume();
        assertThat(log()).containsExactly("film: paused → rendering");
        storeAway = false;
        pass(Duration.ofSeconds(1));
        assertThat(lastJob().attempt()).isEqualTo(job(FILM, 0).attempt());
    }

    @Test
    void poisonAndCancellationEndAPausedFilm() {
        submit(FILM, chain());
        SegmentJob first = lastJob();
        dispatched(first);
        pause();
        log();
        failed(first, Cause.POISON, "no such word");
        assertThat(log()).containsExactly("segment 0: dispatched → failed", "film: paused → failed (scene 1 (\"A city.\"), segment 1: no such word)");
        submit(OTHER, chain());
        stage.on(new FilmCommand.Pause(1, OTHER, now), now);
        log();
        stage.on(new FilmCommand.Cancel(1, OTHER, now), now);
        assertThat(log()).startsWith("film: paused → cancelled");
    }

    @Test
    void whatTheStateDoesNotAllowIsRefusedAloudAndChangesNothing() {
        pause();
        assertThat(log()).containsExactly("refused: pause of revision 1, it is unknown");
        submit(FILM, chain());
        log();
        FilmState before = summary(FILM);
        resume();
        retry(FILM);
        revise(FILM, chain());
        stage.on(new FilmCommand.Cancel(1, SECOND, now), now);
        assertThat(log()).containsExactly("refused: resume of revision 1, it is rendering", "refused: retry of revision 1, it is rendering",
                "refused: revise of revision 1, it is rendering", "refused: cancel of revision 2, it is rendering");
        assertThat(summary(FILM)).isEqualTo(before);
        stage.tick(now.plus(FilmLimits.DEFAULT.offerPatience()));
        renderAll(FILM);
        assembled(FILM);
        log();
        pause();
        stage.on(new FilmCommand.Cancel(1, FILM, now), now);
        retry(FILM);
        assertThat(log()).containsExactly("refused: pause of revision 1, it is finished", "refused: cancel of revision 1, it is finished",
                "refused: retry of revision 1, it is finished");
    }

    @Test
    void aRetryIsANewRevisionThatRendersOnlyWhatWasNotRendered() {
        submit(FILM, chain());
        SegmentJob first = lastJob();
        stage.on(rendered(first), now);
        stage.on(clipped(first), now);
        SegmentJob second = lastJob();
        failed(second, Cause.POISON, "no such word");
        log();
        retry(FILM);
        assertThat(log()).containsExactly("film: queued → rendering", "segment 0: waiting → accepted reused", "segment 0: accepted → clipped reused", "segment 1: waiting → ready");
        assertThat(summary(FILM).film()).isEqualTo(SECOND);
        assertThat(work(job(SECOND, 1)).parent()).contains(first.attempt());
        retry(FILM);
        assertThat(log()).as("said twice").containsExactly("refused: retry of revision 1, it is rendering");
    }

    @Test
    void revisingAFinishedFilmLeavesItFinished() {
        submit(FILM, chain());
        List<AttemptRef> attempts = renderAll(FILM);
        assembled(FILM);
        log();
        revise(SECOND, Plans.of(scene("A city.", 23 / 8.0, false), scene("A fish.", 1, true)));
        assertThat(log()).startsWith("film: queued → rendering", "segment 0: waiting → accepted reused").doesNotContain("film: finished → cancelled (replaced by revision 2)");
        assertThat(summary(FILM)).satisfies(s -> {
            assertThat(s.film().revision()).isEqualTo(2);
            assertThat(s.state()).isEqualTo("rendering");
            assertThat(s.kept()).as("still to be fetched").contains(new FilmState.Kept(1, "film.mp4"));
        });
        assertThat(new FilmStore(state).segmentAt(SECOND, 2).orElseThrow().accepted()).contains(attempts.get(2));
        stage.on(new FilmCommand.Cancel(1, SECOND, now), now);
        FilmRef third = new FilmRef("tenant", "film", 3);
        retry(SECOND);
        assertThat(summary(third).kept()).as("over any number of revisions").contains(new FilmState.Kept(1, "film.mp4"));
    }

    private void reprioritise(Lane lane) {
        stage.on(new FilmCommand.Reprioritise(1, FILM, lane, now), now);
    }

    private List<LaneEvent.Moved> moved() {
        return effects.stream().filter(e -> e instanceof FilmEffect.ToLane lane && lane.event() instanceof LaneEvent.Moved).map(e -> (LaneEvent.Moved) ((FilmEffect.ToLane) e).event()).toList();
    }

    @Test
    void whatWaitsGoesOverToTheOtherLaneAndWhatFollowsIsOfferedThere() {
        submit(FILM, chain());
        SegmentJob first = lastJob();
        effects.clear();
        reprioritise(Lane.INTERACTIVE);
        assertThat(moved()).containsExactly(new LaneEvent.Moved(1, "cpu", Lane.INTERACTIVE, FILM, first.attempt(), now));
        assertThat(summary(FILM).lane()).isEqualTo(Lane.INTERACTIVE);
        assertThat(summary(FILM).state()).isEqualTo("rendering");
        dispatched(first);
        effects.clear();
        reprioritise(Lane.BATCH);
        assertThat(moved()).as("a worker has it").isEmpty();
        reprioritise(Lane.INTERACTIVE);
        effects.clear();
        stage.on(rendered(first), now);
        assertThat(effects).anySatisfy(e -> assertThat(e).isInstanceOfSatisfying(FilmEffect.ToLane.class, to -> assertThat(to.event()).isInstanceOfSatisfying(LaneEvent.Ready.class, r -> {
            assertThat(r.lane()).isEqualTo(Lane.INTERACTIVE);
            assertThat(r.job().index()).isEqualTo(1);
        })));
    }

    @Test
    void theLaneThatAFilmIsInAlreadyChangesNothing() {
        submit(FILM, chain());
        long sequence = summary(FILM).sequence();
        effects.clear();
        reprioritise(Lane.BATCH);
        assertThat(effects).isEmpty();
        assertThat(summary(FILM).sequence()).isEqualTo(sequence);
    }

    @Test
    void aFilmThatIsOverIsInNoLane() {
        submit(FILM, chain());
        stage.on(new FilmCommand.Cancel(1, FILM, now), now);
        log();
        reprioritise(Lane.INTERACTIVE);
        assertThat(log()).containsExactly("refused: reprioritise of revision 1, it is cancelled");
    }

    @Test
    void theLastWordOnARevisionIsKeptWhenAnotherFollows() {
        submit(FILM, chain());
        renderAll(FILM);
        assembled(FILM);
        FilmState finished = summary(FILM);
        effects.clear();
        revise(SECOND, Plans.of(scene("A river.", 3, false)));
        assertThat(effects).contains(new FilmEffect.Keep(finished));
        assertThat(finished.planKey()).contains(FILM.filmKey());
        assertThat(summary(SECOND).planKey()).contains(SECOND.filmKey() + "2");
        effects.clear();
        revise(new FilmRef("tenant", "film", 3), chain());
        assertThat(effects.stream().filter(e -> e instanceof FilmEffect.Keep).map(e -> ((FilmEffect.Keep) e).state())).singleElement().satisfies(s -> {
            assertThat(s.film()).isEqualTo(SECOND);
            assertThat(s.state()).isEqualTo("cancelled");
            assertThat(s.reason()).contains("replaced by revision 3");
        });
    }

    @Test
    void aRetriedRevisionFollowsTheSamePlan() {
        submit(FILM, chain());
        stage.on(new FilmCommand.Cancel(1, FILM, now), now);
        retry(FILM);
        assertThat(summary(SECOND).planKey()).contains(FILM.filmKey());
    }
}
