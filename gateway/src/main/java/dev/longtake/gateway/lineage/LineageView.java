package dev.longtake.gateway.lineage;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;

/**
 * What a revision's segments were made of.
 *
 * @param decided whether every segment's attempt is decided: then this is what the film was joined from; otherwise what the plan asks for and the store holds
 * @param next    to be given as {@code after} for the next page; absent on the last
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record LineageView(String film, int revision, String state, String model, String bundle, boolean decided, List<Segment> segments, Optional<Integer> next) {
    /**
     * A segment.
     *
     * @param attempt    the attempt that it is; absent while that is not decided
     * @param parent     the attempt whose tail it used; absent if it starts a chain
     * @param worker     who rendered it
     * @param clipSha256 of its clip
     * @param stored     attempts of it that the store holds, while none is decided
     * @param running    who works on it now
     */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Segment(int segment, int scene, String key, String prompt, long seed, int frames, Optional<String> attempt, Optional<Parent> parent, Optional<String> worker,
                          Optional<Boolean> reused, @JsonProperty("clip_sha256") Optional<String> clipSha256, Optional<List<Attempt>> stored, Optional<String> running) {}

    /** An attempt at another segment. */
    public record Parent(String key, String attempt) {}

    /** A complete attempt that is not, or not yet, the segment's. */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Attempt(String attempt, String worker, Optional<Parent> parent) {}
}
