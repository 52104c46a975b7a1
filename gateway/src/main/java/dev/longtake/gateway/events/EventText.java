package dev.longtake.gateway.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.WorkerHeartbeat;
import java.time.Instant;
import java.util.Optional;

/** Events as listeners read them: a name and one line of JSON. */
final class EventText {
    static final String PROGRESS = "progress";
    static final String GAP = "gap";
    private static final String ACCEPTED = "accepted";
    private static final ObjectMapper MAPPER = JsonMapper.builder().addModule(new Jdk8Module()).addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS).serializationInclusion(JsonInclude.Include.NON_ABSENT).build();

    private EventText() {}

    private record Film(String film, int revision, String from, String to, Optional<String> reason, Instant at) {}

    private record Segment(String film, int revision, int segment, int scene, String from, String to, Optional<String> attempt, @JsonProperty("segment_key") Optional<String> segmentKey,
                           Optional<String> worker, boolean reused, Optional<String> thumbnail, Instant at) {}

    private record Late(String film, int revision, int segment, String attempt, String report, Instant at) {}

    private record Refused(String film, int revision, String command, String state, Instant at) {}

    private record Progress(String film, int revision, int segment, String attempt, String worker, int step, int steps) {}

    private record Gap(String missing, String reason) {}

    /** The {@code event:} line. */
    static String name(FilmEvent event) {
        if (event instanceof FilmEvent.FilmChanged) {
            return "film";
        } else if (event instanceof FilmEvent.SegmentChanged) {
            return "segment";
        } else if (event instanceof FilmEvent.LateReport) {
            return "late-report";
        } else if (event instanceof FilmEvent.CommandRefused) {
            return "refused";
        }
        return "other";
    }

    static String of(FilmEvent event) {
        String film = event.film().film();
        int revision = event.film().revision();
        if (event instanceof FilmEvent.FilmChanged e) {
            return write(new Film(film, revision, e.from(), e.to(), e.reason(), e.at()));
        } else if (event instanceof FilmEvent.SegmentChanged e) {
            return write(new Segment(film, revision, e.index(), e.scene(), e.from(), e.to(), e.attempt().map(AttemptRef::attempt), e.attempt().map(AttemptRef::segmentKey), e.worker(),
                    e.reused(), e.attempt().filter(a -> e.to().equals(ACCEPTED)).map(EventText::thumbnail), e.at()));
        } else if (event instanceof FilmEvent.LateReport e) {
            return write(new Late(film, revision, e.index(), e.attempt().attempt(), e.report(), e.at()));
        } else if (event instanceof FilmEvent.CommandRefused e) {
            return write(new Refused(film, revision, e.command(), e.state(), e.at()));
        }
        return write(event);
    }

    /** Where a picture of an attempt is; there is one as soon as it is accepted. */
    private static String thumbnail(AttemptRef attempt) {
        return "/v1/segments/" + attempt.segmentKey() + "/" + attempt.attempt() + "/thumbnail";
    }

    static String progress(WorkerHeartbeat.Running r, String worker) {
        return write(new Progress(r.film().film(), r.film().revision(), r.index(), r.attempt().attempt(), worker, r.step(), r.steps()));
    }

    /** @param missing the first position that is not there, and the first that follows */
    static String gap(String missing, String reason) {
        return write(new Gap(missing, reason));
    }

    private static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("records of text and numbers are always writable", e);
        }
    }
}
