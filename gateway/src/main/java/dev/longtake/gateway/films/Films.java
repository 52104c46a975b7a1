package dev.longtake.gateway.films;

import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import dev.longtake.contract.Message;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.Topics;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.PlanDocument;
import dev.longtake.film.state.RevisionState;
import dev.longtake.film.story.StoryException;
import dev.longtake.gateway.films.FilmPlanner.Planned;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.queue.QueueUnavailableException;
import dev.longtake.platform.store.ObjectMissingException;
import dev.longtake.platform.store.ObjectStore;
import dev.longtake.platform.store.StoreUnavailableException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes films in, shows them, hands on what is asked of them. Invariants: nothing is written before a film is known to be good; the plan object is
 * written before the command that names it, and its conditional put decides races between replicas; what was answered "accepted" is
 * durable.
 */
public final class Films {
    private static final Logger LOG = LoggerFactory.getLogger(Films.class);
    private static final int FIRST_REVISION = 1;
    private static final String JSON = "application/json";

    private final ObjectStore objects;
    private final Publisher publisher;
    private final FilmTable table;
    private final WorkerTable workers;
    private final Clock clock;
    private final String pool;

    public Films(ObjectStore objects, Publisher publisher, FilmTable table, WorkerTable workers, Clock clock, String pool) {
        this.objects = objects;
        this.publisher = publisher;
        this.table = table;
        this.workers = workers;
        this.clock = clock;
        this.pool = pool;
    }

    /** The idempotency key was used before, for something else. */
    public static final class KeyReusedException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** The film's state does not allow what was asked. */
    public static final class WrongStateException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String state;

        public WrongStateException(String state) {
            super("the film is " + state);
            this.state = state;
        }

        public String state() {
            return state;
        }
    }

    /**
     * Accepts a film, durably. Sent again with the same key it finds the film of the first time.
     *
     * @throws QueueUnavailableException if it was not accepted because the queue is away
     * @throws StoreUnavailableException if it was not accepted because the store is away
     */
    public FilmView submit(String tenant, Optional<String> idempotencyKey, Planned planned) throws KeyReusedException {
        FilmRef film = new FilmRef(tenant, FilmIds.of(tenant, idempotencyKey), FIRST_REVISION);
        FilmPlan plan = planned.plan();
        byte[] document = PlanDocument.of(plan, Optional.empty()).toBytes();
        if (!objects.putIfAbsent(ObjectKeys.plan(film), document, JSON)) {
            requireSame(film, document);
            Optional<FilmState> known = table.find(tenant, film.film());
            if (known.isPresent()) {
                return view(known.get());
            }
            // The first request may have ended between plan and command; a command said twice is one film.
        }
        Instant now = clock.instant();
        try {
            publisher.send(Topics.FILM_COMMANDS, tenant, new FilmCommand.Submit(Message.VERSION, film, ObjectKeys.plan(film), digest(document), plan.story().title(),
                    planned.lane(), pool, now));
        } catch (QueueUnavailableException e) {
            if (idempotencyKey.isEmpty()) {
                forget(film);
            }
            throw e;
        }
        return FilmView.queued(film, plan, planned.lane(), now);
    }

    private void requireSame(FilmRef film, byte[] document) throws KeyReusedException {
        try {
            if (!Arrays.equals(objects.get(ObjectKeys.plan(film)), document)) {
                throw new KeyReusedException();
            }
        } catch (ObjectMissingException e) {
            throw new StoreUnavailableException("the plan of " + film.film() + " came and went", e);
        }
    }

    /** Nobody will ever learn this film's id: its plan would lie there for good. */
    private void forget(FilmRef film) {
        try {
            objects.delete(ObjectKeys.plan(film));
        } catch (StoreUnavailableException e) {
            LOG.warn("the plan of film {}, which was not accepted, stays behind: {}", film.film(), e.getMessage());
        }
    }

    /** A film, or empty if there is none. One that was just accepted elsewhere is known by its plan. */
    public Optional<FilmView> find(String tenant, String id) {
        if (!FilmIds.isId(id)) {
            return Optional.empty();
        }
        return table.find(tenant, id).map(this::view).or(() -> planned(new FilmRef(tenant, id, FIRST_REVISION)));
    }

    private Optional<FilmView> planned(FilmRef film) {
        try {
            FilmPlan plan = PlanDocument.fromBytes(objects.get(ObjectKeys.plan(film))).plan();
            return Optional.of(FilmView.queued(film, plan, Lane.BATCH, clock.instant()));
        } catch (ObjectMissingException e) {
            return Optional.empty();
        } catch (StoryException e) {
            LOG.warn("the plan of film {} cannot be followed: {}", film.film(), e.getMessage());
            return Optional.empty();
        }
    }

    private FilmView view(FilmState state) {
        return FilmView.of(state, workers.running(state.film()), clock.instant());
    }

    /** Some films, newest first. @param next the film after which the next page begins, absent on the last */
    public record Page(List<FilmView> films, Optional<String> next) {}

    /** @return empty if there is no film {@code after} */
    public Optional<Page> page(String tenant, Optional<String> after, int limit) {
        return table.page(tenant, after, limit).map(p -> new Page(p.films().stream().map(this::view).toList(), p.next()));
    }

    /** What may be asked of a film that is there. */
    public enum Wish {
        CANCEL(RevisionState.Event.CANCEL),
        PAUSE(RevisionState.Event.PAUSE),
        RESUME(RevisionState.Event.RESUME),
        RETRY(RevisionState.Event.RETRY);

        private final RevisionState.Event event;

        Wish(RevisionState.Event event) {
            this.event = event;
        }

        boolean isFor(String state) {
            return RevisionState.TABLE.next(RevisionState.of(state), event).isPresent();
        }

        FilmCommand command(FilmRef film, Instant at) {
            return switch (this) {
                case CANCEL -> new FilmCommand.Cancel(Message.VERSION, film, at);
                case PAUSE -> new FilmCommand.Pause(Message.VERSION, film, at);
                case RESUME -> new FilmCommand.Resume(Message.VERSION, film, at);
                case RETRY -> new FilmCommand.Retry(Message.VERSION, film, at);
            };
        }
    }

    /**
     * Asks something of a film. The scheduler decides; it looks at the same table, and refuses aloud what has become illegal meanwhile.
     *
     * @return empty if there is no such film
     * @throws WrongStateException if the state it is known to be in does not allow it
     */
    public Optional<FilmView> ask(String tenant, String id, Wish wish) throws WrongStateException {
        Optional<FilmView> film = find(tenant, id);
        if (film.isPresent()) {
            if (!wish.isFor(film.get().state())) {
                throw new WrongStateException(film.get().state());
            }
            publisher.send(Topics.FILM_COMMANDS, tenant, wish.command(new FilmRef(tenant, id, film.get().revision()), clock.instant()));
        }
        return film;
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
