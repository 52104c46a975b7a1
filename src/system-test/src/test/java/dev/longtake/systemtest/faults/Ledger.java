package dev.longtake.systemtest.faults;

import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.SegmentReport;
import dev.longtake.contract.Topics;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.platform.queue.TopicReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** All that a farm says on its topics, from the beginning, whoever of it is dead. */
final class Ledger implements AutoCloseable {
    private static final long LOOK_MILLIS = 20;

    private final Map<String, FilmState> films = new ConcurrentHashMap<>();
    private final Map<String, WorkerHeartbeat> workers = new ConcurrentHashMap<>();
    private final List<FilmEvent> events = Collections.synchronizedList(new ArrayList<>());
    private final List<SegmentReport> reports = Collections.synchronizedList(new ArrayList<>());
    private final List<TopicReader<?>> readers;

    Ledger(String kafka) {
        readers = List.of(
                new TopicReader<>(kafka, Topics.FILM_STATES, FilmState.class, TopicReader.From.BEGINNING, TopicReader.Unreadable.kept(), (key, state, partition, offset) -> films.put(key, state)),
                new TopicReader<>(kafka, Topics.FILM_EVENTS, FilmEvent.class, TopicReader.From.BEGINNING, TopicReader.Unreadable.kept(), (key, event, partition, offset) -> events.add(event)),
                new TopicReader<>(kafka, Topics.SEGMENT_REPORTS, SegmentReport.class, TopicReader.From.BEGINNING, TopicReader.Unreadable.kept(), (key, report, partition, offset) -> reports.add(report)),
                new TopicReader<>(kafka, Topics.WORKER_HEARTBEATS, WorkerHeartbeat.class, TopicReader.From.NOW, TopicReader.Unreadable.kept(), (key, beat, partition, offset) -> workers.put(beat.worker(), beat)));
        readers.forEach(TopicReader::start);
    }

    Optional<FilmState> film(FilmRef film) {
        return Optional.ofNullable(films.get(film.filmKey()));
    }

    List<FilmEvent> events(FilmRef film) {
        synchronized (events) {
            return events.stream().filter(e -> e.film().filmKey().equals(film.filmKey())).toList();
        }
    }

    List<SegmentReport> reports(FilmRef film) {
        synchronized (reports) {
            return reports.stream().filter(r -> r.film().filmKey().equals(film.filmKey())).toList();
        }
    }

    /** A worker that has taken at least a step of a segment of this film, by what it said last. */
    Optional<WorkerHeartbeat> rendering(FilmRef film) {
        return workers.values().stream()
                .filter(b -> b.at().isAfter(Instant.now().minusSeconds(3)))
                .filter(b -> b.running().stream().anyMatch(r -> r.film().equals(film) && r.step() > 0 && r.step() < r.steps()))
                .findFirst();
    }

    /** Workers that have said within the last seconds that they take jobs. */
    long workersReady() {
        return workers.values().stream().filter(b -> b.state() == WorkerHeartbeat.State.READY && b.at().isAfter(Instant.now().minusSeconds(3))).count();
    }

    FilmState await(FilmRef film, Duration patience, String... states) throws InterruptedException {
        return await("film " + film + " to be " + String.join(" or ", states), patience, () -> film(film).filter(s -> List.of(states).contains(s.state())));
    }

    FilmState awaitAccepted(FilmRef film, int accepted) throws InterruptedException {
        return await(accepted + " accepted segments of " + film, Duration.ofMinutes(2), () -> film(film).filter(s -> s.accepted() >= accepted));
    }

    <T> T await(String what, Duration patience, Supplier<Optional<T>> look) throws InterruptedException {
        long until = System.nanoTime() + patience.toNanos();
        while (true) {
            Optional<T> found = look.get();
            if (found.isPresent()) {
                return found.get();
            }
            if (System.nanoTime() > until) {
                throw new AssertionError("waited " + patience.toSeconds() + " s for " + what + "; films: " + films + "; workers: " + workers);
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    @Override
    public void close() {
        readers.forEach(TopicReader::close);
    }
}
