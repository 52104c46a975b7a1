package dev.longtake.contract;

import java.time.Instant;
import java.util.Optional;

/**
 * Work for one worker: render an attempt, or only encode the clip of an accepted one. Complete in itself: a worker never reads a
 * plan.
 *
 * @param film      the revision that wants it
 * @param index     the segment's place in the film, from 0
 * @param scene     the scene's place in the film, from 0
 * @param attempt   the attempt to make, or (for a clip) whose tokens to decode
 * @param work      what to do
 * @param deadline  when the scheduler gives the attempt up, whatever the queue believes
 * @param dispatch  id of this dispatch: tells a redelivery from a reissue
 */
public record SegmentJob(int version, FilmRef film, int index, int scene, AttemptRef attempt, Work work, Instant deadline, String dispatch)
        implements Message {

    @com.fasterxml.jackson.annotation.JsonTypeInfo(use = com.fasterxml.jackson.annotation.JsonTypeInfo.Id.NAME, property = "type")
    @com.fasterxml.jackson.annotation.JsonSubTypes({
        @com.fasterxml.jackson.annotation.JsonSubTypes.Type(value = Work.Render.class, name = "render"),
        @com.fasterxml.jackson.annotation.JsonSubTypes.Type(value = Work.EncodeClip.class, name = "encode-clip"),
        @com.fasterxml.jackson.annotation.JsonSubTypes.Type(value = Work.ReplaceClip.class, name = "replace-clip")
    })
    public sealed interface Work {
        /**
         * @param parent     the accepted attempt whose tail conditions this one; empty if the segment starts a chain
         * @param startImage object key of a start picture; only with no parent
         * @param seed       the segment's seed
         * @param newFrames  frames this segment adds to the film
         */
        record Render(String bundle, String prompt, Optional<String> negative, long seed, int steps, double guidance, double temperature,
                      int newFrames, Optional<AttemptRef> parent, Optional<String> startImage) implements Work {}

        /** The clip is overdue: whoever comes second to it adopts the first. @param newFrom first new frame in the decoded window */
        record EncodeClip(String bundle, int newFrom, int newFrames) implements Work {}

        /** The clip that is there cannot be used. @param newFrom first new frame in the decoded window */
        record ReplaceClip(String bundle, int newFrom, int newFrames) implements Work {}
    }
}
