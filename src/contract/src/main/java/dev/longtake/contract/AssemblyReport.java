package dev.longtake.contract;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.List;

/** What became of an assembly. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({@JsonSubTypes.Type(value = AssemblyReport.Assembled.class, name = "assembled"), @JsonSubTypes.Type(value = AssemblyReport.Failed.class, name = "failed")})
public sealed interface AssemblyReport extends Message {
    FilmRef film();

    String assembly();

    Instant at();

    /** The film is in the object store. @param filmDigest SHA-256 of the film's bytes */
    record Assembled(int version, FilmRef film, String assembly, String filmKey, String filmDigest, long bytes, int frames, double seconds, Instant at)
            implements AssemblyReport {}

    /**
     * @param badClips segments (by index) whose clip is missing or unreadable: they are encoded again from their tokens
     * @param outside  a store was away: tried again, not counted
     */
    record Failed(int version, FilmRef film, String assembly, String reason, List<Integer> badClips, boolean outside, Instant at) implements AssemblyReport {}
}
