package dev.longtake.gateway.revisions;

import dev.longtake.contract.Digests;
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
import dev.longtake.gateway.films.FilmIds;
import dev.longtake.gateway.films.FilmPlanner.Before;
import dev.longtake.gateway.films.FilmPlanner.Planned;
import dev.longtake.gateway.films.FilmTable;
import dev.longtake.gateway.films.Films;
import dev.longtake.gateway.films.StartImage;
import dev.longtake.gateway.quota.TenantLimits;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.store.ObjectMissingException;
import dev.longtake.platform.store.ObjectStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * Revisions of films: begun, listed, compared.
 *
 * <p>Invariants: the plan of revision n+1 is put only if there is none, so that of two gateways that revise at once one wins and the other
 * says so; it is put before the command that names it; the plan of a revision that was begun is never touched again.
 */
public final class Revisions {
    private static final int FIRST = 1;
    private static final String JSON = "application/json";

    private final ObjectStore objects;
    private final Publisher publisher;
    private final FilmTable table;
    private final Clock clock;
    private final String pool;
    private final Claims claims;
    private final Function<String, TenantLimits> limits;

    /**
     * @param patience how long the number of a revision that only has a plan is left to whoever put it
     * @param limits   of a tenant, which are held as far as this gateway knows the film's revisions
     */
    public Revisions(ObjectStore objects, Publisher publisher, FilmTable table, Clock clock, String pool, Duration patience, Function<String, TenantLimits> limits) {
        this.objects = objects;
        this.publisher = publisher;
        this.table = table;
        this.clock = clock;
        this.pool = pool;
        this.claims = new Claims(clock, patience);
        this.limits = limits;
    }

    /** Somebody else revised the film in the same moment. */
    public static final class OvertakenException extends Exception {
        private static final long serialVersionUID = 1L;

        private final int revision;

        OvertakenException(int revision) {
            super("revision " + revision + " was begun in the same moment");
            this.revision = revision;
        }

        public int revision() {
            return revision;
        }
    }

    /** The film has as many revisions as may be kept of one. */
    public static final class TooManyRevisionsException extends Exception {
        private static final long serialVersionUID = 1L;

        TooManyRevisionsException(int most) {
            super(most + " revisions of this film are kept; wait until some expire, or submit the story as another film.");
        }

        /** Name of the limit. */
        public String limit() {
            return "kept-revisions";
        }
    }

    /** A revision's plan is no longer there, or this build cannot follow it. */
    public static final class NoPlanException extends Exception {
        private static final long serialVersionUID = 1L;

        NoPlanException(String message) {
            super(message);
        }
    }

    /** The newest revision of a film, which another is based on. @param document the plan's bytes */
    public record Base(FilmRef film, String state, Before before, byte[] document) {}

    /** @return empty if there is no such film */
    public Optional<Base> base(String tenant, String id) throws NoPlanException {
        if (!FilmIds.isId(id) || table.isGone(tenant, id)) {
            return Optional.empty();
        }
        Optional<FilmState> known = table.find(tenant, id);
        FilmRef newest = known.map(FilmState::film).orElse(new FilmRef(tenant, id, FIRST));
        Optional<Claims.Begun> begun = claims.above(newest);
        String key = begun.map(Claims.Begun::planKey).or(() -> known.map(RevisionView::planKey)).orElseGet(() -> ObjectKeys.plan(newest));
        Lane lane = begun.map(Claims.Begun::lane).or(() -> known.map(FilmState::lane)).orElse(Lane.BATCH);
        String state = begun.isPresent() || known.isEmpty() ? RevisionState.QUEUED.label() : known.get().state();
        try {
            byte[] document = objects.get(key);
            PlanDocument plan = document(document);
            return Optional.of(new Base(begun.map(Claims.Begun::film).orElse(newest), state, new Before(plan, lane, picture(key, plan)), document));
        } catch (ObjectMissingException e) {
            if (known.isEmpty()) {
                return Optional.empty();
            }
            throw new NoPlanException("The plan of revision " + newest.revision() + " is not there any more.");
        }
    }

    private Optional<StartImage> picture(String planKey, PlanDocument plan) throws NoPlanException {
        if (plan.startImage() == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new StartImage(objects.get(ObjectKeys.image(planKey, plan.startImage())), plan.startImage()));
        } catch (ObjectMissingException e) {
            throw new NoPlanException("The picture that the film begins with is not there any more.");
        }
    }

    private static PlanDocument document(byte[] bytes) throws NoPlanException {
        try {
            return PlanDocument.fromBytes(bytes);
        } catch (StoryException e) {
            throw new NoPlanException(e.problems().get(0).toString());
        }
    }

    private static FilmPlan plan(PlanDocument document) throws NoPlanException {
        try {
            return document.plan();
        } catch (StoryException e) {
            throw new NoPlanException(e.problems().get(0).toString());
        }
    }

    /**
     * Begins a revision, durably; or, in a dry run, only says what it would come to.
     *
     * @throws Films.WrongStateException if the film's state does not allow it
     * @throws TooManyRevisionsException if as many are kept as may be; not in a dry run, nor if nothing changed
     * @throws OvertakenException        if another gateway was first; nothing was begun
     */
    public Revised revise(Base base, Planned planned, boolean dryRun) throws Films.WrongStateException, TooManyRevisionsException, OvertakenException, NoPlanException {
        if (RevisionState.TABLE.next(RevisionState.of(base.state()), RevisionState.Event.REVISE).isEmpty()) {
            throw new Films.WrongStateException(base.state());
        }
        Difference difference = Difference.between(SegmentKeys.of(plan(base.before().plan())), planned.plan());
        byte[] document = planned.document();
        boolean unchanged = Arrays.equals(document, base.document());
        if (!unchanged && !dryRun) {
            requireRoom(base.film());
        }
        int revision = unchanged ? base.film().revision() : dryRun ? base.film().revision() + 1 : begin(base, planned, document);
        String film = "/v1/films/" + base.film().film();
        return new Revised(base.film().film(), revision, base.film().revision(), dryRun, unchanged, planned.plan().story().title(), planned.lane().name().toLowerCase(Locale.ROOT),
                planned.plan().story().scenes().size(), difference.segments(), difference.reused(), difference.toRender(), planned.plan().frames(), difference.framesToRender(),
                difference.scenes(), difference.changedScenes(), difference.dropped(), planned.warnings(), new Revised.Links(film, Optional.of(film + "/revisions/" + revision).filter(r -> !dryRun)));
    }

    /** Those that were begun here and that the scheduler has not spoken of yet are counted, too: a film can be revised faster than that. */
    private void requireRoom(FilmRef newest) throws TooManyRevisionsException {
        int most = limits.apply(newest.tenant()).keptRevisions();
        int spoken = table.find(newest.tenant(), newest.film()).map(s -> s.film().revision()).orElse(0);
        if (table.kept(newest.tenant(), newest.film()) + Math.max(0, newest.revision() - spoken) >= most) {
            throw new TooManyRevisionsException(most);
        }
    }

    /** Takes the next number that is free; the scheduler takes any that is above the newest it knows. */
    private int begin(Base base, Planned planned, byte[] document) throws OvertakenException {
        FilmRef next = after(base.film());
        while (!isBegun(next, planned, document)) {
            // Whoever put it may have died before the command. A number that is passed over is refused by the scheduler if it comes after all.
            if (!claims.isAbandoned(next)) {
                throw new OvertakenException(next.revision());
            }
            next = after(next);
        }
        // If this fails, the plan stays: the same request sent again finds it, and for others its number counts as abandoned after a while.
        publisher.send(Topics.FILM_COMMANDS, next.tenant(), new FilmCommand.Revise(Message.VERSION, next, ObjectKeys.plan(next), Digests.sha256(document), planned.plan().story().title(),
                planned.lane(), pool, clock.instant()));
        claims.began(new Claims.Begun(next, ObjectKeys.plan(next), planned.lane()));
        return next.revision();
    }

    /** @return false if the number is somebody else's */
    private boolean isBegun(FilmRef next, Planned planned, byte[] document) {
        planned.image().ifPresent(image -> image.store(objects, ObjectKeys.plan(next)));
        return objects.putIfAbsent(ObjectKeys.plan(next), document, JSON) || isSame(next, document);
    }

    private static FilmRef after(FilmRef film) {
        return new FilmRef(film.tenant(), film.film(), film.revision() + 1);
    }

    private boolean isSame(FilmRef film, byte[] document) {
        try {
            return Arrays.equals(objects.get(ObjectKeys.plan(film)), document);
        } catch (ObjectMissingException e) {
            return false;
        }
    }

    /** A film's revisions as they are known, newest first; that of a film which was just accepted elsewhere is known by its plan. */
    public List<FilmState> known(String tenant, String id) {
        if (!FilmIds.isId(id) || table.isGone(tenant, id)) {
            return List.of();
        }
        List<FilmState> known = table.revisions(tenant, id);
        return known.isEmpty() ? justPlanned(new FilmRef(tenant, id, FIRST)).map(List::of).orElse(List.of()) : known;
    }

    private Optional<FilmState> justPlanned(FilmRef film) {
        try {
            FilmPlan plan = plan(document(objects.get(ObjectKeys.plan(film))));
            Instant now = clock.instant();
            var s = plan.settings();
            return Optional.of(new FilmState(Message.VERSION, film, plan.story().title(), s.model(), s.bundle(), Lane.BATCH, RevisionState.QUEUED.label(), Optional.empty(),
                    plan.story().scenes().size(), plan.segments().size(), Math.toIntExact(plan.frames()), s.fps(), s.width(), s.height(), 0, 0, 0, -1, FilmState.Seconds.NONE, 0, now, now,
                    Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(ObjectKeys.plan(film))));
        } catch (ObjectMissingException | NoPlanException e) {
            return Optional.empty();
        }
    }

    /** @param after the revision after which the page begins. @return empty if there is no such film */
    public Optional<RevisionView.Page> list(String tenant, String id, OptionalInt after, int limit) {
        List<FilmState> known = known(tenant, id);
        if (known.isEmpty()) {
            return Optional.empty();
        }
        List<RevisionView> page = known.stream().filter(s -> after.isEmpty() || s.film().revision() < after.getAsInt()).limit(limit + 1L).map(RevisionView::of).toList();
        return Optional.of(page.size() <= limit ? new RevisionView.Page(page, Optional.empty())
                : new RevisionView.Page(page.subList(0, limit), Optional.of(Integer.toString(page.get(limit - 1).revision()))));
    }

    /** The state of a revision. @return empty if there is no such revision of such a film */
    public Optional<FilmState> state(String tenant, String id, int revision) {
        return known(tenant, id).stream().filter(s -> s.film().revision() == revision).findFirst();
    }

    /**
     * A revision's plan beside another's.
     *
     * @param against the other; the one before if empty
     * @param first   place of the first scene shown
     * @param limit   scenes shown
     * @return empty if there is no such film, or one of the revisions is not there
     */
    public Optional<RevisionPlan> compare(String tenant, String id, int revision, OptionalInt against, int first, int limit) throws NoPlanException {
        List<FilmState> known = known(tenant, id);
        Optional<FilmState> one = known.stream().filter(s -> s.film().revision() == revision).findFirst();
        Optional<FilmState> other = known.stream().filter(s -> against.isPresent() ? s.film().revision() == against.getAsInt() : s.film().revision() < revision).findFirst();
        if (one.isEmpty() || against.isPresent() && other.isEmpty()) {
            return Optional.empty();
        }
        Optional<PlanDocument> before = other.isPresent() ? Optional.of(stored(other.get())) : Optional.empty();
        SegmentKeys keys = before.isPresent() ? SegmentKeys.of(plan(before.get())) : SegmentKeys.none();
        PlanDocument document = stored(one.get());
        FilmPlan plan = plan(document);
        Difference difference = Difference.between(keys, plan);
        List<RevisionPlan.SceneView> scenes = RevisionPlan.scenes(plan, keys, first, limit);
        int end = first + scenes.size();
        return Optional.of(new RevisionPlan(RevisionView.of(one.get()), other.map(s -> s.film().revision()), difference.reused(), difference.toRender(), difference.dropped(),
                before.map(b -> changed(b, document)).orElse(List.of()), document.seed(), document.settings(), scenes,
                end < plan.story().scenes().size() && !scenes.isEmpty() ? Optional.of(end - 1) : Optional.empty()));
    }

    private PlanDocument stored(FilmState state) throws NoPlanException {
        try {
            return document(objects.get(RevisionView.planKey(state)));
        } catch (ObjectMissingException e) {
            throw new NoPlanException("The plan of revision " + state.film().revision() + " is not there any more.");
        }
    }

    private static List<String> changed(PlanDocument before, PlanDocument now) {
        List<String> names = new ArrayList<>();
        var b = before.settings();
        var n = now.settings();
        name(names, "title", before.title(), now.title());
        name(names, "seed", before.seed(), now.seed());
        name(names, "model", b.model(), n.model());
        name(names, "bundle", b.bundle(), n.bundle());
        name(names, "engineRevision", b.engineRevision(), n.engineRevision());
        name(names, "steps", b.steps(), n.steps());
        name(names, "guidance", b.guidance(), n.guidance());
        name(names, "temperature", b.temperature(), n.temperature());
        name(names, "size", List.of(b.width(), b.height(), b.fps(), b.windowFrames(), b.tailFrames()), List.of(n.width(), n.height(), n.fps(), n.windowFrames(), n.tailFrames()));
        name(names, "startImage", Optional.ofNullable(before.startImage()), Optional.ofNullable(now.startImage()));
        return names;
    }

    private static void name(List<String> names, String name, Object before, Object now) {
        if (!before.equals(now)) {
            names.add(name);
        }
    }
}
