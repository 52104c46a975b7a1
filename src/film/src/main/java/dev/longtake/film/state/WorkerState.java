package dev.longtake.film.state;

import java.util.EnumSet;

/** What the dispatch stage knows of a worker. */
public enum WorkerState {
    /** Takes work. */
    READY,
    /** Finishes what it holds. */
    DRAINING,
    /** Said so, or was not heard of for too long. */
    GONE;

    /** What happens to a worker. */
    public enum Event {
        /** It says that it takes nothing new. */
        DRAIN,
        /** Its last word. */
        LEAVE,
        /** Not heard of for too long. */
        VANISH
    }

    public static final TransitionTable<WorkerState, Event> TABLE =
            TransitionTable.<WorkerState, Event>of("worker", READY, EnumSet.of(GONE))
                    .on(Event.DRAIN, DRAINING, READY)
                    .on(Event.LEAVE, GONE, READY, DRAINING)
                    .on(Event.VANISH, GONE, READY, DRAINING)
                    .build();
}
