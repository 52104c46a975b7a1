package dev.longtake.film.state;

import java.util.EnumSet;
import java.util.Locale;

/** What a segment of a revision is doing. */
public enum SegmentState {
    /** Its parent has no accepted attempt yet, or it waits before being tried again. */
    WAITING,
    /** It may be dispatched: an attempt has an id. */
    READY,
    /** The attempt's job is on its topic, or in a worker's hands. */
    DISPATCHED,
    /** One attempt's tokens and tail are durable, and that attempt is the segment. Children may start. */
    ACCEPTED,
    /** The accepted attempt's clip is durable, too. */
    CLIPPED,
    /** It cannot be rendered. */
    FAILED;

    /** What happens to a segment. */
    public enum Event {
        /** It may be tried: its parent is accepted, or its pause is over. */
        PREPARE,
        /** The dispatch stage sent its job. */
        DISPATCH,
        /** A first complete report came. */
        ACCEPT,
        /** Its attempt was lost, failed or given back; it waits for another. */
        RELEASE,
        /** A stored attempt is taken over. */
        REUSE,
        /** The clip became durable. */
        CLIP,
        /** The clip turned out to be missing or unreadable. */
        CLIP_LOST,
        /** Attempts are used up, or the input itself is bad. */
        GIVE_UP
    }

    public static final TransitionTable<SegmentState, Event> TABLE =
            TransitionTable.<SegmentState, Event>of("segment", WAITING, EnumSet.of(FAILED))
                    .on(Event.PREPARE, READY, WAITING)
                    .on(Event.DISPATCH, DISPATCHED, READY)
                    .on(Event.ACCEPT, ACCEPTED, WAITING, READY, DISPATCHED)
                    .on(Event.RELEASE, WAITING, READY, DISPATCHED)
                    .on(Event.REUSE, ACCEPTED, WAITING)
                    .on(Event.CLIP, CLIPPED, ACCEPTED)
                    .on(Event.CLIP_LOST, ACCEPTED, CLIPPED)
                    .on(Event.GIVE_UP, FAILED, READY, DISPATCHED, ACCEPTED)
                    .build();

    public boolean hasAttempt() {
        return this == ACCEPTED || this == CLIPPED;
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
