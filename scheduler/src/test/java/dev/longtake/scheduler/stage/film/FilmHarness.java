package dev.longtake.scheduler.stage.film;

import static dev.longtake.scheduler.stage.Plans.scene;

import dev.longtake.contract.AssemblyReport;
import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import dev.longtake.contract.LaneEvent;
import dev.longtake.contract.SegmentJob;
import dev.longtake.contract.SegmentReport;
import dev.longtake.contract.SegmentReport.Cause;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.state.TransitionListener;
import dev.longtake.scheduler.memory.MemoryState;
import dev.longtake.scheduler.stage.Plans;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A film stage with the test in the part of everything around it; {@link #log()} is what it said. */
abstract class FilmHarness {
    static final FilmRef FILM = new FilmRef("tenant", "film", 1);
    static final FilmRef OTHER = new FilmRef("tenant", "other", 1);

    final MemoryState state = new MemoryState();
    final Map<String, FilmPlan> plans = new HashMap<>();
    final List<FilmEffect> effects = new ArrayList<>();
    final FilmStage stage = new FilmStage(new FilmStore(state), this::plan, limits(), effects::add, TransitionListener.NONE);
    boolean storeAway;
    Instant now = Instant.parse("2026-01-01T00:00:00Z");

    FilmLimits limits() {
        return FilmLimits.DEFAULT;
    }

    FilmPlan plan(String key, String digest) throws PlanSource.UnusablePlanException, PlanSource.PlanAwayException {
        if (storeAway) {
            throw new PlanSource.PlanAwayException("503");
        }
        if (!plans.containsKey(key)) {
            throw new PlanSource.UnusablePlanException("no object " + key);
        }
        return plans.get(key);
    }

    void submit(FilmRef film, FilmPlan plan) {
        plans.put(film.filmKey(), plan);
        stage.on(new FilmCommand.Submit(1, film, film.filmKey(), "d", "A title", Lane.BATCH, "cpu", now), now);
    }

    /** A film of one chain: its segments have 11, 6 and 6 new frames. */
    static FilmPlan chain() {
        return Plans.of(scene("A city.", 23 / 8.0, false));
    }

    void pass(Duration time) {
        now = now.plus(time);
        stage.tick(now);
    }

    /** What the stage said since the last call. */
    List<String> log() {
        List<String> lines = new ArrayList<>();
        for (FilmEffect effect : effects) {
            if (effect instanceof FilmEffect.Announce a && a.event() instanceof FilmEvent.FilmChanged e) {
                lines.add("film: " + e.from() + " → " + e.to() + e.reason().map(r -> " (" + r + ")").orElse(""));
            } else if (effect instanceof FilmEffect.Announce a && a.event() instanceof FilmEvent.SegmentChanged e) {
                lines.add("segment " + e.index() + ": " + e.from() + " → " + e.to() + (e.reused() ? " reused" : ""));
            } else if (effect instanceof FilmEffect.Announce a && a.event() instanceof FilmEvent.LateReport e) {
                lines.add("late: " + e.report() + " of segment " + e.index());
            } else if (effect instanceof FilmEffect.Announce a && a.event() instanceof FilmEvent.CommandRefused e) {
                lines.add("refused: " + e.command() + " of revision " + e.film().revision() + ", it is " + e.state());
            } else if (effect instanceof FilmEffect.ToLane lane && lane.event() instanceof LaneEvent.Withdrawn) {
                lines.add("withdrawn");
            } else if (effect instanceof FilmEffect.ToLane lane && lane.event() instanceof LaneEvent.Ready r && r.job().work() instanceof SegmentJob.Work.EncodeClip) {
                lines.add("encode clip " + r.job().index());
            } else if (effect instanceof FilmEffect.ToLane lane && lane.event() instanceof LaneEvent.Ready r && r.job().work() instanceof SegmentJob.Work.ReplaceClip) {
                lines.add("replace clip " + r.job().index());
            } else if (effect instanceof FilmEffect.Expire e) {
                lines.add((e.job().confirmed() ? "remove " : "to be removed: ") + e.job().revisions().stream().map(r -> r.film() + " r" + r.revision() + " and ").collect(Collectors.joining())
                        + e.job().attempts().size() + " attempts");
            } else if (effect instanceof FilmEffect.Forget f) {
                lines.add("forgotten: " + f.film().film());
            } else if (effect instanceof FilmEffect.Assemble assemble) {
                lines.add("assemble " + assemble.lineage().frames() + " frames");
            }
        }
        effects.clear();
        return lines;
    }

    SegmentJob lastJob() {
        return effects.stream().filter(e -> e instanceof FilmEffect.ToLane lane && lane.event() instanceof LaneEvent.Ready).map(e -> ((LaneEvent.Ready) ((FilmEffect.ToLane) e).event()).job())
                .reduce((a, b) -> b).orElseThrow();
    }

    SegmentJob.Work.Render work(SegmentJob job) {
        return (SegmentJob.Work.Render) job.work();
    }

    SegmentReport.Rendered rendered(SegmentJob job) {
        return new SegmentReport.Rendered(1, job.film(), job.index(), job.attempt(), work(job).parent(), "w1", "cafe", "t", "l", "redis", 0, work(job).newFrames(),
                new SegmentReport.Timing(0.5, 2, 0.25, 0.25), now);
    }

    void dispatched(SegmentJob job) {
        stage.on(new SegmentReport.Dispatched(1, job.film(), job.index(), job.attempt(), "d", now), now);
    }

    void failed(SegmentJob job, Cause cause, String reason) {
        stage.on(new SegmentReport.Failed(1, job.film(), job.index(), job.attempt(), "w1", cause, reason, now), now);
        now = now.plusMillis(1);
    }

    void lost(SegmentJob job, boolean started) {
        stage.on(new SegmentReport.Lost(1, job.film(), job.index(), job.attempt(), "d", started, "its deadline passed", now), now);
    }

    SegmentReport.Clipped clipped(SegmentJob job) {
        return new SegmentReport.Clipped(1, job.film(), job.index(), job.attempt(), "w1", "clip" + job.index(), 1, 0.5, now);
    }

    void assembled(FilmRef film) {
        stage.on(new AssemblyReport.Assembled(1, film, "any", "film.mp4", "d", 1, 23, 1, now), now);
    }

    FilmState summary(FilmRef film) {
        return new FilmStore(state).film(film).orElseThrow().summary();
    }

    /** Renders the chain and clips it. @return its attempts */
    List<AttemptRef> renderAll(FilmRef film) {
        List<AttemptRef> attempts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            SegmentJob job = lastJob();
            attempts.add(job.attempt());
            effects.clear();
            stage.on(rendered(job), now);
            stage.on(clipped(job), now);
        }
        return attempts;
    }

    SegmentJob job(FilmRef film, int index) {
        SegmentRecord segment = new FilmStore(state).segmentAt(film, index).orElseThrow();
        FilmChange change = new FilmChange(new FilmChange.Tools(new FilmStore(state), FilmLimits.DEFAULT, effects::add, TransitionListener.NONE), new FilmStore(state).film(film).orElseThrow(), now);
        return Jobs.render(change, plans.get(film.filmKey()), segment).job();
    }

    String assembly() {
        return new FilmStore(state).film(FILM).orElseThrow().joining().assembly().orElseThrow();
    }

    void joinFailed(List<Integer> clips, boolean outside) {
        stage.on(new AssemblyReport.Failed(1, FILM, assembly(), "trouble", clips, outside, now), now);
    }
}
