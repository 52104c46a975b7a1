package dev.longtake.contract;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;

/** From the film stage to the dispatch stage of one pool. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = LaneEvent.Ready.class, name = "ready"),
    @JsonSubTypes.Type(value = LaneEvent.Settled.class, name = "settled"),
    @JsonSubTypes.Type(value = LaneEvent.Judged.class, name = "judged"),
    @JsonSubTypes.Type(value = LaneEvent.Moved.class, name = "moved"),
    @JsonSubTypes.Type(value = LaneEvent.Withdrawn.class, name = "withdrawn")
})
public sealed interface LaneEvent extends Message {
    String pool();

    FilmRef film();

    AttemptRef attempt();

    Instant at();

    /** A segment (or a clip) may be dispatched. {@code job.deadline} is set when it is. @param submitted when the film was submitted: oldest first */
    record Ready(int version, String pool, Lane lane, FilmRef film, AttemptRef attempt, SegmentJob job, Instant submitted, Instant at)
            implements LaneEvent {}

    /** A dispatched job ended, however it ended: its place in the runway is free. */
    record Settled(int version, String pool, FilmRef film, AttemptRef attempt, Instant at) implements LaneEvent {}

    /** How a worker fared with an attempt. @param done false if it failed for a reason of its own, which another worker may not have */
    record Judged(int version, String pool, FilmRef film, AttemptRef attempt, String worker, boolean done, Instant at) implements LaneEvent {}

    /** It belongs to another lane now; one that was sent already stays where it is. */
    record Moved(int version, String pool, Lane lane, FilmRef film, AttemptRef attempt, Instant at) implements LaneEvent {}

    /** No longer wanted: forget it, and tell a worker that runs it to stop. */
    record Withdrawn(int version, String pool, FilmRef film, AttemptRef attempt, Instant at) implements LaneEvent {}
}
