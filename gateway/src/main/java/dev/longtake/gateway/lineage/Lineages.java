package dev.longtake.gateway.lineage;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Json;
import dev.longtake.contract.Lineage;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.SegmentReport;
import dev.longtake.contract.UnreadableMessageException;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.PlanDocument;
import dev.longtake.film.plan.PlannedSegment;
import dev.longtake.film.story.StoryException;
import dev.longtake.gateway.films.WorkerTable;
import dev.longtake.gateway.lineage.LineageView.Attempt;
import dev.longtake.gateway.lineage.LineageView.Parent;
import dev.longtake.gateway.lineage.LineageView.Segment;
import dev.longtake.platform.store.ObjectMissingException;
import dev.longtake.platform.store.ObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what was decided from the lineage that the scheduler wrote; before there is one, from the plan and from what the store holds. */
public final class Lineages {
    private static final Logger LOG = LoggerFactory.getLogger(Lineages.class);
    private static final String REPORT = "/report.json";

    private final ObjectStore objects;
    private final WorkerTable workers;

    public Lineages(ObjectStore objects, WorkerTable workers) {
        this.objects = objects;
        this.workers = workers;
    }

    /**
     * @param first place of the first segment shown
     * @return empty if neither lineage nor plan of the revision can be read
     */
    public Optional<LineageView> of(FilmState state, int first, int limit) {
        return decided(state, first, limit).or(() -> planned(state, first, limit));
    }

    private Optional<LineageView> decided(FilmState state, int first, int limit) {
        try {
            Lineage lineage = Json.read(objects.get(ObjectKeys.lineage(state.film())), Lineage.class);
            List<Segment> page = lineage.segments().stream().skip(first).limit(limit)
                    .map(e -> new Segment(e.index(), e.scene(), e.attempt().segmentKey(), e.prompt(), e.seed(), e.frames(), Optional.of(e.attempt().attempt()), e.parent().map(Lineages::parent),
                            Optional.of(e.worker()), Optional.of(e.reused()), Optional.of(e.clipDigest()), Optional.empty(), Optional.empty()))
                    .toList();
            return Optional.of(view(state, lineage.model(), lineage.bundle(), true, page, first, lineage.segments().size()));
        } catch (ObjectMissingException e) {
            return Optional.empty();
        } catch (UnreadableMessageException e) {
            LOG.warn("the lineage of {} cannot be read: {}", state.film(), e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<LineageView> planned(FilmState state, int first, int limit) {
        FilmPlan plan;
        try {
            plan = PlanDocument.fromBytes(objects.get(state.planKey().orElseGet(() -> ObjectKeys.plan(state.film())))).plan();
        } catch (ObjectMissingException | StoryException e) {
            return Optional.empty();
        }
        FilmRef film = state.film();
        Map<Integer, String> running = workers.running(film).stream().collect(Collectors.toMap(WorkerTable.Running::segment, WorkerTable.Running::worker, (a, b) -> a));
        List<Segment> page = plan.segments().stream().skip(first).limit(limit).map(s -> segment(film, plan, s, Optional.ofNullable(running.get(s.index())))).toList();
        return Optional.of(view(state, plan.settings().model(), plan.settings().bundle(), false, page, first, plan.segments().size()));
    }

    private static LineageView view(FilmState state, String model, String bundle, boolean decided, List<Segment> page, int first, int all) {
        int end = first + page.size();
        return new LineageView(state.film().film(), state.film().revision(), state.state(), model, bundle, decided, page, end < all && !page.isEmpty() ? Optional.of(end - 1) : Optional.empty());
    }

    private Segment segment(FilmRef film, FilmPlan plan, PlannedSegment s, Optional<String> worker) {
        return new Segment(s.index(), s.scene(), s.key().hex(), plan.prompt(s), s.seed(), s.newFrames(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.of(attempts(film.tenant(), s.key().hex())), worker);
    }

    private List<Attempt> attempts(String tenant, String key) {
        List<Attempt> attempts = new ArrayList<>();
        for (String object : objects.list(ObjectKeys.attempts(tenant, key))) {
            if (object.endsWith(REPORT)) {
                try {
                    if (Json.read(objects.get(object), SegmentReport.class) instanceof SegmentReport.Rendered r) {
                        attempts.add(new Attempt(r.attempt().attempt(), r.worker(), r.parent().map(Lineages::parent)));
                    }
                } catch (ObjectMissingException | UnreadableMessageException e) {
                    LOG.debug("{} is left out: {}", object, e.getMessage());
                }
            }
        }
        return attempts;
    }

    private static Parent parent(AttemptRef attempt) {
        return new Parent(attempt.segmentKey(), attempt.attempt());
    }
}
