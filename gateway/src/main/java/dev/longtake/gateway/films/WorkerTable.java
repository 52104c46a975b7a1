package dev.longtake.gateway.films;

import dev.longtake.contract.FilmRef;
import dev.longtake.contract.WorkerHeartbeat;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What the workers said last, as long as they keep saying it. */
public final class WorkerTable {
    private final Map<String, Heard> workers = new ConcurrentHashMap<>();
    private final Clock clock;
    private final Duration timeout;

    /** @param at by this process's clock: a worker's own may be wrong */
    private record Heard(WorkerHeartbeat heartbeat, Instant at) {}

    /** A segment in work. @param step sampling steps done */
    public record Running(int segment, int step, int steps, String worker) {}

    public WorkerTable(Clock clock, Duration timeout) {
        this.clock = clock;
        this.timeout = timeout;
    }

    public void put(WorkerHeartbeat heartbeat) {
        if (heartbeat.state() == WorkerHeartbeat.State.GONE) {
            workers.remove(heartbeat.worker());
        } else {
            workers.put(heartbeat.worker(), new Heard(heartbeat, clock.instant()));
        }
        workers.values().removeIf(this::isSilent);
    }

    private boolean isSilent(Heard heard) {
        return heard.at().plus(timeout).isBefore(clock.instant());
    }

    private Stream<WorkerHeartbeat> alive() {
        return workers.values().stream().filter(h -> !isSilent(h)).map(Heard::heartbeat);
    }

    /** Workers that take new work. */
    public int ready() {
        return (int) alive().filter(h -> h.state() == WorkerHeartbeat.State.READY && h.resting().isEmpty()).count();
    }

    /** Segments that the workers that take new work can have in hand together. */
    public int slots() {
        return alive().filter(h -> h.state() == WorkerHeartbeat.State.READY && h.resting().isEmpty()).mapToInt(WorkerHeartbeat::slots).sum();
    }

    /** All workers, by pool and id. */
    public List<WorkerView> all() {
        return all(film -> true);
    }

    /** All workers, by pool and id. @param shown of which films it may be shown that they are in work */
    public List<WorkerView> all(Predicate<FilmRef> shown) {
        return workers.values().stream().filter(h -> !isSilent(h)).map(h -> WorkerView.of(h.heartbeat(), h.at(), shown))
                .sorted(Comparator.comparing(WorkerView::pool).thenComparing(WorkerView::id)).toList();
    }

    /** What is in work of a film, in film order. */
    public List<Running> running(FilmRef film) {
        return alive().flatMap(h -> h.running().stream().filter(r -> r.film().equals(film)).map(r -> new Running(r.index(), r.step(), r.steps(), h.worker())))
                .sorted(Comparator.comparingInt(Running::segment))
                .toList();
    }
}
