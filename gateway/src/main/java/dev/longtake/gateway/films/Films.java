package dev.longtake.gateway.films;

import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import dev.longtake.contract.Message;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.Topics;
import dev.longtake.contract.webhook.FilmCallback;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.PlanDocument;
import dev.longtake.film.state.RevisionState;
import dev.longtake.film.story.StoryException;
import dev.longtake.film.story.Vocabulary.Warning;
import dev.longtake.gateway.films.FilmPlanner.Planned;
import dev.longtake.gateway.quota.TenantLimits;
import dev.longtake.gateway.webhooks.Callbacks;
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
import java.util.function.Function;
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
    private final FilmWarnings warnings;
    private final Function<String, TenantLimits> limits;
    private final Callbacks callbacks;

    public Films(ObjectStore objects, Publisher publisher, FilmTable table, WorkerTable workers, FilmWarnings warnings, Clock clock, String pool) {
        this(objects, publisher, table, workers, warnings, clock, pool, tenant -> TenantLimits.DEFAULT);
    }

    /** @param limits of a tenant, which are held as far as this gateway knows its films */
    public Films(ObjectStore objects, Publisher publisher, FilmTable table, WorkerTable workers, FilmWarnings warnings, Clock clock, String pool, Function<String, TenantLimits> limits) {
        this.limits = limits;
        this.callbacks = new Callbacks(objects);
        this.objects = objects;
        this.publisher = publisher;
        this.table = table;
        this.workers = workers;
        this.clock = clock;
        this.pool = pool;
        this.warnings = warnings;
    }

    /** The idempotency key was used before, for something else. */
    public static final class KeyReusedException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** The idempotency key's film was deleted: sent again, the same request must not make a second one. */
    public static final class FilmGoneException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** The tenant has as many films as it may have. */
    public static final class TooManyFilmsException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String limit;

        TooManyFilmsException(String limit, String message) {
            super(message);
            this.limit = limit;
        }

        /** Name of the limit. */
        public String limit() {
            return limit;
        }
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
    public FilmView submit(String tenant, Optional<String> idempotencyKey, Planned planned) throws KeyReusedException, FilmGoneException, TooManyFilmsException {
        return accept(tenant, idempotencyKey, planned).film();
    }

    /** A film that was accepted. @param callback whom it tells what happens to it, with the secret that notifications are signed with */
    public record Accepted(FilmView film, Optional<FilmCallback> callback) {}

    /** As {@link #submit}. */
    public Accepted accept(String tenant, Optional<String> idempotencyKey, Planned planned) throws KeyReusedException, FilmGoneException, TooManyFilmsException {
        FilmRef film = new FilmRef(tenant, FilmIds.of(tenant, idempotencyKey), FIRST_REVISION);
        if (table.isGone(tenant, film.film())) {
            throw new FilmGoneException();
        }
        if (table.find(tenant, film.film()).isEmpty()) {
            requireRoomForOne(tenant);
            requireRoom(tenant, Optional.empty(), planned);
        }
        FilmPlan plan = planned.plan();
        byte[] document = planned.document();
        // Only a picture has to know it before: not for a film that there is, or it would stay as long as that, whatever comes of this request.
        boolean again = planned.image().isPresent() && objects.head(ObjectKeys.plan(film)).isPresent();
        if (!again) {
            planned.image().ifPresent(image -> image.store(objects, ObjectKeys.plan(film)));
            again = !objects.putIfAbsent(ObjectKeys.plan(film), document, JSON);
        }
        if (again) {
            requireSame(film, document);
        }
        // Before the command: nothing may happen to a film as long as it is not known whom to tell.
        Optional<FilmCallback> callback = planned.callback().flatMap(url -> callbacks.claim(tenant, film.film(), url));
        if (callback.isPresent() != planned.callback().isPresent()) {
            throw new KeyReusedException();
        }
        if (again) {
            Optional<FilmState> known = table.find(tenant, film.film());
            if (known.isPresent()) {
                return new Accepted(view(known.get(), Optional.of(planned.warnings())), callback);
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
        warnings.put(film, planned.warnings());
        return new Accepted(FilmView.queued(film, plan, planned.lane(), now, Optional.of(planned.warnings())), callback);
    }

    private void requireRoomForOne(String tenant) throws TooManyFilmsException {
        int most = limits.apply(tenant).keptFilms();
        if (table.size(tenant) >= most) {
            throw new TooManyFilmsException("kept-films", most + " films are kept; delete some, or wait until they expire.");
        }
    }

    /**
     * Looks whether a tenant may wait for one film more.
     *
     * @param film    the one that is to be made otherwise; its earlier revision ends, and does not count
     * @param planned what is to be made
     */
    public void requireRoom(String tenant, Optional<String> film, Planned planned) throws TooManyFilmsException {
        requireRoom(tenant, film, planned.plan().frames() / planned.plan().settings().fps());
    }

    private void requireRoom(String tenant, Optional<String> film, double seconds) throws TooManyFilmsException {
        TenantLimits most = limits.apply(tenant);
        FilmTable.Load load = table.load(tenant, film);
        if (load.films() >= most.unfinishedFilms()) {
            throw new TooManyFilmsException("unfinished-films", most.unfinishedFilms() + " films are not over yet; wait for some, or cancel them.");
        }
        if (load.seconds() + seconds > most.unfinishedSeconds()) {
            throw new TooManyFilmsException("unfinished-seconds", Math.round(load.seconds()) + " seconds of film are not rendered yet, " + Math.round(seconds) + " more would be above "
                    + Math.round(most.unfinishedSeconds()) + "; wait for some, or cancel them.");
        }
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
            objects.delete(ObjectKeys.callback(film.tenant(), film.film()));
            objects.delete(ObjectKeys.plan(film));
        } catch (StoreUnavailableException e) {
            LOG.warn("the plan of film {}, which was not accepted, stays behind: {}", film.film(), e.getMessage());
        }
    }

    /** A film, or empty if there is none. One that was just accepted elsewhere is known by its plan. */
    public Optional<FilmView> find(String tenant, String id) {
        if (!FilmIds.isId(id) || table.isGone(tenant, id)) {
            return Optional.empty();
        }
        return table.find(tenant, id).map(s -> view(s, warnings.of(s.film(), planKey(s)))).or(() -> planned(new FilmRef(tenant, id, FIRST_REVISION)));
    }

    private Optional<FilmView> planned(FilmRef film) {
        try {
            FilmPlan plan = PlanDocument.fromBytes(objects.get(ObjectKeys.plan(film))).plan();
            return Optional.of(FilmView.queued(film, plan, Lane.BATCH, clock.instant(), warnings.of(film, ObjectKeys.plan(film))));
        } catch (ObjectMissingException e) {
            return Optional.empty();
        } catch (StoryException e) {
            LOG.warn("the plan of film {} cannot be followed: {}", film.film(), e.getMessage());
            return Optional.empty();
        }
    }

    private static String planKey(FilmState s) {
        return s.planKey().orElseGet(() -> ObjectKeys.plan(s.film()));
    }

    private FilmView view(FilmState state, Optional<List<Warning>> warned) {
        return FilmView.of(state, workers.running(state.film()), clock.instant(), warned);
    }

    /** Some films, newest first. @param next the film after which the next page begins, absent on the last */
    public record Page(List<FilmView> films, Optional<String> next) {}

    /** @return empty if there is no film {@code after} */
    public Optional<Page> page(String tenant, Optional<String> after, int limit) {
        return page(tenant, after, limit, false);
    }

    /** @param oldestFirst instead of newest first. @return empty if there is no film {@code after} */
    public Optional<Page> page(String tenant, Optional<String> after, int limit, boolean oldestFirst) {
        return table.page(tenant, after, limit, oldestFirst).map(p -> new Page(p.films().stream().map(s -> view(s, Optional.empty())).toList(), p.next()));
    }

    /** What may be asked of a film that is there. */
    public enum Wish {
        CANCEL(RevisionState.Event.CANCEL),
        PAUSE(RevisionState.Event.PAUSE),
        RESUME(RevisionState.Event.RESUME),
        RETRY(RevisionState.Event.RETRY),
        DELETE(RevisionState.Event.DELETE);

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
                case DELETE -> new FilmCommand.Delete(Message.VERSION, film, at);
                case RETRY -> new FilmCommand.Retry(Message.VERSION, film, at);
            };
        }
    }

    /**
     * Asks something of a film. The scheduler decides; it looks at the same table, and refuses aloud what has become illegal meanwhile.
     *
     * @return empty if there is no such film
     * @throws WrongStateException   if the state it is known to be in does not allow it
     * @throws TooManyFilmsException if it is to be made again, and the tenant waits for as many as it may, or has as many revisions of it
     */
    public Optional<FilmView> ask(String tenant, String id, Wish wish) throws WrongStateException, TooManyFilmsException {
        Optional<FilmView> film = find(tenant, id);
        if (film.isPresent()) {
            if (!wish.isFor(film.get().state())) {
                throw new WrongStateException(film.get().state());
            }
            if (wish == Wish.RETRY) {
                requireRoom(tenant, Optional.of(id), film.get().duration());
                requireRevision(tenant, id);
            }
            publisher.send(Topics.FILM_COMMANDS, tenant, wish.command(new FilmRef(tenant, id, film.get().revision()), clock.instant()));
        }
        return film;
    }

    /** A film that is made again is another revision, which is kept like one with other scenes. */
    private void requireRevision(String tenant, String film) throws TooManyFilmsException {
        int most = limits.apply(tenant).keptRevisions();
        if (table.kept(tenant, film) >= most) {
            throw new TooManyFilmsException("kept-revisions", most + " revisions of this film are kept; wait until some expire, or submit the story as another film.");
        }
    }

    /**
     * Asks that a film go to another lane.
     *
     * @return empty if there is no such film
     * @throws WrongStateException if it is over
     */
    public Optional<FilmView> reprioritise(String tenant, String id, Lane lane) throws WrongStateException {
        Optional<FilmView> film = find(tenant, id);
        if (film.isPresent()) {
            if (RevisionState.TABLE.next(RevisionState.of(film.get().state()), RevisionState.Event.REPRIORITISE).isEmpty()) {
                throw new WrongStateException(film.get().state());
            }
            publisher.send(Topics.FILM_COMMANDS, tenant, new FilmCommand.Reprioritise(Message.VERSION, new FilmRef(tenant, id, film.get().revision()), lane, clock.instant()));
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
