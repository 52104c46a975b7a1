package dev.longtake.scheduler.stage.film;

import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.state.RevisionState;
import java.time.Instant;
import java.util.Optional;

/**
 * What the film stage keeps of a film: one small record, however long the film is.
 *
 * @param chains   chains in work
 * @param next     the first chain not yet begun
 * @param outages  failures from outside in a row
 * @param kept     the newest earlier revision that is finished
 * @param sequence raised with every change, over all revisions
 */
public record FilmRecord(FilmRef ref, Order order, RevisionState state, Optional<String> reason, Optional<Shape> shape, Progress progress, int chains, int next, int outages,
                         Joining joining, Optional<FilmState.Kept> kept, long sequence, Instant updated, Optional<Instant> finished) {
    private static final int TITLE_BYTES = 800;

    /** What was ordered. */
    public record Order(String planKey, String planDigest, String title, Lane lane, String pool, Instant submitted) {}

    /** What the plan says. */
    public record Shape(String model, String bundle, int scenes, int segments, int frames, double fps, int width, int height) {
        static Shape of(FilmPlan plan) {
            var s = plan.settings();
            return new Shape(s.model(), s.bundle(), plan.story().scenes().size(), plan.segments().size(), Math.toIntExact(plan.frames()), s.fps(), s.width(), s.height());
        }
    }

    /** How far it is. @param rendering place of the scene that was last begun; -1 if none */
    public record Progress(int accepted, int clipped, int reused, int rendering, FilmState.Seconds seconds) {
        static final Progress NONE = new Progress(0, 0, 0, -1, FilmState.Seconds.NONE);

        Progress scene(int scene) {
            return new Progress(accepted, clipped, reused, scene, seconds);
        }

        Progress accepted(boolean again) {
            return new Progress(accepted + 1, clipped, reused + (again ? 1 : 0), rendering, seconds);
        }

        Progress clipped(int more) {
            return new Progress(accepted, clipped + more, reused, rendering, seconds);
        }

        Progress spent(double generating, double encoding, double waiting) {
            return new Progress(accepted, clipped, reused, rendering, seconds.plus(generating, encoding, waiting));
        }
    }

    /**
     * Where joining it stands.
     *
     * @param assemblies assemblies handed out
     * @param assembly   id of the newest
     * @param failures   those that failed
     * @param filmKey    object key of the film
     */
    public record Joining(int assemblies, Optional<String> assembly, int failures, Optional<String> filmKey) {
        static final Joining NONE = new Joining(0, Optional.empty(), 0, Optional.empty());
    }

    static Order order(FilmCommand.Submit s) {
        return new Order(s.planKey(), s.planDigest(), Texts.brief(s.title(), TITLE_BYTES), s.lane(), s.pool(), s.at());
    }

    static Order order(FilmCommand.Revise r) {
        return new Order(r.planKey(), r.planDigest(), Texts.brief(r.title(), TITLE_BYTES), r.lane(), r.pool(), r.at());
    }

    /** What was ordered before, ordered again. */
    Order orderedAgain(Instant at) {
        return new Order(order.planKey(), order.planDigest(), order.title(), order.lane(), order.pool(), at);
    }

    FilmRecord in(Lane lane) {
        Order moved = new Order(order.planKey(), order.planDigest(), order.title(), lane, order.pool(), order.submitted());
        return new FilmRecord(ref, moved, state, reason, shape, progress, chains, next, outages, joining, kept, sequence, updated, finished);
    }

    /** @param before the film's newest revision until now */
    static FilmRecord begun(FilmRef ref, Order order, Optional<FilmRecord> before, Instant now) {
        Optional<FilmState.Kept> kept = before.flatMap(b -> b.state() == RevisionState.FINISHED ? b.joining().filmKey().map(key -> new FilmState.Kept(b.ref().revision(), key)) : b.kept());
        return new FilmRecord(ref, order, RevisionState.TABLE.initial(), Optional.empty(), Optional.empty(), Progress.NONE, 0, 0, 0, Joining.NONE, kept,
                before.map(FilmRecord::sequence).orElse(0L), now, Optional.empty());
    }

    FilmRecord in(RevisionState to, Optional<String> why, Instant now) {
        return new FilmRecord(ref, order, to, why, shape, progress, chains, next, outages, joining, kept, sequence, updated, to.isFinal() ? Optional.of(now) : finished);
    }

    FilmRecord shaped(Shape known) {
        return new FilmRecord(ref, order, state, reason, Optional.of(known), progress, chains, next, outages, joining, kept, sequence, updated, finished);
    }

    FilmRecord at(Progress now) {
        return new FilmRecord(ref, order, state, reason, shape, now, chains, next, outages, joining, kept, sequence, updated, finished);
    }

    FilmRecord open(int inWork, int nextChain) {
        return new FilmRecord(ref, order, state, reason, shape, progress, inWork, nextChain, outages, joining, kept, sequence, updated, finished);
    }

    FilmRecord troubled(int inRow) {
        return new FilmRecord(ref, order, state, reason, shape, progress, chains, next, inRow, joining, kept, sequence, updated, finished);
    }

    FilmRecord joining(Joining now) {
        return new FilmRecord(ref, order, state, reason, shape, progress, chains, next, outages, now, kept, sequence, updated, finished);
    }

    FilmRecord changed(Instant now) {
        return new FilmRecord(ref, order, state, reason, shape, progress, chains, next, outages, joining, kept, sequence + 1, now, finished);
    }

    /** What is left of a film that is gone. */
    FilmRecord emptied() {
        Order empty = new Order("", "", "", order.lane(), order.pool(), order.submitted());
        return new FilmRecord(ref, empty, state, Optional.empty(), Optional.empty(), Progress.NONE, 0, 0, 0, Joining.NONE, Optional.empty(), sequence, updated, finished);
    }

    /** Whether this film, in its newest revision, needs what lies under another of its revisions: its plan, or the film that is shown meanwhile. */
    boolean needs(FilmRef revision) {
        return order.planKey().startsWith(ObjectKeys.revision(revision)) || state != RevisionState.FINISHED && kept.filter(k -> k.revision() == revision.revision()).isPresent();
    }

    FilmState summary() {
        Shape s = shape.orElse(new Shape("", "", 0, 0, 0, 0, 0, 0));
        return new FilmState(1, ref, order.title(), s.model(), s.bundle(), order.lane(), state.label(), reason, s.scenes(), s.segments(), s.frames(), s.fps(), s.width(), s.height(),
                progress.accepted(), progress.clipped(), progress.reused(), progress.rendering(), progress.seconds(), sequence, order.submitted(), updated, finished, joining.filmKey(), kept,
                Optional.of(order.planKey()));
    }
}
