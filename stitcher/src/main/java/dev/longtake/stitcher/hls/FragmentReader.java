package dev.longtake.stitcher.hls;

import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Topics;
import dev.longtake.platform.queue.QueueUnavailableException;
import dev.longtake.platform.queue.SharedReader;
import dev.longtake.platform.store.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hears which clips are there, shared with the other stitchers, and has them published: a film's one after the other, films side by side. */
public final class FragmentReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FragmentReader.class);
    private static final String GROUP = "longtake.fragments";
    private static final String CLIPPED = "clipped";
    private static final Set<String> OVER = Set.of("finished", "failed", "cancelled");

    private final Fragments fragments;
    private final ExecutorService films;
    private final SharedReader<FilmEvent> reader;

    /** @param threads films at once. @param session how long a stitcher may not be heard of before the others take over its films */
    public FragmentReader(String bootstrap, Fragments fragments, int threads, Duration session) {
        this.fragments = fragments;
        this.films = Executors.newFixedThreadPool(threads, r -> {
            Thread thread = new Thread(r, "fragments");
            thread.setDaemon(true);
            return thread;
        });
        this.reader = new SharedReader<>(new SharedReader.Settings(bootstrap, GROUP, Topics.FILM_EVENTS, session), FilmEvent.class, this::on);
    }

    public void start() {
        reader.start();
    }

    void on(List<FilmEvent> events) throws InterruptedException {
        Map<FilmRef, List<FilmEvent>> byFilm = new LinkedHashMap<>();
        events.stream().filter(FragmentReader::matters).forEach(e -> byFilm.computeIfAbsent(e.film(), f -> new ArrayList<>()).add(e));
        List<Callable<Void>> work = new ArrayList<>();
        byFilm.values().forEach(ofOne -> work.add(() -> {
            ofOne.forEach(this::on);
            return null;
        }));
        boolean away = false;
        for (Future<Void> done : films.invokeAll(work)) {
            try {
                done.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof StoreUnavailableException) {
                    LOG.warn("fragments are published later: {}", e.getCause().getMessage());
                    away = true;
                } else {
                    // Said again it would fail again, and keep all other films waiting. Whoever joins the film publishes what is missing.
                    LOG.error("a film's fragments cannot be published", e.getCause());
                }
            }
        }
        if (away) {
            throw new QueueUnavailableException("the store is away", null);
        }
    }

    private static boolean matters(FilmEvent event) {
        return event instanceof FilmEvent.SegmentChanged s && s.to().equals(CLIPPED) && s.attempt().isPresent() || event instanceof FilmEvent.FilmChanged f && OVER.contains(f.to());
    }

    private void on(FilmEvent event) {
        if (event instanceof FilmEvent.SegmentChanged s) {
            fragments.clipped(s.film(), s.index(), new Fragments.Source(s.attempt().orElseThrow(), s.clipDigest()));
        } else {
            fragments.forget(event.film());
        }
    }

    @Override
    public void close() {
        reader.close();
        films.shutdownNow();
    }
}
