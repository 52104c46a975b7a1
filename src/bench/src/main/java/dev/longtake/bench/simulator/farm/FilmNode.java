package dev.longtake.bench.simulator.farm;

import dev.longtake.bench.simulator.faults.Fault;
import dev.longtake.bench.simulator.farm.SimulatedStore.AwayException;
import dev.longtake.contract.AssemblyReport;
import dev.longtake.contract.Message;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.PlanDocument;
import dev.longtake.film.state.TransitionListener;
import dev.longtake.film.story.StoryException;
import dev.longtake.scheduler.stage.StateMap;
import dev.longtake.scheduler.stage.film.FilmEffect;
import dev.longtake.scheduler.stage.film.FilmStage;
import dev.longtake.scheduler.stage.film.FilmStore;
import dev.longtake.scheduler.stage.film.PlanSource;
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
    private Instant ticked = Instant.MIN;

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
        return new FilmStage(new FilmStore(farm.tampering().filmState(over)), source, Farm.FILM_LIMITS, told, primary ? listener : TransitionListener.NONE);
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
    }

    /** The lineage first: whoever takes the job must find what it names. */
    @Override
    protected void decided(FilmStage whom, Instant now) {
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

    @Override
    protected void saidByFenced(FilmEffect effect) {
        if (effect instanceof FilmEffect.Assemble assemble && !farm.store().isAway(Fault.STORE_PUT_FAILS)) {
            farm.store().write(ObjectKeys.lineage(assemble.film()), new Thing.Joined(assemble.lineage()));
        }
    }

    @Override
    protected void release(FilmEffect effect) {
        for (FilmEffect told : farm.tampering().told(effect)) {
            if (told instanceof FilmEffect.ToLane lane) {
                farm.lane(lane.event());
            } else if (told instanceof FilmEffect.Assemble assemble) {
                farm.assemble(assemble);
            }
        }
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
        assemblies.clear();
    }
}
