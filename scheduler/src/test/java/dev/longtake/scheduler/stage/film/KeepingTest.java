package dev.longtake.scheduler.stage.film;

import static dev.longtake.scheduler.stage.Plans.scene;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.ExpiryJob;
import dev.longtake.contract.ExpiryReport;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Lane;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.SegmentJob;
import dev.longtake.contract.SegmentReport.Cause;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.scheduler.stage.Plans;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What is over is kept for a while, and then goes without taking anything along that somebody needs. A test reads as the log of a film. */
class KeepingTest extends FilmHarness {
    private static final FilmRef SECOND = new FilmRef("tenant", "film", 2);

    private List<AttemptRef> finish(FilmRef film, FilmPlan plan) {
        submit(film, plan);
        List<AttemptRef> attempts = renderAll(film);
        assembled(film);
        log();
        return attempts;
    }

    private void delete(FilmRef film) {
        stage.on(new FilmCommand.Delete(1, film, now), now);
    }

    private ExpiryJob job() {
        return effects.stream().filter(FilmEffect.Expire.class::isInstance).map(e -> ((FilmEffect.Expire) e).job()).reduce((a, b) -> b).orElseThrow();
    }

    private void waited(ExpiryJob job) {
        stage.on(new ExpiryReport.Waited(1, job.tenant(), job.id(), now), now);
    }

    private void removed(ExpiryJob job) {
        stage.on(new ExpiryReport.Removed(1, job.tenant(), job.id(), now), now);
    }

    private void found(List<FilmRef> revisions, AttemptRef... attempts) {
        stage.on(new ExpiryReport.Found(1, "tenant", revisions, List.of(attempts), now), now);
    }

    @Test
    void aFilmIsKeptForAMonthAndThenGoesWithAllThatOnlyItIs() {
        List<AttemptRef> attempts = finish(FILM, chain());
        pass(Duration.ofDays(30).minusMillis(1));
        assertThat(log()).isEmpty();
        pass(Duration.ofMillis(1));
        ExpiryJob job = job();
        assertThat(job.attempts()).as("children first").containsExactly(attempts.get(2), attempts.get(1), attempts.get(0));
        assertThat(log()).containsExactly("film: finished → deleted", "to be removed: film r1 and 3 attempts");
        assertThat(summary(FILM)).satisfies(s -> {
            assertThat(s.state()).isEqualTo("deleted");
            assertThat(s.filmKey()).isEmpty();
        });
        waited(job);
        assertThat(log()).containsExactly("remove film r1 and 3 attempts");
        removed(job);
        assertThat(log()).isEmpty();
        pass(Duration.ofDays(1));
        assertThat(log()).containsExactly("forgotten: film");
        assertThat(state.records()).as("nothing is left of it").isEmpty();
    }

    @Test
    void whatAnotherFilmIsStaysUntilThatGoesToo() {
        List<AttemptRef> attempts = finish(FILM, chain());
        submit(OTHER, chain());
        assembled(OTHER);
        log();
        delete(FILM);
        waited(job());
        removed(job());
        assertThat(log()).containsExactly("film: finished → deleted", "to be removed: film r1 and 0 attempts", "remove film r1 and 0 attempts");
        FilmRef third = new FilmRef("tenant", "third", 1);
        submit(third, chain());
        assertThat(log()).as("still there to be taken over").contains("segment 2: waiting → accepted reused", "assemble 23 frames");
        delete(third);
        log();
        delete(OTHER);
        assertThat(job().attempts()).containsExactly(attempts.get(2), attempts.get(1), attempts.get(0));
        log();
        submit(new FilmRef("tenant", "fourth", 1), chain());
        assertThat(log()).as("what is to be removed is not taken over any more").containsExactly("film: queued → rendering", "segment 0: waiting → ready");
    }

    /** A chain whose beginning two films share, and not its end. */
    @Test
    void onlyTheEndThatNobodyElseIsGoes() {
        List<AttemptRef> attempts = finish(FILM, chain());
        submit(OTHER, Plans.of(scene("A city.", 17 / 8.0, false)));
        log();
        delete(FILM);
        assertThat(job().attempts()).containsExactly(attempts.get(2));
    }

    @Test
    void aFilmThatRunsIsCancelledFirst() {
        submit(FILM, chain());
        SegmentJob first = lastJob();
        stage.on(rendered(first), now);
        log();
        delete(FILM);
        assertThat(log()).containsExactly("film: rendering → cancelled", "withdrawn", "film: cancelled → deleted", "to be removed: film r1 and 1 attempts");
        stage.on(clipped(first), now);
        assertThat(log()).containsExactly("late: clipped of segment 0");
        delete(FILM);
        assertThat(log()).containsExactly("refused: delete of revision 1, it is deleted");
        delete(OTHER);
        assertThat(log()).containsExactly("refused: delete of revision 1, it is unknown");
    }

    @Test
    void aDecisionThatIsNotInTheStateRemovesNothing() {
        finish(FILM, chain());
        delete(FILM);
        ExpiryJob job = job();
        log();
        removed(job);
        ExpiryJob elsewhere = new ExpiryJob(1, "tenant", "decided by one who was fenced off", job.revisions(), job.attempts(), false, now);
        waited(elsewhere);
        removed(elsewhere);
        assertThat(log()).isEmpty();
    }

    @Test
    void aJobOfWhichNothingIsHeardIsToldAgain() {
        finish(FILM, chain());
        delete(FILM);
        ExpiryJob job = job();
        log();
        pass(Duration.ofMinutes(40));
        assertThat(job().id()).isEqualTo(job.id());
        assertThat(log()).containsExactly("to be removed: film r1 and 3 attempts");
        waited(job);
        log();
        pass(Duration.ofMinutes(40));
        assertThat(log()).containsExactly("remove film r1 and 3 attempts");
        removed(job);
        removed(job);
        pass(Duration.ofMinutes(40));
        assertThat(log()).isEmpty();
    }

    @Test
    void theIdOfADeletedFilmStaysTakenForADay() {
        finish(FILM, chain());
        delete(FILM);
        waited(job());
        removed(job());
        log();
        submit(FILM, chain());
        assertThat(log()).containsExactly("refused: submit of revision 1, it is deleted");
        stage.on(new FilmCommand.Revise(1, SECOND, "k", "d", "", Lane.BATCH, "cpu", now), now);
        assertThat(log()).containsExactly("refused: revise of revision 2, it is deleted");
        pass(Duration.ofDays(1));
        log();
        submit(FILM, chain());
        assertThat(log()).containsExactly("film: queued → rendering", "segment 0: waiting → ready");
    }

    @Test
    void anIdThatIsUsedAgainMakesOtherAttempts() {
        List<AttemptRef> before = finish(FILM, chain());
        delete(FILM);
        waited(job());
        removed(job());
        pass(Duration.ofDays(1));
        effects.clear();
        submit(FILM, chain());
        assertThat(before).doesNotContain(lastJob().attempt());
    }

    @Test
    void aRevisionWhosePlaceAnotherTookGoesAndLeavesTheFilm() {
        finish(FILM, chain());
        pass(Duration.ofDays(20));
        plans.put("other", Plans.of(scene("A fish.", 1, false)));
        stage.on(new FilmCommand.Revise(1, SECOND, "other", "d", "", Lane.BATCH, "cpu", now), now);
        log();
        pass(Duration.ofDays(15));
        assertThat(log()).as("the finished revision is shown until the newest is finished").doesNotContain("to be removed: film r1 and 3 attempts");
        SegmentJob job = job(SECOND, 0, "other");
        stage.on(rendered(job), now);
        stage.on(clipped(job), now);
        assembled(SECOND);
        log();
        pass(Duration.ofDays(3));
        assertThat(log()).containsExactly("to be removed: film r1 and 3 attempts");
        assertThat(summary(SECOND).state()).isEqualTo("finished");
        pass(Duration.ofDays(27));
        assertThat(log()).containsExactly("to be removed: film r1 and 3 attempts", "film: finished → deleted", "to be removed: film r2 and 1 attempts");
    }

    private SegmentJob job(FilmRef film, int index, String plan) {
        plans.put(film.filmKey(), plans.get(plan));
        return job(film, index);
    }

    @Test
    void thePlanOfARevisionThatWasTriedAgainStaysWithTheFilm() {
        plans.put(ObjectKeys.plan(FILM), chain());
        stage.on(new FilmCommand.Submit(1, FILM, ObjectKeys.plan(FILM), "d", "", Lane.BATCH, "cpu", now), now);
        failed(lastJob(), Cause.POISON, "no such word");
        stage.on(new FilmCommand.Retry(1, FILM, now), now);
        log();
        pass(Duration.ofDays(100));
        assertThat(log().toString()).doesNotContain("to be removed");
        delete(SECOND);
        assertThat(log().toString()).contains("to be removed: film r1 and 0 attempts").contains("to be removed: film r2 and 0 attempts");
    }

    @Test
    void whatNobodyAskedForIsSweptAndWhatSomebodyNeedsIsNot() {
        List<AttemptRef> held = finish(FILM, chain());
        submit(OTHER, Plans.of(scene("A fish.", 1, false)));
        AttemptRef inWork = lastJob().attempt();
        AttemptRef late = new AttemptRef(held.get(0).segmentKey(), "written by a worker that came back");
        FilmRef never = new FilmRef("tenant", "never submitted", 1);
        log();
        found(List.of(FILM, OTHER, never, new FilmRef("another", "film", 1)), held.get(0), inWork, late);
        ExpiryJob job = job();
        assertThat(job.attempts()).containsExactly(late);
        assertThat(job.revisions()).containsExactly(never);
        log();
        found(List.of(), new AttemptRef("k", "found meanwhile"));
        assertThat(log()).as("one sweep at a time").isEmpty();
        submit(never, chain());
        assertThat(log()).containsExactly("film: queued → failed (its plan lay unused for so long that it is being removed; submit the story again)");
        waited(job);
        removed(job);
        assertThat(log()).containsExactly("remove never submitted r1 and 1 attempts");
        found(List.of(), new AttemptRef("k", "found meanwhile"));
        assertThat(log()).containsExactly("to be removed: 1 attempts");
    }

    @Test
    void anAttemptThatIsBeingSweptIsNotMadeReady() {
        submit(OTHER, chain());
        SegmentJob first = lastJob();
        stage.on(new FilmCommand.Cancel(1, OTHER, now), now);
        stage.on(new FilmCommand.Retry(1, OTHER, now), now);
        AttemptRef again = lastJob().attempt();
        assertThat(again).isNotEqualTo(first.attempt());
        KeepingTest elsewhere = new KeepingTest();
        elsewhere.found(List.of(), again);
        elsewhere.submit(OTHER, chain());
        elsewhere.stage.on(new FilmCommand.Cancel(1, OTHER, now), now);
        elsewhere.stage.on(new FilmCommand.Retry(1, OTHER, now), now);
        assertThat(elsewhere.lastJob().attempt()).isNotEqualTo(again);
        assertThat(elsewhere.lastJob().attempt().segmentKey()).isEqualTo(again.segmentKey());
    }

    @Nested
    class InSmallParts extends FilmHarness {
        @Override
        FilmLimits limits() {
            return FilmLimits.DEFAULT.keeping(new KeepingLimits(Duration.ofDays(30), Duration.ofDays(1), Duration.ofMinutes(40), 2, 1));
        }

        @Test
        void aParentGoesWhenItsChildrenAreGone() {
            submit(FILM, chain());
            List<AttemptRef> attempts = renderAll(FILM);
            assembled(FILM);
            effects.clear();
            stage.on(new FilmCommand.Delete(1, FILM, now), now);
            ExpiryJob end = ((FilmEffect.Expire) effects.get(effects.size() - 1)).job();
            assertThat(end.attempts()).containsExactly(attempts.get(2));
            assertThat(new FilmStore(state).stored("tenant", attempts.get(1))).as("the parent is held as long").isPresent();
            log();
            stage.on(new ExpiryReport.Waited(1, "tenant", end.id(), now), now);
            stage.on(new ExpiryReport.Removed(1, "tenant", end.id(), now), now);
            ExpiryJob beginning = ((FilmEffect.Expire) effects.get(effects.size() - 1)).job();
            assertThat(beginning.attempts()).containsExactly(attempts.get(1), attempts.get(0));
            assertThat(beginning.revisions()).isEmpty();
        }

        @Test
        void aTenantWithTooManyFilmsIsTold() {
            submit(FILM, chain());
            log();
            submit(OTHER, chain());
            assertThat(log()).containsExactly("film: queued → failed (more than 1 films of this tenant are not over yet; submit it again when some are)");
            stage.on(new FilmCommand.Cancel(1, FILM, now), now);
            log();
            stage.on(new FilmCommand.Retry(1, OTHER, now), now);
            assertThat(log()).contains("film: queued → rendering");
        }
    }
}
