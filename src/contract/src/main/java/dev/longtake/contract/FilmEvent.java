package dev.longtake.contract;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.Optional;

/** Something happened to a film: feeds live events, webhooks, playlists, audit. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = FilmEvent.FilmChanged.class, name = "film-changed"),
    @JsonSubTypes.Type(value = FilmEvent.SegmentChanged.class, name = "segment-changed"),
    @JsonSubTypes.Type(value = FilmEvent.LateReport.class, name = "late-report"),
    @JsonSubTypes.Type(value = FilmEvent.CommandRefused.class, name = "command-refused")
})
public sealed interface FilmEvent extends Message {
    FilmRef film();

    Instant at();

    record FilmChanged(int version, FilmRef film, String from, String to, Optional<String> reason, Instant at) implements FilmEvent {}

    /**
     * A segment is in another state.
     *
     * @param attempt    the attempt concerned; empty while there is none
     * @param reused     taken over from earlier work
     * @param clipDigest SHA-256 of its clip, where that is what has become durable; not written by schedulers that did not know it
     */
    record SegmentChanged(int version, FilmRef film, int index, int scene, String from, String to, Optional<AttemptRef> attempt, Optional<String> worker,
                          boolean reused, Instant at, @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> clipDigest) implements FilmEvent {

        /** Of a segment whose clip is not there. */
        public SegmentChanged(int version, FilmRef film, int index, int scene, String from, String to, Optional<AttemptRef> attempt, Optional<String> worker, boolean reused, Instant at) {
            this(version, film, index, scene, from, to, attempt, worker, reused, at, Optional.empty());
        }
    }

    /** A report came after its segment had been decided: recorded and ignored. */
    record LateReport(int version, FilmRef film, int index, AttemptRef attempt, String report, Instant at) implements FilmEvent {}

    /**
     * A command that the film's state does not allow, or that comes a second time: nothing changed.
     *
     * @param film    as the command named it
     * @param command {@code submit, revise, retry, pause, resume, reprioritise, cancel, delete}
     * @param state   of the film's newest revision, as the command found it; {@code unknown} if there is no such film
     */
    record CommandRefused(int version, FilmRef film, String command, String state, Instant at) implements FilmEvent {}
}
