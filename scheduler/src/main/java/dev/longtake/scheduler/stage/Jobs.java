package dev.longtake.scheduler.stage;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.LaneEvent;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.SegmentJob;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.FilmSettings;
import dev.longtake.film.plan.PlannedSegment;
import dev.longtake.film.story.Scene;
import java.util.Optional;

/** Jobs as the film stage offers them; the dispatch stage adds deadline and dispatch id. */
final class Jobs {
    private Jobs() {}

    static LaneEvent.Ready render(FilmChange film, FilmPlan plan, PlannedSegment segment, AttemptRef attempt, Optional<AttemptRef> parent) {
        FilmSettings s = plan.settings();
        Scene scene = plan.story().scenes().get(segment.scene());
        return ready(film, segment, attempt, new SegmentJob.Work.Render(s.bundle(), scene.prompt(), scene.negative(), segment.seed(), s.steps(), s.guidance(), s.temperature(),
                segment.newFrames(), parent, segment.startImage().map(digest -> ObjectKeys.image(film.ref().tenant(), digest))));
    }

    static LaneEvent.Ready encodeClip(FilmChange film, FilmPlan plan, PlannedSegment segment, AttemptRef attempt, int newFrom) {
        return ready(film, segment, attempt, new SegmentJob.Work.EncodeClip(plan.settings().bundle(), newFrom, segment.newFrames()));
    }

    private static LaneEvent.Ready ready(FilmChange film, PlannedSegment segment, AttemptRef attempt, SegmentJob.Work work) {
        SegmentJob job = new SegmentJob(1, film.ref(), segment.index(), segment.scene(), attempt, work, film.now(), "");
        return new LaneEvent.Ready(1, film.record().pool(), film.record().lane(), film.ref(), attempt, job, film.record().submitted(), film.now());
    }
}
