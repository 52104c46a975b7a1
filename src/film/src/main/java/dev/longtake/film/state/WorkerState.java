package dev.longtake.film.state;

import java.util.EnumSet;

/** What the dispatch stage knows of a worker. */
public enum WorkerState {
    /** Takes work. */
    READY,
    /** Failed on work that others did not fail on: rests for a while, and is tried again. */
    BENCHED,
    /** Finishes what it holds. */
    DRAINING,
    /** Said so, or was not heard of for too long. */
    GONE;

    /** What happens to a worker. */
    public enum Event {
        /** It failed too often in a row. */
        BENCH,
        /** Its rest is over. */
        TRY_AGAIN,
        /** It says that it takes nothing new. */
        DRAIN,
        /** Its last word. */
        LEAVE,
        /** Not heard of for too long. */
        VANISH
    }

    public static final TransitionTable<WorkerState, Event> TABLE =
            TransitionTable.<WorkerState, Event>of("worker", READY, EnumSet.of(GONE))
                    .on(Event.BENCH, BENCHED, READY)
                    .on(Event.TRY_AGAIN, READY, BENCHED)
                    .on(Event.DRAIN, DRAINING, READY, BENCHED)
                    .on(Event.LEAVE, GONE, READY, BENCHED, DRAINING)
                    .on(Event.VANISH, GONE, READY, BENCHED, DRAINING)
                    .build();
}
