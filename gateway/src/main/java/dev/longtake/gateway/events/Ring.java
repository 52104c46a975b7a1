package dev.longtake.gateway.events;

import java.util.NavigableMap;
import java.util.TreeMap;

/** The newest events of one partition, without a gap. Not thread-safe: the hub's lock guards it. */
final class Ring {
    private final int capacity;
    private final NavigableMap<Long, HeardEvent> events = new TreeMap<>();
    private long floor;
    private long next;

    /** @param start the offset from which everything is heard */
    Ring(int capacity, long start) {
        this.capacity = capacity;
        this.floor = start;
        this.next = start;
    }

    /** @return false if it was heard before */
    boolean add(HeardEvent event) {
        if (event.offset() < next) {
            return false;
        }
        events.put(event.offset(), event);
        next = event.offset() + 1;
        if (events.size() > capacity) {
            floor = events.pollFirstEntry().getKey() + 1;
        }
        return true;
    }

    /** The first offset that this ring would have if there were an event. */
    long floor() {
        return floor;
    }

    /** The offset after the newest event's. */
    long next() {
        return next;
    }

    /** The first event at or after an offset, or null. */
    HeardEvent from(long offset) {
        var entry = events.ceilingEntry(offset);
        return entry == null ? null : entry.getValue();
    }
}
