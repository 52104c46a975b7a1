package dev.longtake.scheduler.stage.film;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Lane;
import dev.longtake.contract.LaneEvent;
import dev.longtake.film.state.RevisionState;
import dev.longtake.film.state.SegmentState;
import dev.longtake.film.state.TransitionListener;
import dev.longtake.scheduler.stage.film.FilmStore.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A film while one input is being decided: changed in place, then written and published once. */
final class FilmChange {
    private static final int REASON_BYTES = 1_000;

    /** What every change works with. */
    record Tools(FilmStore store, FilmLimits limits, Consumer<FilmEffect> effects, TransitionListener listener) {}

    private final Tools tools;
    private final FilmRecord before;
    private final Instant now;
    private FilmRecord f;

    FilmChange(Tools tools, FilmRecord film, Instant now) {
        this.tools = tools;
        this.before = film;
        this.f = film;
        this.now = now;
    }

    FilmRecord record() {
        return f;
    }

    FilmRef ref() {
        return f.ref();
    }

    Instant now() {
        return now;
    }

    FilmStore store() {
        return tools.store();
    }

    FilmLimits limits() {
        return tools.limits();
    }

    boolean over() {
        return f.state().isFinal();
    }

    boolean paused() {
        return f.state() == RevisionState.PAUSED;
    }

    void emit(FilmEffect effect) {
        tools.effects().accept(effect);
    }

    void announce(FilmEvent event) {
        emit(new FilmEffect.Announce(event));
    }

    void change(UnaryOperator<FilmRecord> change) {
        f = change.apply(f);
    }

    void progress(UnaryOperator<FilmRecord.Progress> change) {
        f = f.at(change.apply(f.progress()));
    }

    /** Moves as the table says. @return false if the table does not know the event for this state */
    boolean move(RevisionState.Event event, Optional<String> reason) {
        Optional<RevisionState> to = RevisionState.TABLE.next(f.state(), event, tools.listener());
        to.ifPresent(state -> {
            Optional<String> why = reason.map(r -> Texts.brief(r, REASON_BYTES));
            announce(new FilmEvent.FilmChanged(1, f.ref(), f.state().label(), state.label(), why, now));
            f = f.in(state, why, now);
        });
        return to.isPresent();
    }

    /** Moves a segment as the table says, and says so; empty if the table does not know the event for its state. */
    Optional<SegmentRecord> move(SegmentRecord segment, int scene, SegmentState.Event event) {
        return SegmentState.TABLE.next(segment.state(), event, tools.listener()).map(to -> {
            SegmentRecord moved = segment.in(to);
            store().put(moved);
            announce(new FilmEvent.SegmentChanged(1, ref(), segment.index(), scene, segment.state().label(), to.label(), moved.accepted().or(moved::newest),
                    moved.worker().isEmpty() ? Optional.empty() : Optional.of(moved.worker()), moved.reused(), now,
                    to == SegmentState.CLIPPED ? Optional.of(moved.clip().digest()) : Optional.empty()));
            return moved;
        });
    }

    void set(FilmStore.Kind kind, int index, Duration after) {
        store().set(new Timer(ref(), kind, index), now.plus(after));
    }

    boolean isSet(FilmStore.Kind kind, int index) {
        return store().isSet(new Timer(ref(), kind, index));
    }

    void clear(FilmStore.Kind kind, int index) {
        store().clear(new Timer(ref(), kind, index));
    }

    /** Something outside failed: shows the film as stalled once it is no blip. @return the pause before the next try */
    Duration outage(String reason) {
        f = f.troubled(f.outages() + 1);
        if (f.outages() >= limits().outagesToStall()) {
            move(RevisionState.Event.OUTAGE, Optional.of(reason));
        }
        return limits().pause(f.outages());
    }

    void recovered() {
        f = f.troubled(0);
        move(RevisionState.Event.RECOVERED, Optional.empty());
    }

    void withdraw(AttemptRef attempt) {
        emit(new FilmEffect.ToLane(new LaneEvent.Withdrawn(1, f.order().pool(), ref(), attempt, now)));
    }

    /** What waits to be handed out goes over to the other lane; what is handed out already would gain nothing. */
    void reprioritise(Lane lane) {
        RevisionState.TABLE.next(f.state(), RevisionState.Event.REPRIORITISE, tools.listener());
        if (f.order().lane() == lane) {
            return;
        }
        f = f.in(lane);
        for (SegmentRecord s : store().segments(ref())) {
            Optional<AttemptRef> offered = s.state() == SegmentState.READY ? s.newest() : s.state() == SegmentState.ACCEPTED && s.clip().asked() ? s.accepted() : Optional.empty();
            offered.ifPresent(attempt -> emit(new FilmEffect.ToLane(new LaneEvent.Moved(1, f.order().pool(), lane, ref(), attempt, now))));
        }
    }

    void giveUp(String reason) {
        end(RevisionState.Event.GIVE_UP, Optional.of(reason));
    }

    /** The revision comes to its end: whatever it still has in flight is withdrawn, and only its summary is kept. */
    void end(RevisionState.Event event, Optional<String> reason) {
        if (!move(event, reason)) {
            return;
        }
        for (SegmentRecord s : store().segments(ref())) {
            if (s.state() == SegmentState.READY || s.state() == SegmentState.DISPATCHED) {
                s.newest().ifPresent(this::withdraw);
            } else if (s.state() == SegmentState.ACCEPTED && s.clip().asked()) {
                s.accepted().ifPresent(this::withdraw);
            }
        }
        Keeping.ended(this);
        store().clear(ref());
        set(FilmStore.Kind.EXPIRE, -1, limits().keeping().retention());
        f = f.open(0, f.next());
    }

    /** Writes and publishes the film if anything changed. */
    void close() {
        if (!f.equals(before)) {
            f = f.changed(now);
            store().put(f);
            emit(new FilmEffect.Publish(f.summary()));
        }
    }
}
