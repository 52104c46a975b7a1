package dev.longtake.scheduler.stage.film;

import dev.longtake.contract.AssemblyReport;
import dev.longtake.contract.ExpiryReport;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.LaneEvent;
import dev.longtake.contract.SegmentReport;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.state.RevisionState;
import dev.longtake.film.state.SegmentState;
import dev.longtake.film.state.TransitionListener;
import dev.longtake.scheduler.stage.film.FilmStore.Kind;
import dev.longtake.scheduler.stage.film.FilmStore.Timer;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Decides, for one tenant's films, which segment is next and which attempt counts.
 *
 * <p>Invariants: a chain has at most one segment in flight; a child is made ready only once its parent has an accepted attempt, and its
 * job names that attempt; the first complete report of any attempt this film ever made ready is accepted, and nothing after it
 * changes which attempt a segment is; every input may come twice, late or never, and none is an error; whatever is waited for has a
 * timer, so nothing is waited for in vain.
 *
 * <p>Called by one thread at a time. Every decision depends only on the store, the plans, the input and {@code now}.
 */
public final class FilmStage {
    private static final String UNKNOWN = "unknown";

    private final FilmStore store;
    private final PlanSource plans;
    private final FilmChange.Tools tools;
    private final Keeping keeping;

    public FilmStage(FilmStore store, PlanSource plans, FilmLimits limits, Consumer<FilmEffect> effects, TransitionListener listener) {
        this.store = store;
        this.plans = plans;
        this.tools = new FilmChange.Tools(store, limits, effects, listener);
        this.keeping = new Keeping(tools);
    }

    /** A command is followed in the states that {@link RevisionState#TABLE} says; in any other it changes nothing, and is refused aloud. */
    public void on(FilmCommand command, Instant now) {
        if (command instanceof FilmCommand.Submit submit) {
            submit(submit, now);
        } else if (command instanceof FilmCommand.Revise revise) {
            revise(revise, now);
        } else if (command instanceof FilmCommand.Retry retry) {
            allowed(retry, RevisionState.Event.RETRY, now).ifPresent(film -> renew(next(film.ref()), film.orderedAgain(retry.at()), RevisionState.Event.RETRY, now));
        } else if (command instanceof FilmCommand.Pause) {
            change(command, RevisionState.Event.PAUSE, now, FilmStage::pause);
        } else if (command instanceof FilmCommand.Resume) {
            change(command, RevisionState.Event.RESUME, now, this::resume);
        } else if (command instanceof FilmCommand.Delete) {
            allowed(command, RevisionState.Event.DELETE, now).ifPresent(film -> keeping.delete(film, RevisionState.Event.DELETE, now));
        } else if (command instanceof FilmCommand.Reprioritise reprioritise) {
            change(command, RevisionState.Event.REPRIORITISE, now, film -> film.reprioritise(reprioritise.lane()));
        } else {
            change(command, RevisionState.Event.CANCEL, now, film -> film.end(RevisionState.Event.CANCEL, Optional.empty()));
        }
    }

    /** The same submission may come again. After its film was deleted it makes no second one: whoever sends it must say that it is another. */
    private void submit(FilmCommand.Submit submit, Instant now) {
        Optional<FilmRecord> known = store.film(submit.film());
        if (known.filter(f -> f.state() == RevisionState.DELETED).isPresent()) {
            refuse(submit, known, now);
        } else if (known.filter(f -> f.ref().revision() >= submit.film().revision()).isEmpty()) {
            renew(submit.film(), FilmRecord.order(submit), RevisionState.Event.REVISE, now);
        }
    }

    private void change(FilmCommand command, RevisionState.Event event, Instant now, Consumer<FilmChange> how) {
        allowed(command, event, now).map(f -> new FilmChange(tools, f, now)).ifPresent(film -> {
            how.accept(film);
            film.close();
        });
    }

    /** The film, if its newest revision is the one meant and its state allows what is asked; otherwise says that it does not. */
    private Optional<FilmRecord> allowed(FilmCommand command, RevisionState.Event event, Instant now) {
        Optional<FilmRecord> newest = store.film(command.film());
        Optional<FilmRecord> film = newest.filter(f -> f.ref().equals(command.film()) && RevisionState.TABLE.next(f.state(), event).isPresent());
        if (film.isEmpty()) {
            refuse(command, newest, now);
        }
        return film;
    }

    private void refuse(FilmCommand command, Optional<FilmRecord> newest, Instant now) {
        String name = command.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        tools.effects().accept(new FilmEffect.Announce(new FilmEvent.CommandRefused(1, command.film(), name, newest.map(f -> f.state().label()).orElse(UNKNOWN), now)));
    }

    private void revise(FilmCommand.Revise revise, Instant now) {
        Optional<FilmRecord> newest = store.film(revise.film());
        if (newest.filter(f -> f.ref().revision() < revise.film().revision() && RevisionState.TABLE.next(f.state(), RevisionState.Event.REVISE).isPresent()).isPresent()) {
            renew(revise.film(), FilmRecord.order(revise), RevisionState.Event.REVISE, now);
        } else {
            refuse(revise, newest, now);
        }
    }

    private static FilmRef next(FilmRef film) {
        return new FilmRef(film.tenant(), film.film(), film.revision() + 1);
    }

    /** Begins a revision. One that is not over ends; one that is keeps what it has. */
    private void renew(FilmRef ref, FilmRecord.Order order, RevisionState.Event why, Instant now) {
        Optional<FilmRecord> before = store.film(ref);
        before.ifPresent(f -> RevisionState.TABLE.next(f.state(), why, tools.listener()));
        before.flatMap(f -> change(f.ref(), now)).ifPresent(older -> {
            older.end(RevisionState.Event.CANCEL, Optional.of("replaced by revision " + ref.revision()));
            older.close();
        });
        store.film(ref).ifPresent(ended -> tools.effects().accept(new FilmEffect.Keep(ended.summary())));
        FilmChange film = new FilmChange(tools, FilmRecord.begun(ref, order, store.film(ref), now), now);
        store.keeping().open(ref.tenant(), 1);
        keeping.obstacle(ref, order.pool()).ifPresentOrElse(film::giveUp, () -> begin(film));
        film.close();
    }

    /** What was offered and not sent is taken back; what is sent is finished. */
    private static void pause(FilmChange film) {
        film.move(RevisionState.Event.PAUSE, Optional.empty());
        for (SegmentRecord segment : film.store().segments(film.ref())) {
            if (segment.state() == SegmentState.READY) {
                segment.newest().ifPresent(film::withdraw);
                film.clear(Kind.SEGMENT, segment.index());
            }
        }
    }

    private void resume(FilmChange film) {
        film.move(RevisionState.Event.RESUME, Optional.empty());
        plan(film).ifPresent(plan -> goOn(film, plan));
    }

    /** Asks for whatever nobody was asked for while the film was paused. */
    private void goOn(FilmChange film, FilmPlan plan) {
        Rendering rendering = new Rendering(film, plan);
        rendering.goOn();
        completeIfClipped(film, plan, rendering);
    }

    private void begin(FilmChange film) {
        plan(film).ifPresent(plan -> {
            film.change(f -> f.shaped(FilmRecord.Shape.of(plan)).troubled(0));
            film.move(RevisionState.Event.PLANNED, Optional.empty());
            Rendering rendering = new Rendering(film, plan);
            rendering.openChains();
            completeIfClipped(film, plan, rendering);
        });
    }

    /** The film's plan. Without one the film fails; if it cannot be read now, that is tried again. */
    private Optional<FilmPlan> plan(FilmChange film) {
        try {
            return Optional.of(plans.plan(film.record().order().planKey(), film.record().order().planDigest()));
        } catch (PlanSource.UnusablePlanException e) {
            film.giveUp("the film's plan is unusable: " + e.getMessage());
        } catch (PlanSource.PlanAwayException e) {
            film.set(Kind.PLAN, -1, film.outage("the film's plan cannot be read: " + e.getMessage()));
        }
        return Optional.empty();
    }

    public void on(SegmentReport report, Instant now) {
        Optional<SegmentRecord> segment = store.active(report.film()).flatMap(f -> store.segmentAt(report.film(), report.index())).filter(s -> s.knows(report.attempt()));
        boolean ends = !(report instanceof SegmentReport.Dispatched) && !(report instanceof SegmentReport.Lost);
        if (ends) {
            store.film(report.film()).ifPresent(f -> ended(f.order().pool(), report, segment, now));
        }
        if (report instanceof SegmentReport.Clipped clipped) {
            clipStored(clipped, now);
        }
        if (segment.isEmpty()) {
            if (ends) {
                late(report, now);
            }
            return;
        }
        change(report.film(), now).ifPresent(film -> {
            if (store.parked(film.ref()).isEmpty()) {
                decide(film, report);
            } else {
                // Behind those that wait already: order matters.
                store.park(film.ref(), report);
            }
            film.close();
        });
    }

    /** Whatever becomes of the report: the job it is about has ended, and its place in the runway is free. */
    private void ended(String pool, SegmentReport report, Optional<SegmentRecord> segment, Instant now) {
        // A clip that was asked for and came from whoever owed it need not be made again.
        boolean twice = report instanceof SegmentReport.Clipped && segment.filter(s -> s.clip().asked()).isPresent();
        tools.effects().accept(new FilmEffect.ToLane(twice ? new LaneEvent.Withdrawn(1, pool, report.film(), report.attempt(), now)
                : new LaneEvent.Settled(1, pool, report.film(), report.attempt(), now)));
    }

    private void decide(FilmChange film, SegmentReport report) {
        Optional<FilmPlan> plan = plan(film);
        if (plan.isPresent()) {
            decide(film, plan.get(), report);
        } else if (!film.over()) {
            store.park(film.ref(), report);
        }
    }

    private void decide(FilmChange film, FilmPlan plan, SegmentReport report) {
        Rendering rendering = new Rendering(film, plan);
        store.segmentAt(film.ref(), report.index()).ifPresent(segment -> {
            if (report instanceof SegmentReport.Dispatched) {
                rendering.dispatched(segment, report.attempt());
            } else if (report instanceof SegmentReport.Rendered rendered) {
                if (!rendering.rendered(segment, rendered)) {
                    late(report, film.now());
                }
            } else if (report instanceof SegmentReport.Clipped clipped) {
                rendering.clipped(segment, clipped.attempt(), clipped.clipDigest(), clipped.encodeSeconds());
            } else {
                rendering.failed(segment, report);
            }
        });
        completeIfClipped(film, plan, rendering);
    }

    /** A clip is durable, whatever its film is doing by now: those that took the attempt over wait for it, too. */
    private void clipStored(SegmentReport.Clipped report, Instant now) {
        String tenant = report.film().tenant();
        store.stored(tenant, report.attempt()).ifPresent(stored -> {
            store.put(tenant, stored.clipped(report.clipDigest()));
            for (StoredAttempt.Waiting waiting : stored.waiting()) {
                change(waiting.film(), now).ifPresent(film -> {
                    plan(film).ifPresent(plan -> store.segmentAt(film.ref(), waiting.index()).ifPresent(segment -> {
                        Rendering rendering = new Rendering(film, plan);
                        rendering.clipped(segment, report.attempt(), report.clipDigest(), 0);
                        completeIfClipped(film, plan, rendering);
                    }));
                    film.close();
                });
            }
        });
    }

    public void on(AssemblyReport report, Instant now) {
        change(report.film(), now).filter(film -> film.record().joining().assemblies() > 0).ifPresent(film -> {
            if (report instanceof AssemblyReport.Assembled assembled) {
                Joining.assembled(film, assembled);
            } else if (report instanceof AssemblyReport.Failed failed && film.record().joining().assembly().equals(Optional.of(failed.assembly()))) {
                failed(film, failed);
            }
            film.close();
        });
    }

    private void failed(FilmChange film, AssemblyReport.Failed report) {
        boolean clips = !report.badClips().isEmpty() && !report.outside();
        Optional<FilmPlan> plan = clips ? plan(film) : Optional.empty();
        if (clips && plan.isEmpty()) {
            // The stitcher will name the clips again.
            if (!film.over()) {
                film.set(Kind.ASSEMBLY, -1, film.limits().longestPause());
            }
        } else if (Joining.failed(film, report)) {
            Rendering rendering = new Rendering(film, plan.orElseThrow());
            report.badClips().forEach(index -> store.segmentAt(film.ref(), index).ifPresent(rendering::clipLost));
            completeIfClipped(film, plan.get(), rendering);
        }
    }

    public void on(ExpiryReport report, Instant now) {
        keeping.on(report, now);
    }

    /** Looks at every timer that is due. */
    public void tick(Instant now) {
        due(now).forEach(timer -> on(timer, now));
    }

    public List<Timer> due(Instant now) {
        return store.due(now);
    }

    /** Looks at a timer later: there was no deciding on it. */
    public void postpone(Timer timer, Instant until) {
        store.set(timer, until);
    }

    /** A timer is due: it is cleared, and set again if there is still something to wait for. While a film is paused nothing is asked for. */
    public void on(Timer timer, Instant now) {
        store.clear(timer);
        if (timer.kind().isOfTheOver()) {
            keeping.due(timer, now);
            return;
        }
        change(timer.film(), now).ifPresent(film -> {
            if (film.record().shape().isEmpty()) {
                begin(film);
            } else if (!film.paused() || timer.kind() == Kind.PLAN) {
                Optional<FilmPlan> plan = plan(film);
                if (plan.isPresent()) {
                    due(film, plan.get(), timer);
                } else if (!film.over()) {
                    store.set(timer, now.plus(film.limits().longestPause()));
                }
            }
            film.close();
        });
    }

    private void due(FilmChange film, FilmPlan plan, Timer timer) {
        switch (timer.kind()) {
            case PLAN -> {
                List<FilmStore.Parked> waiting = store.parked(film.ref());
                store.unpark(film.ref());
                film.recovered();
                for (FilmStore.Parked parked : waiting) {
                    if (!film.over()) {
                        decide(film, plan, parked.report());
                    }
                }
                if (!film.over()) {
                    goOn(film, plan);
                }
            }
            case SEGMENT -> {
                Rendering rendering = new Rendering(film, plan);
                store.segmentAt(film.ref(), timer.index()).ifPresent(rendering::due);
                completeIfClipped(film, plan, rendering);
            }
            case ASSEMBLY -> Joining.due(film, plan);
            default -> throw new IllegalStateException("no timer of a film in work: " + timer);
        }
    }

    private void completeIfClipped(FilmChange film, FilmPlan plan, Rendering rendering) {
        if (rendering.complete()) {
            Joining.handOut(film, plan);
        }
    }

    private Optional<FilmChange> change(FilmRef ref, Instant now) {
        return store.active(ref).map(f -> new FilmChange(tools, f, now));
    }

    private void late(SegmentReport report, Instant now) {
        tools.effects().accept(new FilmEffect.Announce(new FilmEvent.LateReport(1, report.film(), report.index(), report.attempt(),
                report.getClass().getSimpleName().toLowerCase(Locale.ROOT), now)));
    }
}
