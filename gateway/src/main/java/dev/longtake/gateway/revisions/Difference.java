package dev.longtake.gateway.revisions;

import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.PlannedSegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a plan shares with the plan before it.
 *
 * @param segments       of the plan
 * @param reused         those whose key the plan before has, too: what is rendered of them is taken over, as it is
 * @param toRender       the others
 * @param framesToRender new frames of the others
 * @param scenes         of the plan, in order
 * @param changedScenes  places of the scenes that have any of the others, from 0, in order
 * @param dropped        segments of the plan before that this one has no use for
 */
record Difference(int segments, int reused, int toRender, long framesToRender, List<Revised.ByScene> scenes, List<Integer> changedScenes, int dropped) {
    static Difference between(SegmentKeys before, FilmPlan plan) {
        int reused = 0;
        long frames = 0;
        List<Integer> changed = new ArrayList<>();
        int[] segments = new int[plan.story().scenes().size()];
        int[] toRender = new int[segments.length];
        for (PlannedSegment segment : plan.segments()) {
            segments[segment.scene()]++;
            if (before.has(segment.key())) {
                reused++;
            } else {
                frames += segment.newFrames();
                toRender[segment.scene()]++;
                if (changed.isEmpty() || changed.get(changed.size() - 1) != segment.scene()) {
                    changed.add(segment.scene());
                }
            }
        }
        int all = plan.segments().size();
        List<Revised.ByScene> scenes = IntStream.range(0, segments.length).mapToObj(s -> new Revised.ByScene(segments[s], toRender[s])).toList();
        return new Difference(all, reused, all - reused, frames, scenes, changed, before.without(SegmentKeys.of(plan)));
    }
}
