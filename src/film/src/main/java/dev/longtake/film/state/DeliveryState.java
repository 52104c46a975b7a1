package dev.longtake.film.state;

import java.util.EnumSet;
import java.util.Locale;

/** What became of telling one receiver of one event. */
public enum DeliveryState {
    /** Was not tried yet. */
    PENDING,
    /** Was tried, and is tried again. */
    WAITING,
    /** The receiver said that it has it. */
    DELIVERED,
    /** Nobody tries any more. */
    GIVEN_UP;

    /** What happens to it. */
    public enum Event {
        /** An answer of 200 to 299. */
        ACCEPTED,
        /** No such answer, and time enough to try again. */
        REFUSED,
        /** No such answer, and no time left. */
        EXHAUSTED,
        /** The receiver said that it wants nothing more (410), or is registered no more; or its tenant has as many open ones as it may have. */
        GONE,
        /** Somebody asked for it again. */
        REDELIVER
    }

    public static final TransitionTable<DeliveryState, Event> TABLE =
            TransitionTable.<DeliveryState, Event>of("delivery", PENDING, EnumSet.of(DELIVERED, GIVEN_UP))
                    .on(Event.ACCEPTED, DELIVERED, PENDING, WAITING)
                    .on(Event.REFUSED, WAITING, PENDING, WAITING)
                    .on(Event.EXHAUSTED, GIVEN_UP, PENDING, WAITING)
                    .on(Event.GONE, GIVEN_UP, PENDING, WAITING)
                    .anew(Event.REDELIVER, DELIVERED, GIVEN_UP)
                    .build();

    /** As messages and HTTP write it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws IllegalArgumentException if there is no such state */
    public static DeliveryState of(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    public boolean isFinal() {
        return TABLE.isFinal(this);
    }
}
