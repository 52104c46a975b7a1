package dev.longtake.contract;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;

/** From the dispatch stage to the workers. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = WorkerControl.CancelAttempt.class, name = "cancel-attempt"),
    @JsonSubTypes.Type(value = WorkerControl.Bench.class, name = "bench"),
    @JsonSubTypes.Type(value = WorkerControl.Drain.class, name = "drain")
})
public sealed interface WorkerControl extends Message {
    /**
     * Stop this dispatch of an attempt within one sampling step if you run it, and drop it if you take it up later. A later dispatch of
     * the same attempt (its clip, say) is not meant.
     */
    record CancelAttempt(int version, AttemptRef attempt, String dispatch, Instant at) implements WorkerControl {}

    /** Take nothing new for a while: you failed on work that others did not fail on. @param seconds how long, from when you read this */
    record Bench(int version, String worker, double seconds, String reason, Instant at) implements WorkerControl {}

    /** Take nothing new, finish what you hold, exit. */
    record Drain(int version, String worker, Instant at) implements WorkerControl {}
}
