package dev.longtake.gateway.events;

import dev.longtake.contract.FilmEvent;

/** An event as it lies in {@code film-events}. @param text as it is sent, written once for all who listen */
record HeardEvent(int partition, long offset, FilmEvent event, String name, String text) {
    static HeardEvent of(int partition, long offset, FilmEvent event) {
        return new HeardEvent(partition, offset, event, EventText.name(event), EventText.of(event));
    }
}
