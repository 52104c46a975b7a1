package dev.longtake.contract;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;

/** What a user wants of a film. The plan itself is an object written first; a command carries its key and digest. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = FilmCommand.Submit.class, name = "submit"),
    @JsonSubTypes.Type(value = FilmCommand.Revise.class, name = "revise"),
    @JsonSubTypes.Type(value = FilmCommand.Retry.class, name = "retry"),
    @JsonSubTypes.Type(value = FilmCommand.Pause.class, name = "pause"),
    @JsonSubTypes.Type(value = FilmCommand.Resume.class, name = "resume"),
    @JsonSubTypes.Type(value = FilmCommand.Reprioritise.class, name = "reprioritise"),
    @JsonSubTypes.Type(value = FilmCommand.Cancel.class, name = "cancel"),
    @JsonSubTypes.Type(value = FilmCommand.Delete.class, name = "delete")
})
public sealed interface FilmCommand extends Message {
    FilmRef film();

    Instant at();

    /**
     * @param planKey    object key of the plan
     * @param planDigest lower-case hex SHA-256 of the plan object's bytes
     * @param title      the film's title, for lists; may be empty
     */
    record Submit(int version, FilmRef film, String planKey, String planDigest, String title, Lane lane, String pool, Instant at)
            implements FilmCommand {}

    /**
     * Other scenes for a film that there is. A revision that is not over is cancelled; a finished one stays finished and can still be
     * fetched until the new one is.
     *
     * @param film the new revision, above the newest there is
     */
    record Revise(int version, FilmRef film, String planKey, String planDigest, String title, Lane lane, String pool, Instant at) implements FilmCommand {}

    /** Try a failed or cancelled film again, as a new revision of the same plan. @param film the revision that failed or was cancelled */
    record Retry(int version, FilmRef film, Instant at) implements FilmCommand {}

    /** Finish what is in hand, begin nothing new. */
    record Pause(int version, FilmRef film, Instant at) implements FilmCommand {}

    /** Go on. */
    record Resume(int version, FilmRef film, Instant at) implements FilmCommand {}

    /** Another lane for what is not yet handed out, and for all that follows. */
    record Reprioritise(int version, FilmRef film, Lane lane, Instant at) implements FilmCommand {}

    record Cancel(int version, FilmRef film, Instant at) implements FilmCommand {}

    /** Remove the film with all its revisions; one that still runs is cancelled first. */
    record Delete(int version, FilmRef film, Instant at) implements FilmCommand {}
}
