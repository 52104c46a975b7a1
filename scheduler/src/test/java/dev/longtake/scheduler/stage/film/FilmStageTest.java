package dev.longtake.scheduler.stage.film;

import static dev.longtake.scheduler.stage.Plans.scene;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Json;
import dev.longtake.contract.Lane;
import dev.longtake.contract.LaneEvent;
import dev.longtake.contract.SegmentJob;
import dev.longtake.contract.SegmentReport;
import dev.longtake.contract.SegmentReport.Cause;
import dev.longtake.scheduler.stage.Plans;
import dev.longtake.scheduler.memory.MemoryState;
import dev.longtake.film.state.TransitionListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Each rule of the film stage by itself. A test reads as the log of a film. */
class FilmStageTest extends FilmHarness {
    @Test
    void whoeverHearsOfAClipHearsWhichOneItIs() {
        submit(FILM, chain());
        SegmentJob first = lastJob();
        effects.clear();
        stage.on(rendered(first), now);
        stage.on(clipped(first), now);
        assertThat(effects.stream().filter(e -> e instanceof FilmEffect.Announce a && a.event() instanceof FilmEvent.SegmentChanged).map(e -> (FilmEvent.SegmentChanged) ((FilmEffect.Announce) e).event())
                .map(e -> e.index() + " " + e.to() + " " + e.clipDigest().orElse("-"))).containsExactly("0 accepted -", "1 ready -", "0 clipped clip0");
    }

    @Test
    void aFilmFromItsStoryToItsEnd() {
        submit(FILM, chain());
        SegmentJob first = lastJob();
        assertThat(log()).containsExactly("film: queued → rendering", "segment 0: waiting → ready");
        dispatched(first);
        assertThat(log()).containsExactly("segment 0: ready → dispatched");
        stage.on(rendered(first), now);
        SegmentJob second = lastJob();
        assertThat(work(second).parent()).as("the parent attempt is named").contains(first.attempt());
        assertThat(log()).containsExactly("segment 0: dispatched → accepted", "segment 1: waiting → ready");
        stage.on(clipped(first), now);
        assertThat(log()).containsExactly("segment 0: accepted → clipped");
        stage.on(rendered(second), now);
        SegmentJob third = lastJob();
        stage.on(rendered(third), now);
        stage.on(clipped(third), now);
        log();
        stage.on(clipped(second), now);
        assertThat(log()).containsExactly("segment 1: accepted → clipped", "film: rendering → assembling", "assemble 23 frames");
        assembled(FILM);
        assertThat(log()).containsExactly("film: assembling → finished");
        assertThat(summary(FILM)).satisfies(s -> {
            assertThat(s.state()).isEqualTo("finished");
            assertThat(s.filmKey()).contains("film.mp4");
            assertThat(s.seconds()).isEqualTo(new FilmState.Seconds(6, 2.25, 2.25));
        });
        assertThat(state.records().keySet()).as("a finished film keeps its summary, its attempts, and what says when they go")
                .allMatch(k -> k.matches("(film|stored|held|ended)/.*|timer/.*/EXPIRE/-1"));
        assembled(FILM);
        assertThat(log()).as("a film is finished once").isEmpty();
    }

    @Test
    void cutsRenderSideBySideAndAChainHasOneSegmentInFlight() {
        submit(FILM, Plans.of(scene("A city.", 3, false), scene("A fish.", 3, true), scene("A sea.", 3, true)));
        assertThat(log()).containsExactly("film: queued → rendering", "segment 0: waiting → ready", "segment 4: waiting → ready", "segment 8: waiting → ready");
    }

    @Test
    void theFirstCompleteReportWinsEvenOfAnAttemptThatCountedAsLost() {
        submit(FILM, chain());
        SegmentJob slow = lastJob();
        dispatched(slow);
        lost(slow, true);
        log();
        pass(Duration.ofSeconds(1));
        SegmentJob again = lastJob();
        assertThat(again.attempt()).isNotEqualTo(slow.attempt());
        log();
        stage.on(rendered(slow), now);
        assertThat(work(lastJob()).parent()).contains(slow.attempt());
        assertThat(log()).containsExactly("segment 0: ready → accepted", "withdrawn", "segment 1: waiting → ready");
        stage.on(rendered(again), now);
        assertThat(log()).containsExactly("late: rendered of segment 0");
        stage.on(rendered(slow), now);
        assertThat(log()).as("the same report again").isEmpty();
    }

    @Test
    void whatWasNotRenderedFromTheAcceptedParentIsNotAccepted() {
        submit(FILM, chain());
        stage.on(rendered(lastJob()), now);
        SegmentJob second = lastJob();
        SegmentReport.Rendered right = rendered(second);
        log();
        stage.on(new SegmentReport.Rendered(1, FILM, 1, second.attempt(), Optional.of(new AttemptRef("key", "another")), "w1", "cafe", "t", "l", "redis", 5, right.newFrames(), right.timing(), now), now);
        assertThat(log()).containsExactly("segment 1: ready → waiting", "late: rendered of segment 1");
        pass(Duration.ofSeconds(1));
        assertThat(log()).as("it is tried again").containsExactly("segment 1: waiting → ready");
    }

    @Test
    void softFailuresPauseAndAreCounted() {
        submit(FILM, chain());
        for (int pause : List.of(1, 2, 4)) {
            failed(lastJob(), Cause.SOFT, "out of memory");
            log();
            pass(Duration.ofSeconds(pause).minusMillis(2));
            assertThat(log()).as("pause of %d s", pause).isEmpty();
            now = now.plusMillis(2);
            stage.tick(now);
            assertThat(effects).isNotEmpty();
        }
        SegmentJob last = lastJob();
        log();
        failed(last, Cause.SOFT, "out of memory");
        assertThat(effects).hasAtLeastOneElementOfType(FilmEffect.GiveUp.class);
        String why = "scene 1 (\"A city.\"), segment 1: out of memory (after 4 tries)";
        assertThat(log()).containsExactly("segment 0: ready → failed", "film: rendering → failed (" + why + ")");
        assertThat(summary(FILM).reason()).contains(why);
    }

    @Test
    void aReportThatComesTwiceIsCountedOnce() {
        submit(FILM, chain());
        SegmentJob job = lastJob();
        for (int i = 0; i < 9; i++) {
            stage.on(new SegmentReport.Failed(1, FILM, 0, job.attempt(), "w1", Cause.SOFT, "trouble", now), now);
        }
        assertThat(new FilmStore(state).segmentAt(FILM, 0).orElseThrow().tries()).isEqualTo(1);
        pass(Duration.ofSeconds(1));
        job = lastJob();
        stage.on(rendered(job), now);
        for (int i = 0; i < 9; i++) {
            stage.on(new SegmentReport.Failed(1, FILM, 0, job.attempt(), "w1", Cause.SOFT, "no clip", now), now);
        }
        assertThat(new FilmStore(state).segmentAt(FILM, 0).orElseThrow().clip().tries()).isEqualTo(1);
    }

    @Test
    void aReportThatComesAgainAfterAnotherIsCountedOnce() {
        submit(FILM, chain());
        SegmentJob job = lastJob();
        stage.on(rendered(job), now);
        SegmentReport.Failed first = new SegmentReport.Failed(1, FILM, 0, job.attempt(), "w1", Cause.SOFT, "no clip", now);
        SegmentReport.Failed second = new SegmentReport.Failed(1, FILM, 0, job.attempt(), "w2", Cause.SOFT, "no clip", now.minusSeconds(3600));
        List.of(first, second, first, second).forEach(report -> stage.on(report, now));
        assertThat(new FilmStore(state).segmentAt(FILM, 0).orElseThrow().clip().tries()).isEqualTo(2);
    }

    @Test
    void aStalledFilmWhoseLastClipIsFoundInTheStoreIsJoined() {
        submit(FILM, Plans.of(scene("A city.", 1, false)));
        SegmentJob job = lastJob();
        stage.on(rendered(job), now);
        submit(OTHER, Plans.of(scene("A city.", 1, false), scene("A fish.", 1, true)));
        SegmentJob fish = lastJob();
        stage.on(rendered(fish), now);
        stage.on(clipped(fish), now);
        for (int i = 0; i < 3; i++) {
            stage.on(new SegmentReport.Failed(1, OTHER, 0, job.attempt(), "w1", Cause.OUTSIDE, "the store is away", now.plusMillis(i)), now);
        }
        storeAway = true;
        stage.on(clipped(job), now);
        storeAway = false;
        new FilmStore(state).clear(new FilmStore.Timer(OTHER, FilmStore.Kind.PLAN, -1));
        assertThat(summary(OTHER).state()).isEqualTo("stalled");
        pass(Duration.ofMinutes(2));
        assertThat(summary(OTHER).state()).isEqualTo("assembling");
    }

    @Test
    void anAttemptThatFollowsFromAnotherHasAnotherId() {
        submit(FILM, chain());
        MemoryState before = state.copy();
        SegmentJob first = lastJob();
        stage.on(rendered(first), now);
        AttemptRef child = lastJob().attempt();
        List<FilmEffect> again = new ArrayList<>();
        FilmStage older = new FilmStage(new FilmStore(before), this::plan, FilmLimits.DEFAULT, again::add, TransitionListener.NONE);
        older.on(new SegmentReport.Lost(1, FILM, 0, first.attempt(), "d", false, "nobody took it up", now), now);
        SegmentJob second = ((LaneEvent.Ready) again.stream().filter(e -> e instanceof FilmEffect.ToLane lane && lane.event() instanceof LaneEvent.Ready)
                .map(e -> ((FilmEffect.ToLane) e).event()).findFirst().orElseThrow()).job();
        again.clear();
        older.on(rendered(second), now);
        AttemptRef other = again.stream().filter(e -> e instanceof FilmEffect.ToLane lane && lane.event() instanceof LaneEvent.Ready)
                .map(e -> ((FilmEffect.ToLane) e).event().attempt()).findFirst().orElseThrow();
        assertThat(other).as("a scheduler that goes on from older state").isNotEqualTo(child);
    }

    @Test
    void poisonEndsTheFilmAtOnceAndSaysWhich() {
        submit(FILM, Plans.of(scene("A city.", 1, false), scene("Poison.", 1, true)));
        log();
        stage.on(rendered(job(FILM, 0)), now);
        log();
        failed(job(FILM, 1), Cause.POISON, "no such word");
        assertThat(log()).containsExactly("segment 1: ready → failed", "film: rendering → failed (scene 2 (\"Poison.\"), segment 2: no such word)");
    }

    @Test
    void anOutageIsNotCountedStallsTheFilmVisiblyAndEnds() {
        submit(FILM, chain());
        for (int i = 0; i < 20; i++) {
            failed(lastJob(), Cause.OUTSIDE, "the store is away");
            pass(Duration.ofSeconds(30));
        }
        assertThat(log()).contains("film: rendering → stalled (the store is away)").doesNotContain("film: stalled → failed");
        assertThat(summary(FILM)).satisfies(s -> {
            assertThat(s.state()).isEqualTo("stalled");
            assertThat(s.reason()).contains("the store is away");
        });
        stage.on(rendered(job(FILM, 0)), now);
        assertThat(summary(FILM)).satisfies(s -> {
            assertThat(s.state()).isEqualTo("rendering");
            assertThat(s.reason()).isEmpty();
        });
    }

    @Test
    void whatIsGivenBackOrWasNeverBegunComesAgainAtOnceAndIsNotCounted() {
        submit(FILM, chain());
        for (int i = 0; i < 50; i++) {
            SegmentJob job = lastJob();
            log();
            if (i % 2 == 0) {
                stage.on(new SegmentReport.Released(1, FILM, 0, job.attempt(), "w1", now), now);
            } else {
                lost(job, false);
            }
            assertThat(log().isEmpty()).isFalse();
            stage.tick(now);
            effects.add(new FilmEffect.ToLane(new LaneEvent.Ready(1, "cpu", Lane.BATCH, FILM, job(FILM, 0).attempt(), job(FILM, 0), now, now)));
        }
        SegmentRecord segment = new FilmStore(state).segmentAt(FILM, 0).orElseThrow();
        assertThat(segment.tries()).isZero();
        assertThat(segment.attempts()).as("the record stays small").hasSizeLessThan(40);
        assertThat(segment.made()).isEqualTo(51);
    }

    @Test
    void aClipThatDoesNotComeIsAskedForAndTheFirstOneCounts() {
        submit(FILM, Plans.of(scene("A city.", 1, false)));
        SegmentJob job = lastJob();
        stage.on(rendered(job), now);
        log();
        pass(Duration.ofSeconds(61));
        assertThat(log()).containsExactly("encode clip 0");
        stage.on(clipped(job), now);
        assertThat(log()).as("whoever was asked need not make it").containsExactly("withdrawn", "segment 0: accepted → clipped", "film: rendering → assembling", "assemble 8 frames");
    }

    @Test
    void aClipThatCannotBeEncodedEndsTheFilm() {
        submit(FILM, Plans.of(scene("A city.", 1, false)));
        SegmentJob job = lastJob();
        stage.on(rendered(job), now);
        for (int i = 0; i < 4; i++) {
            failed(job, Cause.SOFT, "codec");
            pass(Duration.ofSeconds(10));
        }
        assertThat(log()).contains("film: rendering → failed (scene 1 (\"A city.\"), segment 1: its clip cannot be encoded: codec (after 4 tries))");
    }

    @Test
    void aClipThatKillsItsWorkersEndsTheFilmAtOnce() {
        submit(FILM, chain());
        SegmentJob first = lastJob();
        stage.on(rendered(first), now);
        pass(Duration.ofMinutes(1));
        log();
        failed(first, Cause.POISON, "3 workers ended or froze while they worked on it");
        assertThat(log()).contains("film: rendering → failed (scene 1 (\"A city.\"), segment 1: its clip cannot be encoded: 3 workers ended or froze while they worked on it)");
    }

    @Test
    void cancellingWithdrawsEverything() {
        submit(FILM, Plans.of(scene("A city.", 3, false), scene("A fish.", 3, true), scene("A sea.", 1, true)));
        stage.on(rendered(job(FILM, 8)), now);
        pass(Duration.ofSeconds(61));
        log();
        stage.on(new FilmCommand.Cancel(1, FILM, now), now);
        assertThat(log()).as("two attempts and a clip").containsExactly("film: rendering → cancelled", "withdrawn", "withdrawn", "withdrawn");
        pass(Duration.ofHours(1));
        assertThat(log()).isEmpty();
    }

    @Test
    void theSameStoryAgainRendersNothing() {
        submit(FILM, chain());
        List<AttemptRef> attempts = renderAll(FILM);
        assembled(FILM);
        log();
        submit(OTHER, chain());
        FilmEffect.Assemble assemble = (FilmEffect.Assemble) effects.stream().filter(e -> e instanceof FilmEffect.Assemble).findFirst().orElseThrow();
        assertThat(assemble.lineage().segments()).extracting(e -> e.attempt()).isEqualTo(attempts);
        assertThat(summary(OTHER).reused()).isEqualTo(3);
        effects.clear();
        submit(new FilmRef("stranger", "film", 1), chain());
        assertThat(log()).as("another tenant shares nothing").contains("segment 0: waiting → ready");
    }

    @Test
    void anAttemptWithAnotherParentIsNotTakenOver() {
        submit(FILM, chain());
        submit(OTHER, chain());
        SegmentJob mine = job(FILM, 0);
        SegmentJob theirs = job(OTHER, 0);
        stage.on(rendered(mine), now);
        stage.on(rendered(job(FILM, 1)), now);
        effects.clear();
        stage.on(rendered(theirs), now);
        assertThat(work(lastJob()).parent()).contains(theirs.attempt());
        assertThat(log()).containsExactly("segment 0: ready → accepted", "segment 1: waiting → ready");
    }

    @Test
    void aFilmThatTakesAnAttemptOverBeforeItsClipWaitsForThatClip() {
        submit(FILM, Plans.of(scene("A city.", 1, false)));
        SegmentJob job = lastJob();
        stage.on(rendered(job), now);
        log();
        submit(OTHER, Plans.of(scene("A city.", 1, false)));
        assertThat(log()).containsExactly("film: queued → rendering", "segment 0: waiting → accepted reused");
        stage.on(clipped(job), now);
        assertThat(summary(FILM).state()).isEqualTo("assembling");
        assertThat(summary(OTHER).state()).isEqualTo("assembling");
    }

    @Test
    void aStalledFilmWhoseClipWasMadeForAnotherGoesOn() {
        submit(FILM, Plans.of(scene("A city.", 1, false)));
        stage.on(rendered(lastJob()), now);
        pass(Duration.ofMinutes(1));
        for (int i = 0; i < 3; i++) {
            failed(lastJob(), Cause.OUTSIDE, "the store is away");
            pass(Duration.ofSeconds(30));
        }
        assertThat(summary(FILM).state()).isEqualTo("stalled");
        SegmentJob job = lastJob();
        submit(OTHER, Plans.of(scene("A city.", 1, false)));
        stage.on(new SegmentReport.Clipped(1, OTHER, 0, job.attempt(), "w1", "c", 1, 0.1, now), now);
        assertThat(summary(OTHER).state()).isEqualTo("assembling");
        pass(Duration.ofMinutes(15));
        assertThat(summary(FILM).state()).isEqualTo("assembling");
    }

    @Test
    void anAssemblyIsHandedOutAgainUntilSomebodyReports() {
        submit(FILM, Plans.of(scene("A city.", 1, false)));
        SegmentJob job = lastJob();
        stage.on(rendered(job), now);
        stage.on(clipped(job), now);
        String first = assembly();
        pass(Duration.ofMinutes(10));
        assertThat(assembly()).isNotEqualTo(first);
        pass(Duration.ofMinutes(10));
        pass(Duration.ofMinutes(10));
        assertThat(summary(FILM).state()).isEqualTo("stalled");
        assembled(FILM);
        assertThat(summary(FILM).state()).isEqualTo("finished");
    }

    @Test
    void aBadClipIsEncodedAgainAndTheFilmJoinedAgain() {
        submit(FILM, chain());
        renderAll(FILM);
        log();
        joinFailed(List.of(1), false);
        assertThat(log()).containsExactly("film: assembling → rendering (trouble)", "segment 1: clipped → accepted", "replace clip 1");
        stage.on(clipped(job(FILM, 1)), now);
        assertThat(log()).contains("segment 1: accepted → clipped", "film: rendering → assembling", "assemble 23 frames");
    }

    @Test
    void joiningIsTriedFourTimesAndOutagesDoNotCount() {
        submit(FILM, chain());
        renderAll(FILM);
        for (int i = 0; i < 9; i++) {
            joinFailed(List.of(), true);
            pass(Duration.ofSeconds(30));
        }
        assertThat(summary(FILM).state()).isEqualTo("stalled");
        for (int i = 0; i < 3; i++) {
            joinFailed(List.of(), false);
            pass(Duration.ofSeconds(30));
        }
        assertThat(summary(FILM).state()).isEqualTo("stalled");
        joinFailed(List.of(), false);
        assertThat(summary(FILM).reason()).contains("the film cannot be joined: trouble (after 4 tries)");
    }

    @Test
    void aFilmWithoutAUsablePlanOrPoolFailsAndSaysSo() {
        stage.on(new FilmCommand.Submit(1, FILM, "nowhere", "d", "t", Lane.BATCH, "cpu", now), now);
        assertThat(log()).containsExactly("film: queued → failed (the film's plan is unusable: no object nowhere)");
        stage.on(new FilmCommand.Submit(1, OTHER, "nowhere", "d", "t", Lane.BATCH, "gpu", now), now);
        assertThat(log()).containsExactly("film: queued → failed (this farm has no pool \"gpu\")");
    }

    @Test
    void aPlanThatCannotBeReadNowIsReadLater() {
        storeAway = true;
        submit(FILM, chain());
        assertThat(summary(FILM).state()).isEqualTo("queued");
        pass(Duration.ofSeconds(1));
        pass(Duration.ofSeconds(2));
        assertThat(log()).containsExactly("film: queued → stalled (the film's plan cannot be read: 503)");
        storeAway = false;
        pass(Duration.ofSeconds(4));
        assertThat(log()).containsExactly("film: stalled → rendering", "segment 0: waiting → ready");
    }

    @Test
    void reportsThatCannotBeDecidedWithoutThePlanWaitInOrder() {
        submit(FILM, Plans.of(scene("A city.", 1, false)));
        SegmentJob job = lastJob();
        log();
        storeAway = true;
        stage.on(rendered(job), now);
        storeAway = false;
        stage.on(clipped(job), now);
        assertThat(log()).as("no report overtakes another").isEmpty();
        pass(Duration.ofSeconds(1));
        assertThat(log()).containsExactly("segment 0: ready → accepted", "segment 0: accepted → clipped", "film: rendering → assembling", "assemble 8 frames");
    }

    @Test
    void aJobNobodyHeardOfIsOfferedAgain() {
        submit(FILM, chain());
        SegmentJob job = lastJob();
        log();
        pass(FilmLimits.DEFAULT.offerPatience());
        assertThat(lastJob().attempt()).isEqualTo(job.attempt());
    }

    @Test
    void aNewRevisionReplacesOneThatIsNotOver() {
        submit(FILM, chain());
        long sequence = summary(FILM).sequence();
        log();
        submit(new FilmRef("tenant", "film", 2), Plans.of(scene("A fish.", 1, false)));
        assertThat(log()).containsExactly("film: rendering → cancelled (replaced by revision 2)", "withdrawn", "film: queued → rendering", "segment 0: waiting → ready");
        assertThat(summary(FILM).sequence()).as("readers drop what has a lower sequence").isGreaterThan(sequence);
        submit(FILM, chain());
        assertThat(log()).as("an older revision comes too late").isEmpty();
    }

    @Test
    void aSummaryStaysUnderFourKibibytesWhateverIsSaid() {
        plans.put("k", Plans.of(scene("\"".repeat(32_000), 1, false)));
        stage.on(new FilmCommand.Submit(1, FILM, "k", "d", "\ud83d\"\u0000".repeat(200), Lane.BATCH, "cpu", now), now);
        failed(lastJob(), Cause.POISON, "\"\\\u0001\ud83c\udfac".repeat(5_000));
        byte[] json = Json.write(summary(FILM));
        assertThat(json.length).isLessThan(4_096);
        assertThat(summary(FILM).reason().orElseThrow()).contains("scene 1").contains("…");
    }
}
