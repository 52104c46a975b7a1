package dev.longtake.gateway.revisions;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.FilmSettings;
import dev.longtake.film.plan.PlannedSegment;
import dev.longtake.film.story.Scene;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A revision's plan, a page of its scenes, and what differs from another revision.
 *
 * @param against the revision it is compared with; absent for the first
 * @param changed settings that differ from that one's, by name
 * @param next    to be given as {@code after} for the next page; absent on the last
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record RevisionPlan(RevisionView revision, Optional<Integer> against, int reused, @JsonProperty("to_render") int toRender, int dropped, List<String> changed, long seed,
                           FilmSettings settings, List<SceneView> scenes, Optional<Integer> next) {
    /** A page ends with the scene that reaches this: a scene of an hour has thousands of segments. */
    private static final int SEGMENTS = 2_000;

    /** A scene. @param scene its place, from 0. @param kept whether the other revision has all of its segments */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record SceneView(int scene, String prompt, Optional<String> negative, double seconds, String start, Optional<Long> seed, boolean kept, List<SegmentView> segments) {}

    /** A segment. @param kept whether the other revision has it, too */
    public record SegmentView(int segment, String key, long seed, int frames, boolean kept) {}

    static List<SceneView> scenes(FilmPlan plan, SegmentKeys before, int first, int limit) {
        List<SceneView> page = new ArrayList<>();
        int shown = 0;
        int at = firstSegment(plan.segments(), first);
        for (int s = first; s < plan.story().scenes().size() && page.size() < limit && (shown < SEGMENTS || page.isEmpty()); s++) {
            List<SegmentView> segments = new ArrayList<>();
            for (; at < plan.segments().size() && plan.segments().get(at).scene() == s; at++) {
                PlannedSegment segment = plan.segments().get(at);
                segments.add(new SegmentView(at, segment.key().hex(), segment.seed(), segment.newFrames(), before.has(segment.key())));
            }
            Scene scene = plan.story().scenes().get(s);
            shown += segments.size();
            page.add(new SceneView(s, scene.prompt(), scene.negative(), scene.seconds(), scene.start().name().toLowerCase(Locale.ROOT),
                    scene.seed().isPresent() ? Optional.of(scene.seed().getAsLong()) : Optional.empty(), segments.stream().allMatch(SegmentView::kept), segments));
        }
        return page;
    }

    private static int firstSegment(List<PlannedSegment> segments, int scene) {
        int low = 0;
        int high = segments.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (segments.get(middle).scene() < scene) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
