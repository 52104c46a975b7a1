package dev.longtake.scheduler.stage.film;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.LaneEvent;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.SegmentJob;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.FilmSettings;
import dev.longtake.film.plan.PlannedSegment;
import dev.longtake.film.story.Scene;

/** Jobs as the film stage offers them; the dispatch stage adds deadline and dispatch id. */
final class Jobs {
    private Jobs() {}

    /** The segment's newest attempt. */
    static LaneEvent.Ready render(FilmChange film, FilmPlan plan, SegmentRecord segment) {
        PlannedSegment planned = plan.segments().get(segment.index());
        FilmSettings s = plan.settings(planned);
        Scene scene = plan.story().scenes().get(planned.scene());
        return ready(film, planned, segment.newest().orElseThrow(), new SegmentJob.Work.Render(s.bundle(), scene.prompt(), scene.negative(), planned.seed(), s.steps(), s.guidance(),
                s.temperature(), planned.newFrames(), segment.parent(), planned.startImage().map(digest -> ObjectKeys.image(film.record().order().planKey(), digest))));
    }

    /** The clip of the segment's accepted attempt. */
    static LaneEvent.Ready encodeClip(FilmChange film, FilmPlan plan, SegmentRecord segment) {
        PlannedSegment planned = plan.segments().get(segment.index());
        String bundle = plan.settings().bundle();
        return ready(film, planned, segment.accepted().orElseThrow(), segment.clip().replace() ? new SegmentJob.Work.ReplaceClip(bundle, segment.newFrom(), planned.newFrames())
                : new SegmentJob.Work.EncodeClip(bundle, segment.newFrom(), planned.newFrames()));
    }

    private static LaneEvent.Ready ready(FilmChange film, PlannedSegment segment, AttemptRef attempt, SegmentJob.Work work) {
        FilmRecord.Order order = film.record().order();
        SegmentJob job = new SegmentJob(1, film.ref(), segment.index(), segment.scene(), attempt, work, film.now(), "");
        return new LaneEvent.Ready(1, order.pool(), order.lane(), film.ref(), attempt, job, order.submitted(), film.now());
    }
}
