package dev.longtake.bench.simulator.farm;

import dev.longtake.bench.simulator.faults.Fault;
import dev.longtake.bench.simulator.faults.Faults;
import dev.longtake.contract.Lane;
import dev.longtake.contract.SegmentJob;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The job topics with their share groups: a job is locked to the worker that takes it, handed to another when nobody renews the lock,
 * and dropped in silence after too many deliveries; unless the queue forgets how many there were, as one does whose brokers restart.
 */
final class JobQueue {
    private static final long LOCK = 15_000;
    private static final int MOST_DELIVERIES = 5;

    private final Agenda agenda;
    private final Faults faults;
    private final boolean forgets;
    private final Map<Lane, Deque<Entry>> topics = new EnumMap<>(Lane.class);

    /** A job on its topic. */
    private static final class Entry {
        private final SegmentJob job;
        private final Lane lane;
        private int deliveries;

        Entry(SegmentJob job, Lane lane) {
            this.job = job;
            this.lane = lane;
        }
    }

    /** A job in a worker's hands. */
    static final class Held {
        private final Entry entry;
        private final int delivery;
        private boolean answered;
        private boolean mine = true;

        private Held(Entry entry) {
            this.entry = entry;
            this.delivery = entry.deliveries;
        }

        SegmentJob job() {
            return entry.job;
        }

        /** How often it was handed out, this time included. */
        int deliveries() {
            return delivery;
        }

        /** Whether its lock still holds. */
        boolean mine() {
            return mine;
        }
    }

    JobQueue(Agenda agenda, Faults faults) {
        this.agenda = agenda;
        this.faults = faults;
        this.forgets = faults.isOn(Fault.QUEUE_FORGETS_DELIVERIES) && faults.amount(Fault.QUEUE_FORGETS_DELIVERIES, "whether", 2) == 1;
        for (Lane lane : Lane.values()) {
            topics.put(lane, new ArrayDeque<>());
        }
    }

    void append(SegmentJob job, Lane lane) {
        topics.get(lane).addLast(new Entry(job, lane));
    }

    /** The next job of the lanes, most urgent first. @param renews whether the worker renews the lock when it would end */
    Optional<Held> take(List<Lane> lanes, Predicate<Held> renews) {
        for (Lane lane : Lane.values()) {
            Entry entry = lanes.contains(lane) ? topics.get(lane).pollFirst() : null;
            if (entry != null) {
                entry.deliveries++;
                Held held = new Held(entry);
                agenda.in(LOCK, () -> lockEnds(held, renews));
                return Optional.of(held);
            }
        }
        return Optional.empty();
    }

    private void lockEnds(Held held, Predicate<Held> renews) {
        if (held.answered || !held.mine) {
            return;
        }
        if (renews.test(held)) {
            agenda.in(LOCK, () -> lockEnds(held, renews));
        } else {
            giveBack(held);
        }
    }

    /** Done with: it is never handed out again. An answer after the lock's end is not heard. */
    void accept(Held held) {
        held.answered = true;
    }

    private void giveBack(Held held) {
        held.mine = false;
        if (forgets) {
            faults.count(Fault.QUEUE_FORGETS_DELIVERIES);
            held.entry.deliveries = 0;
        }
        if (held.entry.deliveries < MOST_DELIVERIES) {
            topics.get(held.entry.lane).addFirst(held.entry);
        }
    }
}
