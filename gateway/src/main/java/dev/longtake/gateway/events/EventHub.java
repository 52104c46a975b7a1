package dev.longtake.gateway.events;

import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.platform.queue.HistoryReader;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Hears all events of the farm once, and tells them to everybody who listens. Invariants: what is kept in memory is bounded by the ring, however many
 * listen and however slowly; a listener gets every event of its film or tenant after the position it gave, once and in order, or is told
 * of the gap; whoever is slower than the ring is cut off, and can go on from where it was.
 */
public final class EventHub implements AutoCloseable {
    private final Limits limits;
    private final HistoryReader<FilmEvent> history;
    private final Map<Integer, Ring> rings = new TreeMap<>();
    private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> steps = new ConcurrentHashMap<>();
    private final ExecutorService readers;
    private final ScheduledExecutorService pulse = Executors.newSingleThreadScheduledExecutor(r -> daemon(r, "events-pulse"));
    private boolean closed;

    /**
     * What listening may take.
     *
     * @param streams   listeners at once
     * @param each      of which one tenant's
     * @param kept      newest events of each partition that are kept in memory
     * @param histories listeners that read older events at once; others wait
     * @param heartbeat between signs of life to a listener
     * @param patience  how long a listener may take nothing
     */
    public record Limits(int streams, int each, int kept, int histories, Duration heartbeat, Duration patience) {}

    public EventHub(Limits limits, HistoryReader<FilmEvent> history) {
        this.limits = limits;
        this.history = history;
        this.readers = Executors.newFixedThreadPool(limits.histories(), r -> daemon(r, "events-history"));
        long every = Math.max(1, limits.heartbeat().toMillis());
        pulse.scheduleWithFixedDelay(() -> streams.forEach(EventStream::pulse), every, every, TimeUnit.MILLISECONDS);
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** There are as many listeners as there may be. */
    public static final class TooManyException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** Nothing is heard yet: brokers are away since this process started. */
    public static final class NotReadyException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** That is no id of an event. */
    public static final class BadPositionException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** Who is listened for. @param film empty for all films of the tenant */
    public record Topic(String tenant, Optional<String> film) {
        boolean has(FilmRef ref) {
            return ref.tenant().equals(tenant) && film.map(ref.film()::equals).orElse(true);
        }
    }

    /** From now on every event is heard. @param starts the offset from which, by partition */
    public synchronized void begin(Map<Integer, Long> starts) {
        starts.forEach((partition, start) -> rings.computeIfAbsent(partition, p -> new Ring(limits.kept(), start)));
    }

    /** An event was heard; each partition's come in order. */
    public void on(int partition, long offset, FilmEvent event) {
        HeardEvent heard = HeardEvent.of(partition, offset, event);
        synchronized (this) {
            if (!rings.computeIfAbsent(partition, p -> new Ring(limits.kept(), offset)).add(heard)) {
                return;
            }
        }
        streams.forEach(EventStream::drain);
    }

    /** Sampling goes on. Progress may be lost: whoever cannot take it just now never gets it. */
    public void on(WorkerHeartbeat beat) {
        for (WorkerHeartbeat.Running running : beat.running()) {
            Integer before = steps.put(running.dispatch(), running.step());
            if (before == null || before != running.step()) {
                streams.forEach(s -> s.progress(running, beat.worker()));
            }
        }
        if (steps.size() > limits.kept()) {
            steps.clear();
        }
    }

    /** As {@link #listen(Topic, Optional, Runnable, BooleanSupplier)}, for whoever may listen for ever. */
    public EventStream listen(Topic topic, Optional<String> after, Runnable cut) throws TooManyException, NotReadyException, BadPositionException {
        return listen(topic, after, cut, () -> true);
    }

    /**
     * @param after id of the last event that was seen; from now on if empty
     * @param cut   ends what a listener that takes nothing is sent, without waiting for it
     * @param may   whether the listener may still hear anything; once it may not, it is cut off
     */
    public EventStream listen(Topic topic, Optional<String> after, Runnable cut, BooleanSupplier may) throws TooManyException, NotReadyException, BadPositionException {
        Optional<Map<Integer, Long>> seen = Optional.empty();
        if (after.isPresent()) {
            seen = Optional.of(Positions.parse(after.get()).orElseThrow(BadPositionException::new));
        }
        synchronized (this) {
            if (closed || rings.isEmpty()) {
                throw new NotReadyException();
            }
            if (seen.isPresent() && !rings.keySet().containsAll(seen.get().keySet())) {
                throw new BadPositionException();
            }
            if (streams.size() >= limits.streams() || streams.stream().filter(s -> s.tenant().equals(topic.tenant())).count() >= limits.each()) {
                throw new TooManyException();
            }
            Map<Integer, Long> cursors = new TreeMap<>();
            // A partition that an id of a tenant's stream leaves out was empty then. A film's events all lie in the partition that its ids name.
            boolean fromFirst = seen.isPresent() && topic.film().isEmpty();
            rings.forEach((partition, ring) -> cursors.put(partition, fromFirst ? 0 : ring.next()));
            seen.ifPresent(s -> s.forEach((partition, offset) -> cursors.put(partition, offset + 1)));
            EventStream stream = new EventStream(this, topic, cursors, seen.isPresent(), cut, may);
            streams.add(stream);
            return stream;
        }
    }

    /** The next event for a listener, which moves its cursors past those of others. */
    synchronized Next next(Topic topic, Map<Integer, Long> cursors) {
        for (Map.Entry<Integer, Ring> entry : rings.entrySet()) {
            Long at = cursors.get(entry.getKey());
            if (at == null) {
                continue;
            }
            if (at < entry.getValue().floor()) {
                return new Next(null, entry.getKey(), entry.getValue().floor());
            }
            for (HeardEvent e = entry.getValue().from(at); e != null; e = entry.getValue().from(at)) {
                at = e.offset() + 1;
                cursors.put(entry.getKey(), at);
                if (topic.has(e.event().film())) {
                    return new Next(e, -1, 0);
                }
            }
        }
        return Next.NONE;
    }

    /** @param event null if there is none. @param behind partition of which the ring begins after the cursor, or -1. @param floor where it begins */
    record Next(HeardEvent event, int behind, long floor) {
        static final Next NONE = new Next(null, -1, 0);
    }

    /** The offset after the newest event heard. */
    synchronized long heard(int partition) {
        return rings.get(partition).next();
    }

    HistoryReader<FilmEvent> history() {
        return history;
    }

    Executor readers() {
        return readers;
    }

    Limits limits() {
        return limits;
    }

    void forget(EventStream stream) {
        streams.remove(stream);
    }

    /** Listeners now. */
    public int listeners() {
        return streams.size();
    }

    /** Ends every stream; listeners go on at another replica. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        streams.forEach(EventStream::end);
        pulse.shutdownNow();
        readers.shutdownNow();
    }
}
