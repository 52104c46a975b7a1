package dev.longtake.gateway.events;

import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.gateway.events.EventHub.Next;
import dev.longtake.platform.queue.HistoryReader.Bounds;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One listener. It keeps its place in each partition and a short backlog, never a copy of what it has not taken yet: events wait in the hub's ring, and
 * older ones in the topic. Sends only when the other side asks, from one thread at a time.
 */
public final class EventStream implements Flow.Publisher<EventStream.Item>, Flow.Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
    private static final int BACKLOG = 64;
    private static final int PROGRESS = 32;
    private static final long LOOK_MILLIS = 1_000;

    private final EventHub hub;
    private final EventHub.Topic topic;
    private final Runnable cut;
    private final BooleanSupplier may;
    private final AtomicInteger draining = new AtomicInteger();

    // Guarded by this.
    private final Map<Integer, Long> cursors;
    private final Deque<Item> backlog = new ArrayDeque<>();
    private final Deque<Item> progress = new ArrayDeque<>();
    private Flow.Subscriber<? super Item> subscriber;
    private long demand;
    private long asked = System.nanoTime();
    private boolean pulse = true;
    private boolean resumes;
    private boolean reading;
    private boolean ended;

    /** What is sent. @param id absent where it moves nobody's place. @param name absent for a sign of life */
    public record Item(Optional<String> id, Optional<String> name, String text) {}

    /** @param resumes whether a place was given, so that it may lie before the ring */
    String tenant() {
        return topic.tenant();
    }

    EventStream(EventHub hub, EventHub.Topic topic, Map<Integer, Long> cursors, boolean resumes, Runnable cut, BooleanSupplier may) {
        this.hub = hub;
        this.topic = topic;
        this.cursors = cursors;
        this.resumes = resumes;
        this.cut = cut;
        this.may = may;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Item> to) {
        synchronized (this) {
            subscriber = to;
        }
        to.onSubscribe(this);
    }

    @Override
    public void request(long n) {
        synchronized (this) {
            demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
            asked = System.nanoTime();
            notifyAll();
        }
        drain();
    }

    @Override
    public void cancel() {
        synchronized (this) {
            ended = true;
            notifyAll();
        }
        hub.forget(this);
    }

    /** Ends the stream in good order. */
    void end() {
        Flow.Subscriber<? super Item> to;
        synchronized (this) {
            to = ended ? null : subscriber;
            ended = true;
            notifyAll();
        }
        hub.forget(this);
        if (to != null) {
            to.onComplete();
        }
    }

    /** Whoever does not take what is sent must not hold a place for ever; it can go on from where it was. */
    private void cutOff(String why) {
        LOG.info("a listener to {} is cut off: {}", topic, why);
        cancel();
        cut.run();
    }

    void pulse() {
        boolean idle;
        synchronized (this) {
            pulse = true;
            idle = demand == 0 && System.nanoTime() - asked > hub.limits().patience().toNanos();
        }
        if (!may.getAsBoolean()) {
            cutOff("its key or token has ended");
        } else if (idle) {
            cutOff("it took nothing for " + hub.limits().patience());
        } else {
            drain();
        }
    }

    void progress(WorkerHeartbeat.Running running, String worker) {
        if (!topic.has(running.film())) {
            return;
        }
        synchronized (this) {
            if (progress.size() == PROGRESS) {
                progress.removeFirst();
            }
            progress.addLast(new Item(Optional.empty(), Optional.of(EventText.PROGRESS), EventText.progress(running, worker)));
        }
        drain();
    }

    /** Sends as much as is asked for and there is. Whoever comes while another is at it leaves the rest to that one. */
    void drain() {
        if (draining.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        while (missed != 0) {
            for (Optional<Item> item = take(); item.isPresent(); item = take()) {
                subscriber.onNext(item.get());
            }
            missed = draining.addAndGet(-missed);
        }
    }

    private Optional<Item> take() {
        String behind = null;
        synchronized (this) {
            if (ended || subscriber == null || demand == 0) {
                return Optional.empty();
            }
            // Looked at for every event: a key that was revoked hears no more of them, long before the next sign of life.
            boolean silenced = !may.getAsBoolean();
            if (silenced) {
                behind = "its key or token has ended";
            }
            Item item = silenced ? null : backlog.pollFirst();
            if (item == null && !reading && !silenced) {
                Next next = hub.next(topic, cursors);
                if (next.event() != null) {
                    item = item(next.event());
                } else if (next.behind() >= 0 && resumes) {
                    read(next.behind(), next.floor());
                } else if (next.behind() >= 0) {
                    behind = "more happened than is kept for it";
                } else if (!ahead()) {
                    resumes = false;
                }
            }
            if (item == null && pulse && !silenced) {
                pulse = false;
                item = new Item(Optional.empty(), Optional.empty(), "");
            }
            if (item == null && !silenced) {
                item = progress.pollFirst();
            }
            if (item != null) {
                demand--;
                notifyAll();
                return Optional.of(item);
            }
        }
        if (behind != null) {
            cutOff(behind);
        }
        return Optional.empty();
    }

    /**
     * Whether the place that was given lies after all that was heard here. Another replica may have heard more; or the topic was made anew, and
     * nothing would ever come.
     */
    private boolean ahead() {
        for (Map.Entry<Integer, Long> cursor : cursors.entrySet()) {
            if (resumes && cursor.getValue() > hub.heard(cursor.getKey())) {
                resumes = false;
                read(cursor.getKey(), cursor.getValue());
                return true;
            }
        }
        return false;
    }

    private Item item(HeardEvent e) {
        return new Item(Optional.of(id(e.partition(), e.offset())), Optional.of(e.name()), e.text());
    }

    /** Where a listener is that has seen this. */
    private String id(int partition, long offset) {
        cursors.put(partition, offset + 1);
        return topic.film().isPresent() ? Positions.id(partition, offset) : Positions.id(cursors);
    }

    /** Fetches what the ring no longer has, on another thread. */
    private void read(int partition, long until) {
        reading = true;
        long from = cursors.get(partition);
        try {
            hub.readers().execute(() -> readOlder(partition, from, until));
        } catch (RejectedExecutionException e) {
            LOG.debug("no more is read for a listener: the gateway is stopping");
        }
    }

    private void readOlder(int partition, long from, long until) {
        try {
            readOld(partition, from, until);
            synchronized (this) {
                reading = false;
            }
            drain();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // It would wait for ever for what nobody reads; it comes back, and tries again.
            LOG.warn("a listener cannot go on from {}-{}", partition, from, e);
            cutOff("what it missed cannot be read");
        }
    }

    private void readOld(int partition, long from, long until) throws InterruptedException {
        Bounds bounds = hub.history().bounds(partition);
        if (from > bounds.end()) {
            put(gap(partition, from, bounds.end(), "these events are not there: the topic was made anew"));
            return;
        }
        long first = Math.max(from, Math.min(bounds.oldest(), until));
        if (first > from) {
            put(gap(partition, from, first, "older events are not kept any more"));
        }
        hub.history().read(partition, first, until, (event, offset) -> !topic.has(event.film()) || offer(HeardEvent.of(partition, offset, event)));
        synchronized (this) {
            cursors.merge(partition, until, Math::max);
        }
    }

    private boolean offer(HeardEvent event) {
        try {
            Item item;
            synchronized (this) {
                item = item(event);
            }
            return put(item);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The id of a gap is the place before what follows it: a listener that goes on from there is not told of it again. */
    private synchronized Item gap(int partition, long from, long first, String reason) {
        String missing = first > from ? Positions.id(partition, from) + " to " + Positions.id(partition, first - 1) : Positions.id(partition, from - 1);
        cursors.put(partition, first);
        String id = topic.film().isPresent() && first > 0 ? Positions.id(partition, first - 1) : Positions.id(cursors);
        return new Item(Optional.of(id).filter(i -> !i.isEmpty()), Optional.of(EventText.GAP), EventText.gap(missing, reason));
    }

    /** Waits for room. @return false if the listener is gone */
    private boolean put(Item item) throws InterruptedException {
        synchronized (this) {
            while (!ended && backlog.size() >= BACKLOG) {
                wait(LOOK_MILLIS);
            }
            if (ended) {
                return false;
            }
            backlog.addLast(item);
        }
        drain();
        return true;
    }
}
