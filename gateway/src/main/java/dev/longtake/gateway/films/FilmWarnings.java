package dev.longtake.gateway.films;

import dev.longtake.contract.FilmRef;
import dev.longtake.film.plan.PlanDocument;
import dev.longtake.film.story.StoryException;
import dev.longtake.film.story.Vocabulary.Warning;
import dev.longtake.platform.store.ObjectMissingException;
import dev.longtake.platform.store.ObjectStore;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The warnings of a film that is shown, derived from its plan again by whichever replica is asked and kept. A film is shown without the
 * object store; so its warnings are waited for a moment only, and are left out when the plan does not come.
 */
public final class FilmWarnings {
    private static final int KEPT = 1_000;
    /** Of most films there is nothing to warn of; to know that costs next to nothing, and not to know it a plan's way from the store at each look. */
    private static final int KEPT_WITHOUT = 100_000;
    private static final long PATIENCE_MILLIS = 500;

    private final ObjectStore objects;
    private final ModelCatalog models;
    private final Executor reader = Executors.newSingleThreadExecutor(r -> {
        Thread thread = new Thread(r, "plan-reader");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<FilmRef, CompletableFuture<List<Warning>>> reading = new ConcurrentHashMap<>();
    private final Map<FilmRef, List<Warning>> known = newest(KEPT);
    private final Map<FilmRef, List<Warning>> without = newest(KEPT_WITHOUT);

    private static <T> Map<FilmRef, T> newest(int most) {
        return Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<FilmRef, T> eldest) {
                return size() > most;
            }
        });
    }

    public FilmWarnings(ObjectStore objects, ModelCatalog models) {
        this.objects = objects;
        this.models = models;
    }

    /** @param planKey of the plan that the revision follows: one that retries has none of its own. @return empty if they cannot be said now */
    Optional<List<Warning>> of(FilmRef film, String planKey) {
        List<Warning> found = without.getOrDefault(film, known.get(film));
        if (found != null) {
            return Optional.of(found);
        }
        try {
            return Optional.of(reading.computeIfAbsent(film, f -> begin(f, planKey)).get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        }
    }

    /** They were said when the film was accepted here. */
    void put(FilmRef film, List<Warning> warnings) {
        if (warnings.isEmpty()) {
            without.put(film, List.of());
        } else {
            known.put(film, warnings);
        }
    }

    private CompletableFuture<List<Warning>> begin(FilmRef film, String planKey) {
        CompletableFuture<List<Warning>> future = new CompletableFuture<>();
        reader.execute(() -> {
            try {
                List<Warning> warnings = read(planKey);
                put(film, warnings);
                future.complete(warnings);
            } catch (RuntimeException e) {
                future.completeExceptionally(e);
            } finally {
                reading.remove(film);
            }
        });
        return future;
    }

    private List<Warning> read(String planKey) {
        try {
            PlanDocument plan = PlanDocument.fromBytes(objects.get(planKey));
            return models.ofBundle(plan.settings().bundle()).map(m -> m.vocabulary().warnings(plan.story().scenes())).orElse(List.of());
        } catch (ObjectMissingException | StoryException e) {
            return List.of();
        }
    }
}
