package dev.longtake.contract;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;

/** From the dispatch stage to the workers. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({@JsonSubTypes.Type(value = WorkerControl.CancelAttempt.class, name = "cancel-attempt"), @JsonSubTypes.Type(value = WorkerControl.Drain.class, name = "drain")})
public sealed interface WorkerControl extends Message {
    /** Stop this attempt within one sampling step if you run it, and drop it if you take it up later. */
    record CancelAttempt(int version, AttemptRef attempt, Instant at) implements WorkerControl {}

    /** Take nothing new, finish what you hold, exit. */
    record Drain(int version, String worker, Instant at) implements WorkerControl {}
}
