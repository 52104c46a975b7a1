package dev.longtake.gateway.revisions;

import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.PlannedSegment;
import java.util.ArrayList;
import java.util.List;

/**
 * What a plan shares with the plan before it.
 *
 * @param segments       of the plan
 * @param reused         those whose key the plan before has, too: what is rendered of them is taken over, as it is
 * @param toRender       the others
 * @param framesToRender new frames of the others
 * @param changedScenes  places of the scenes that have any of the others, from 0, in order
 * @param dropped        segments of the plan before that this one has no use for
 */
record Difference(int segments, int reused, int toRender, long framesToRender, List<Integer> changedScenes, int dropped) {
    static Difference between(SegmentKeys before, FilmPlan plan) {
        int reused = 0;
        long frames = 0;
        List<Integer> changed = new ArrayList<>();
        for (PlannedSegment segment : plan.segments()) {
            if (before.has(segment.key())) {
                reused++;
            } else {
                frames += segment.newFrames();
                if (changed.isEmpty() || changed.get(changed.size() - 1) != segment.scene()) {
                    changed.add(segment.scene());
                }
            }
        }
        int all = plan.segments().size();
        return new Difference(all, reused, all - reused, frames, changed, before.without(SegmentKeys.of(plan)));
    }
}
