package dev.longtake.film.state;

import java.util.EnumSet;
import java.util.Locale;

/** What the dispatch stage knows of an attempt's job. */
public enum JobState {
    /** In the backlog. */
    QUEUED,
    /** On its topic; no worker shows it. */
    SENT,
    /** A worker's heartbeat shows it. */
    RUNNING,
    /** Reported, withdrawn or lost: forgotten. */
    ENDED;

    /** What happens to a job. */
    public enum Event {
        SEND,
        /** A heartbeat shows it. */
        PICKED_UP,
        /** Its worker vanished, or shows it no longer: the queue hands it to another. */
        PUT_DOWN,
        /** The film stage heard how it ended. */
        SETTLE,
        /** No longer wanted. */
        WITHDRAW,
        /** Its deadline passed, or nobody took it up. */
        LOSE
    }

    public static final TransitionTable<JobState, Event> TABLE =
            TransitionTable.<JobState, Event>of("attempt", QUEUED, EnumSet.of(ENDED))
                    .on(Event.SEND, SENT, QUEUED)
                    .on(Event.PICKED_UP, RUNNING, SENT, RUNNING)
                    .on(Event.PUT_DOWN, SENT, RUNNING)
                    .on(Event.SETTLE, ENDED, QUEUED, SENT, RUNNING)
                    .on(Event.WITHDRAW, ENDED, QUEUED, SENT, RUNNING)
                    .on(Event.LOSE, ENDED, SENT, RUNNING)
                    .build();

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
