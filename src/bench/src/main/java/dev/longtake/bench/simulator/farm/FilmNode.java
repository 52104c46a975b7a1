package dev.longtake.bench.simulator.farm;

import dev.longtake.bench.simulator.faults.Fault;
import dev.longtake.bench.simulator.farm.SimulatedStore.AwayException;
import dev.longtake.contract.AssemblyReport;
import dev.longtake.contract.Message;
import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.SegmentReport;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.PlanDocument;
import dev.longtake.film.state.RevisionState;
import dev.longtake.film.state.TransitionListener;
import dev.longtake.film.story.StoryException;
import dev.longtake.scheduler.stage.StateMap;
import dev.longtake.scheduler.stage.film.FilmEffect;
import dev.longtake.scheduler.stage.film.FilmStage;
import dev.longtake.scheduler.stage.film.FilmStore;
import dev.longtake.scheduler.stage.film.PlanSource;
import dev.longtake.scheduler.stage.film.SegmentRecord;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;

/** A scheduler process with the film stage, as {@code FilmProcessor} is one: plans from the store, lineages into it. */
public final class FilmNode extends SchedulerNode<FilmStage, FilmEffect> {
    public static final String AWAY = "the store does not answer";

    private final TransitionListener listener;
    private final Map<String, FilmPlan> plans = new HashMap<>();
    private final List<Read> reads = new ArrayList<>();
    private final Queue<FilmEffect.Assemble> assemblies = new ArrayDeque<>();
    private final List<Count> counts = new ArrayList<>();
    private Optional<SegmentRecord> before = Optional.empty();
    private Instant ticked = Instant.MIN;
    private Message deciding;

    /** A report was counted as so many failed tries at its segment, and at its clip. @param inputs inputs there had been */
    public record Count(int inputs, SegmentReport report, int tries, int clipTries) {}

    /** What came of looking for a plan. */
    public enum Read {
        FOUND,
        UNUSABLE,
        AWAY
    }

    FilmNode(Farm farm, TransitionListener listener) {
        super(farm, "film stage");
        this.listener = listener;
    }

    @Override
    protected FilmStage stage(StateMap over, Consumer<FilmEffect> told, boolean primary) {
        PlanSource source = primary ? this::plan : this::read;
        return new FilmStage(new FilmStore(farm.tampering().filmState(over)), source, farm.filmLimits(), told, primary ? listener : TransitionListener.NONE);
    }

    private FilmPlan plan(String key, String digest) throws PlanSource.UnusablePlanException, PlanSource.PlanAwayException {
        try {
            FilmPlan plan = read(key, digest);
            reads.add(Read.FOUND);
            return plan;
        } catch (PlanSource.UnusablePlanException e) {
            reads.add(Read.UNUSABLE);
            throw e;
        } catch (PlanSource.PlanAwayException e) {
            reads.add(Read.AWAY);
            throw e;
        }
    }

    private FilmPlan read(String key, String digest) throws PlanSource.UnusablePlanException, PlanSource.PlanAwayException {
        FilmPlan known = plans.get(digest);
        if (known != null) {
            return known;
        }
        try {
            Optional<Thing.Plan> stored = farm.store().get(key, Thing.Plan.class);
            if (stored.isEmpty() || !stored.get().digest().equals(digest)) {
                throw new PlanSource.UnusablePlanException(unusable(key));
            }
            FilmPlan plan = PlanDocument.fromBytes(stored.get().bytes()).plan();
            plans.put(digest, plan);
            return plan;
        } catch (AwayException e) {
            throw new PlanSource.PlanAwayException(AWAY);
        } catch (StoryException e) {
            throw new PlanSource.UnusablePlanException(e.getMessage());
        }
    }

    public static String unusable(String key) {
        return "no plan at " + key;
    }

    @Override
    protected void tell(FilmStage whom, Message message, Instant now) {
        Stages.tell(whom, message, now);
    }

    @Override
    protected void said(FilmEffect effect) {
        if (effect instanceof FilmEffect.Assemble assemble) {
            assemblies.add(assemble);
        }
        if (effect instanceof FilmEffect.Announce a && a.event() instanceof FilmEvent.FilmChanged e && RevisionState.of(e.to()).isFinal()) {
            farm.stir();
        }
        if (deciding == null && effect instanceof FilmEffect.Announce a && a.event() instanceof FilmEvent.FilmChanged e && e.to().equals("deleted")) {
            farm.faults().count(Fault.FILM_EXPIRES);
        }
        if (farm.traced() && effect instanceof FilmEffect.Announce announced) {
            farm.trace(() -> line(announced.event()));
        }
    }

    /** The lineage first: whoever takes the job must find what it names. */
    @Override
    protected void decided(FilmStage whom, Message message, Instant now) {
        if (message instanceof SegmentReport report) {
            count(report);
        }
        while (!assemblies.isEmpty()) {
            FilmEffect.Assemble assemble = assemblies.remove();
            try {
                farm.store().put(ObjectKeys.lineage(assemble.film()), new Thing.Joined(assemble.lineage()));
            } catch (AwayException e) {
                AssemblyReport failed = new AssemblyReport.Failed(Message.VERSION, assemble.film(), assemble.assembly(), e.getMessage(), List.of(), true, now);
                record(failed, now, true);
                whom.on(failed, now);
            }
        }
    }

    private static String line(FilmEvent event) {
        String film = event.film().filmKey() + " r" + event.film().revision() + " ";
        if (event instanceof FilmEvent.FilmChanged e) {
            return film + "film: " + e.from() + " → " + e.to() + e.reason().map(r -> " (" + r + ")").orElse("");
        } else if (event instanceof FilmEvent.SegmentChanged e) {
            return film + "segment " + e.index() + ": " + e.from() + " → " + e.to() + e.attempt().map(a -> ", attempt " + a.attempt()).orElse("") + (e.reused() ? ", reused" : "");
        } else if (event instanceof FilmEvent.LateReport e) {
            return film + "segment " + e.index() + ": late " + e.report() + " of attempt " + e.attempt().attempt();
        }
        FilmEvent.CommandRefused e = (FilmEvent.CommandRefused) event;
        return film + e.command() + " refused: " + e.state();
    }

    @Override
    protected void saidByFenced(FilmEffect effect) {
        if (effect instanceof FilmEffect.Assemble assemble && !farm.store().isAway(Fault.STORE_PUT_FAILS)) {
            farm.store().write(ObjectKeys.lineage(assemble.film()), new Thing.Joined(assemble.lineage()));
        }
    }

    @Override
    protected void deciding(Message message) {
        deciding = message;
        before = message instanceof SegmentReport report ? new FilmStore(state()).segmentAt(report.film(), report.index()) : Optional.empty();
    }

    private void count(SegmentReport report) {
        Optional<SegmentRecord> after = new FilmStore(state()).segmentAt(report.film(), report.index());
        if (before.isPresent() && after.isPresent()) {
            int tries = after.get().tries() - before.get().tries();
            int clipTries = after.get().clip().tries() - before.get().clip().tries();
            if (tries != 0 || clipTries != 0) {
                counts.add(new Count(log().size(), report, tries, clipTries));
            }
        }
    }

    /** Every report that was counted against a segment, in order. */
    public List<Count> counts() {
        return counts;
    }

    @Override
    protected void release(FilmEffect effect) {
        for (FilmEffect told : farm.tampering().told(effect)) {
            if (told instanceof FilmEffect.ToLane lane) {
                farm.lane(lane.event());
            } else if (told instanceof FilmEffect.Assemble assemble) {
                farm.assemble(assemble);
            } else if (told instanceof FilmEffect.Expire expire) {
                farm.expire(expire.job());
            }
        }
    }

    /** Whether the film is gone for so long that nothing is known of it any more. */
    public boolean isForgotten(FilmRef film) {
        return effects().stream().anyMatch(e -> e instanceof FilmEffect.Forget f && f.film().filmKey().equals(film.filmKey()));
    }

    @Override
    protected int reads() {
        return reads.size();
    }

    @Override
    protected void forgetReads(int after) {
        reads.subList(after, reads.size()).clear();
    }

    /** What came of each look for a plan, in order: plans are kept by what they say, so one that is not there may be known all the same. */
    public List<Read> plansRead() {
        return reads;
    }

    @Override
    protected boolean isTime(Instant now) {
        return true;
    }

    @Override
    protected boolean isTimeAfter(Instant now) {
        return !ticked.plusMillis(TICK).isAfter(now);
    }

    @Override
    protected void ticked(Instant now) {
        ticked = now;
    }

    @Override
    protected void restarted() {
        ticked = Instant.MIN;
        plans.clear();
        counts.removeIf(c -> c.inputs() > log().size());
        assemblies.clear();
    }
}
