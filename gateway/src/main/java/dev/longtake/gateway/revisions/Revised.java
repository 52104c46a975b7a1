package dev.longtake.gateway.revisions;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.longtake.film.story.Vocabulary.Warning;
import java.util.List;
import java.util.Optional;

/**
 * What revising a film comes to.
 *
 * @param revision       the new revision's number; in a dry run the one it would get; the newest one's if nothing changed
 * @param basedOn        the revision it was compared with
 * @param dryRun         nothing was done
 * @param unchanged      the film is like this already, so no revision was begun
 * @param reused         segments that the revision before has, too
 * @param toRender       segments that it has not
 * @param byScene        each scene's segments, and how many of them, its last ones, are to be rendered
 * @param changedScenes  places of the scenes with segments to render, from 0
 * @param dropped        segments of the revision before that are not part of this one
 * @param warnings       what is likely to come out otherwise than meant
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record Revised(String id, int revision, @JsonProperty("based_on") int basedOn, @JsonProperty("dry_run") boolean dryRun, boolean unchanged, String title, String lane, int scenes,
                      int segments, int reused, @JsonProperty("to_render") int toRender, long frames, @JsonProperty("frames_to_render") long framesToRender,
                      @JsonProperty("by_scene") List<ByScene> byScene, @JsonProperty("changed_scenes") List<Integer> changedScenes, int dropped, List<Warning> warnings, Links links) {
    /** A scene. @param toRender of its segments: its last ones, since what follows from what is rendered is rendered */
    public record ByScene(int segments, @JsonProperty("to_render") int toRender) {}

    /** Paths at this gateway. @param revision absent in a dry run */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Links(String film, Optional<String> revision) {}
}
