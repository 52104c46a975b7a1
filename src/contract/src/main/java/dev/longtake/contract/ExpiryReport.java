package dev.longtake.contract;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.List;

/** What the janitor says to the film stage. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ExpiryReport.Waited.class, name = "waited"),
    @JsonSubTypes.Type(value = ExpiryReport.Removed.class, name = "removed"),
    @JsonSubTypes.Type(value = ExpiryReport.Found.class, name = "found")
})
public sealed interface ExpiryReport extends Message {
    String tenant();

    Instant at();

    /** The grace of an {@link ExpiryJob} has passed: does the decision still stand? */
    record Waited(int version, String tenant, String id, Instant at) implements ExpiryReport {}

    /** A confirmed job is done: nothing of it is in the store. */
    record Removed(int version, String tenant, String id, Instant at) implements ExpiryReport {}

    /** Things that have lain in the store for long. Which of them nobody needs, the film stage knows. */
    record Found(int version, String tenant, List<FilmRef> revisions, List<AttemptRef> attempts, Instant at) implements ExpiryReport {}
}
