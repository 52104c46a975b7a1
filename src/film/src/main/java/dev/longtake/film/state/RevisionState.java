package dev.longtake.film.state;

import java.util.EnumSet;
import java.util.Locale;

/** What a revision of a film is doing. */
public enum RevisionState {
    /** Known; its plan was not read yet. */
    QUEUED,
    /** Segments are being rendered, or their clips encoded. */
    RENDERING,
    /** The user stopped it for now: what workers have in hand is still taken in, and nothing new is handed out. */
    PAUSED,
    /** Every clip is durable; the stitcher joins them. */
    ASSEMBLING,
    /** Something outside is away (a store, a queue); tried again by timer, visibly. */
    STALLED,
    FINISHED,
    CANCELLED,
    FAILED,
    /** The film is gone; what is left is that its id was used. */
    DELETED;

    /** What happens to a revision. */
    public enum Event {
        /** Its plan was read. */
        PLANNED,
        /** Its last clip became durable. */
        ALL_CLIPPED,
        /** The stitcher found a clip missing or unreadable: it is encoded again. */
        CLIP_LOST,
        /** The stitcher put the film into the store. */
        ASSEMBLED,
        /** What it needs from outside was away several times in a row. */
        OUTAGE,
        /** Its plan, a segment or a clip came through after an outage. */
        RECOVERED,
        /** The user holds it. */
        PAUSE,
        /** The user lets it go on. */
        RESUME,
        /** The user wants it in another lane: it stays in the state it is in. */
        REPRIORITISE,
        /** The user stopped it. */
        CANCEL,
        /** The user wants it tried again: a new revision of the same scenes begins, and takes over every segment that was accepted. */
        RETRY,
        /** The user changed its scenes: a new revision begins. One that is not over is cancelled first; a finished one stays finished. */
        REVISE,
        /** The user wants the film gone. One that is not over is cancelled by it; one that is over is deleted. */
        DELETE,
        /** The film was over for longer than films are kept. */
        EXPIRE,
        /** A segment cannot be rendered, or the film cannot be joined, or there is no plan. */
        GIVE_UP
    }

    public static final TransitionTable<RevisionState, Event> TABLE =
            TransitionTable.<RevisionState, Event>of("revision", QUEUED, EnumSet.of(FINISHED, CANCELLED, FAILED, DELETED))
                    .on(Event.PLANNED, RENDERING, QUEUED, STALLED)
                    .on(Event.ALL_CLIPPED, ASSEMBLING, RENDERING)
                    .on(Event.CLIP_LOST, RENDERING, ASSEMBLING, STALLED)
                    .on(Event.ASSEMBLED, FINISHED, ASSEMBLING, STALLED)
                    .on(Event.OUTAGE, STALLED, QUEUED, RENDERING, ASSEMBLING)
                    .on(Event.RECOVERED, RENDERING, STALLED)
                    .on(Event.PAUSE, PAUSED, RENDERING)
                    .on(Event.RESUME, RENDERING, PAUSED)
                    .on(Event.REPRIORITISE, QUEUED, QUEUED)
                    .on(Event.REPRIORITISE, RENDERING, RENDERING)
                    .on(Event.REPRIORITISE, PAUSED, PAUSED)
                    .on(Event.REPRIORITISE, ASSEMBLING, ASSEMBLING)
                    .on(Event.REPRIORITISE, STALLED, STALLED)
                    .on(Event.CANCEL, CANCELLED, QUEUED, RENDERING, PAUSED, ASSEMBLING, STALLED)
                    .on(Event.DELETE, CANCELLED, QUEUED, RENDERING, PAUSED, ASSEMBLING, STALLED)
                    .on(Event.GIVE_UP, FAILED, QUEUED, RENDERING, PAUSED, ASSEMBLING, STALLED)
                    .anew(Event.RETRY, CANCELLED, FAILED)
                    .anew(Event.REVISE, QUEUED, RENDERING, PAUSED, ASSEMBLING, STALLED, FINISHED, CANCELLED, FAILED)
                    .away(Event.DELETE, DELETED, FINISHED, CANCELLED, FAILED)
                    .away(Event.EXPIRE, DELETED, FINISHED, CANCELLED, FAILED)
                    .build();

    /** The state that messages and the API call so. */
    public static RevisionState of(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }

    public boolean isFinal() {
        return TABLE.isFinal(this);
    }

    /** As messages and the API say it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
