package dev.longtake.bench.simulator.farm;

import java.time.Instant;
import java.util.PriorityQueue;

/** The virtual clock and what is to happen, in order of time; what is due at one time happens in the order it was arranged. */
public final class Agenda {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final PriorityQueue<Due> due = new PriorityQueue<>();
    private long now;
    private long order;
    private long events;
    private int awaited;

    /** @param awaited whether a run goes on until it has happened; false for what repeats for ever */
    private record Due(long at, long order, boolean awaited, Runnable what) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
        }
    }

    /** Milliseconds since the run began. */
    public long now() {
        return now;
    }

    public Instant instant() {
        return START.plusMillis(now);
    }

    /** Something happens after so many milliseconds. */
    void in(long delay, Runnable what) {
        add(now + delay, true, what);
    }

    void at(long time, Runnable what) {
        add(Math.max(now, time), true, what);
    }

    /** As {@link #in}, but nothing to wait for, and no event: ticks, heartbeats. */
    void background(long delay, Runnable what) {
        add(now + delay, false, what);
    }

    private void add(long at, boolean isAwaited, Runnable what) {
        due.add(new Due(at, order++, isAwaited, what));
        awaited += isAwaited ? 1 : 0;
    }

    /** Lets the next thing happen. */
    void step() {
        Due next = due.remove();
        now = next.at;
        if (next.awaited) {
            awaited--;
            events++;
        }
        next.what.run();
    }

    /** Whether anything but what repeats for ever is still to happen. */
    boolean idle() {
        return awaited == 0;
    }

    /** What happened: messages delivered, steps of workers, faults; neither ticks nor heartbeats. */
    public long events() {
        return events;
    }
}
