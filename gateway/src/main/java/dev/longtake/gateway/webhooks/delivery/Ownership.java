package dev.longtake.gateway.webhooks.delivery;

import dev.longtake.platform.queue.SharedReader;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Which partitions of deliveries are this process's own, and may be acted on: those that the group gave it, once everything that earlier owners wrote
 * there is known here. A process that was frozen may have lost them without knowing; it waits until it has asked.
 */
public final class Ownership implements SharedReader.Owner {
    private final Map<Integer, Long> gained = new ConcurrentHashMap<>();
    private final Predicate<Map<Integer, Long>> known;
    private final LongSupplier polls;
    private final LongSupplier nanos;
    private final Duration frozen;
    private final Handover handover;
    private long lastLook;
    private long askedFor;

    /** Waits until what was begun of partitions that go to somebody else is over, but not for ever. */
    @FunctionalInterface
    public interface Handover {
        void await(Set<Integer> partitions);
    }

    /**
     * @param known  whether everything before these offsets is known here
     * @param polls  how often the group was asked
     * @param nanos  a clock that never jumps
     * @param frozen how long this process may not have run before it doubts what it owns; below the group's session
     */
    public Ownership(Predicate<Map<Integer, Long>> known, LongSupplier polls, LongSupplier nanos, Duration frozen, Handover handover) {
        this.known = known;
        this.polls = polls;
        this.nanos = nanos;
        this.frozen = frozen;
        this.handover = handover;
        this.lastLook = nanos.getAsLong();
    }

    @Override
    public void gained(Map<Integer, Long> ends) {
        gained.putAll(ends);
    }

    @Override
    public void lost(Set<Integer> partitions, boolean orderly) {
        gained.keySet().removeAll(partitions);
        if (orderly) {
            handover.await(partitions);
        }
    }

    /** To be called often, on one thread: a long time between two calls is what being frozen looks like. */
    public synchronized boolean look() {
        long now = nanos.getAsLong();
        if (now - lastLook > frozen.toNanos()) {
            // The poll under way may have begun before the pause; the one after it has not.
            askedFor = polls.getAsLong() + 2;
        }
        lastLook = now;
        return polls.getAsLong() >= askedFor;
    }

    /** Whether it may be acted on. */
    public boolean owns(int partition) {
        Long end = gained.get(partition);
        return end != null && known.test(Map.of(partition, end));
    }
}
