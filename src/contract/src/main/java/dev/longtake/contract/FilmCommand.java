package dev.longtake.contract;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;

/** What a user wants of a film. The plan itself is an object written first; a command carries its key and digest. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({@JsonSubTypes.Type(value = FilmCommand.Submit.class, name = "submit"), @JsonSubTypes.Type(value = FilmCommand.Cancel.class, name = "cancel")})
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

    record Cancel(int version, FilmRef film, Instant at) implements FilmCommand {}
}
