package dev.longtake.contract;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Optional;

/**
 * A summary of a revision, under 4 KiB: what {@code film-states} holds and the gateway shows. A film's newest revision lies under the film's key, an
 * earlier one, in the state it ended in, under {@link FilmRef#revisionKey()}.
 *
 * @param state      the revision's state: {@code queued, rendering, paused, assembling, stalled, finished, cancelled, failed}, or
 *                   {@code deleted} for as long as nobody may take its id for a new film's
 * @param reason     why it is stalled or failed, which scene included
 * @param frames     frames of the whole film, known when it is planned
 * @param accepted   segments with an accepted attempt, the reused included
 * @param clipped    segments whose clip is durable
 * @param reused     segments taken over from earlier work
 * @param rendering  place of the scene that was last begun, from 0; -1 if none
 * @param sequence   raised with every change of this film: readers drop older ones
 * @param filmKey    object key of the finished film
 * @param planKey    object key of the revision's plan, which may be an earlier one's; not written by schedulers that did not know it
 * @param kept       the newest earlier revision that is finished: a revision of it does not take it away; not written where there is none
 */
public record FilmState(int version, FilmRef film, String title, String model, String bundle, Lane lane, String state, Optional<String> reason, int scenes,
                        int segments, int frames, double fps, int width, int height, int accepted, int clipped, int reused, int rendering,
                        Seconds seconds, long sequence, Instant submitted, Instant updated, Optional<Instant> finished,
                        Optional<String> filmKey, @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Kept> kept,
                        @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> planKey) implements Message {

    /** A state that does not say where its plan is. */
    public FilmState(int version, FilmRef film, String title, String model, String bundle, Lane lane, String state, Optional<String> reason, int scenes, int segments, int frames,
                     double fps, int width, int height, int accepted, int clipped, int reused, int rendering, Seconds seconds, long sequence, Instant submitted, Instant updated,
                     Optional<Instant> finished, Optional<String> filmKey, Optional<Kept> kept) {
        this(version, film, title, model, bundle, lane, state, reason, scenes, segments, frames, fps, width, height, accepted, clipped, reused, rendering, seconds, sequence, submitted,
                updated, finished, filmKey, kept, Optional.empty());
    }

    /** A finished revision beside the newest. @param filmKey object key of its film */
    public record Kept(int revision, String filmKey) {}

    /** Seconds that workers spent on this revision's own attempts, summed. */
    public record Seconds(double generating, double encoding, double waiting) {
        public static final Seconds NONE = new Seconds(0, 0, 0);

        public Seconds plus(double generating, double encoding, double waiting) {
            return new Seconds(this.generating + generating, this.encoding + encoding, this.waiting + waiting);
        }
    }
}
