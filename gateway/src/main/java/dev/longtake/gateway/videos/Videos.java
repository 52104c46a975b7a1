package dev.longtake.gateway.videos;

import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.film.plan.PlanDocument;
import dev.longtake.film.story.StoryException;
import dev.longtake.gateway.films.FilmTable;
import dev.longtake.gateway.films.FilmView;
import dev.longtake.gateway.films.Films;
import dev.longtake.platform.store.ObjectMissingException;
import dev.longtake.platform.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * Films, shown as videos. What a film's state does not say is read from its plan, by whichever replica is asked, and kept: a plan is never changed.
 *
 * @implNote A plan may have 4 MiB, so only few are read at a time.
 */
public final class Videos {
    private static final int READERS = 2;
    private static final int MOST_WEIGHT = 8 << 20;
    private static final int ENTRY_WEIGHT = 200;
    private static final int FIRST_REVISION = 1;
    private static final long LOOK_AGAIN_MILLIS = 10;

    private final ObjectStore objects;
    private final FilmTable table;
    private final Films films;
    private final Duration deletePatience;
    private final Semaphore readers = new Semaphore(READERS, true);
    private final Map<Plan, VideoFacts> known = new LinkedHashMap<>(16, 0.75f, true);
    private long weight;

    /** @param submitted tells a plan from that of a film of the same id that was deleted long ago */
    private record Plan(String key, Instant submitted) {}

    /** @param deletePatience how long a deletion waits to be seen */
    public Videos(ObjectStore objects, FilmTable table, Films films, Duration deletePatience) {
        this.objects = objects;
        this.table = table;
        this.films = films;
        this.deletePatience = deletePatience;
    }

    /** @return empty if there is no such video */
    public Optional<VideoView> find(String tenant, String id) {
        return VideoIds.film(id).flatMap(film -> films.find(tenant, film)).map(film -> view(tenant, film));
    }

    /** @param after the video after which the page begins. @return empty if there is no such video */
    public Optional<VideoView.Page> page(String tenant, Optional<String> after, int limit, boolean oldestFirst) {
        Optional<String> film = after.map(id -> VideoIds.film(id).orElse(""));
        return films.page(tenant, film, limit, oldestFirst).map(page -> VideoView.Page.of(page.films().stream().map(f -> view(tenant, f)).toList(), page.next().isPresent()));
    }

    private VideoView view(String tenant, FilmView film) {
        Optional<FilmState> state = table.find(tenant, film.id());
        String key = state.flatMap(FilmState::planKey).orElseGet(() -> ObjectKeys.plan(new FilmRef(tenant, film.id(), state.map(s -> s.film().revision()).orElse(FIRST_REVISION))));
        return VideoView.of(film, facts(new Plan(key, film.submitted()), state.isPresent()));
    }

    /** @param keep not where the time is only that of the question */
    private VideoFacts facts(Plan plan, boolean keep) {
        synchronized (known) {
            VideoFacts facts = known.get(plan);
            if (facts != null) {
                return facts;
            }
        }
        VideoFacts facts = read(plan.key());
        if (keep) {
            keep(plan, facts);
        }
        return facts;
    }

    private void keep(Plan plan, VideoFacts facts) {
        synchronized (known) {
            VideoFacts before = known.put(plan, facts);
            weight += facts.weight() + (before == null ? ENTRY_WEIGHT : -before.weight());
            var oldest = known.entrySet().iterator();
            while (weight > MOST_WEIGHT && oldest.hasNext()) {
                weight -= oldest.next().getValue().weight() + ENTRY_WEIGHT;
                oldest.remove();
            }
        }
    }

    private VideoFacts read(String key) {
        readers.acquireUninterruptibly();
        try {
            return VideoFacts.of(PlanDocument.fromBytes(objects.get(key)));
        } catch (ObjectMissingException | StoryException e) {
            // Removed, or of a newer build: the rest is shown.
            return VideoFacts.NONE;
        } finally {
            readers.release();
        }
    }

    /**
     * Deletes a video and all that only it is made of; one that is not over is cancelled first.
     *
     * @return empty if there is no such video
     */
    public Optional<VideoView.Deleted> delete(String tenant, String id) throws Films.WrongStateException, Films.TooManyFilmsException {
        Optional<FilmView> film = Optional.empty();
        Optional<String> filmId = VideoIds.film(id);
        if (filmId.isPresent()) {
            film = films.ask(tenant, filmId.get(), Films.Wish.DELETE);
        }
        film.ifPresent(f -> awaitGone(tenant, f.id()));
        return film.map(f -> VideoView.Deleted.of(VideoIds.of(f.id())));
    }

    private void awaitGone(String tenant, String film) {
        long until = System.nanoTime() + deletePatience.toNanos();
        while (!table.isGone(tenant, film) && System.nanoTime() < until) {
            try {
                Thread.sleep(LOOK_AGAIN_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
