package dev.longtake.gateway.videos;

import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.PlanDocument;
import dev.longtake.film.plan.PlanDocument.Origin;
import dev.longtake.film.plan.PlannedSegment;
import dev.longtake.film.plan.Planner;
import dev.longtake.film.state.RevisionState;
import dev.longtake.film.story.Problem;
import dev.longtake.film.story.Scene;
import dev.longtake.film.story.StoryException;
import dev.longtake.gateway.GatewayConfig;
import dev.longtake.gateway.films.FilmPlanner;
import dev.longtake.gateway.films.FilmPlanner.Planned;
import dev.longtake.gateway.films.ModelCatalog;
import dev.longtake.gateway.http.ProblemException;
import dev.longtake.gateway.http.ProblemType;
import dev.longtake.gateway.revisions.Revisions;
import dev.longtake.gateway.videos.VideoRequest.Operation;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** From what is asked for to a film's plan: a new one, one with another's settings, one that goes on where another ends. */
@Singleton
public class VideoPlans {
    private final FilmPlanner planner;
    private final ModelCatalog models;
    private final Revisions revisions;
    private final GatewayConfig config;

    @Inject
    public VideoPlans(FilmPlanner planner, ModelCatalog models, Revisions revisions, GatewayConfig config) {
        this.planner = planner;
        this.models = models;
        this.revisions = revisions;
        this.config = config;
    }

    static ProblemException noVideo() {
        return ProblemException.of(ProblemType.NO_SUCH_FILM, "There is no such video", "No video of this id is known here.");
    }

    /** @param more what else is wrong with the request */
    VideoRequest read(VideoBody body, Operation operation, List<Problem> more) throws StoryException {
        return VideoRequest.read(body, operation, models, config.pictures(), more);
    }

    Planned create(VideoRequest request) throws StoryException {
        double fps = models.find(request.model()).manifest().video().fps();
        List<Scene> scenes = VideoPrompt.scenes(request.prompt(), request.seconds(), fps);
        return planner.plan(StoryJson.of(scenes), Optional.of(StoryJson.NAME), request.options(), request.image()).withOrigin(new Origin(request.prompt(), null));
    }

    /** Another prompt; model, seed, sampling, picture, lane and, unless the prompt says durations, length stay. */
    Planned remix(String tenant, String id, VideoRequest request) throws StoryException {
        Revisions.Base source = source(tenant, id);
        PlanDocument before = source.before().plan();
        double fps = before.settings().fps();
        OptionalDouble length = VideoPrompt.saysDurations(request.prompt()) ? OptionalDouble.empty() : OptionalDouble.of(frames(before) / fps);
        List<Scene> scenes = VideoPrompt.scenes(request.prompt(), length, fps);
        return planner.revise(StoryJson.of(scenes), Optional.of(StoryJson.NAME), request.options(), Optional.empty(), source.before())
                .withOrigin(new Origin(request.prompt(), source.film().film()));
    }

    private static long frames(PlanDocument plan) {
        return plan.story().scenes().stream().mapToLong(s -> Planner.frames(s.seconds(), plan.settings().fps())).sum();
    }

    /** The scenes there are, and more: as every segment of theirs keeps its key, what is stored of them is taken over, and the new ones go on from its tail. */
    Planned extend(String tenant, VideoRequest request) throws StoryException {
        Revisions.Base source = source(tenant, request.video().orElseThrow());
        if (!source.state().equals(RevisionState.FINISHED.label())) {
            throw ProblemException.wrongState(source.state(), "The video is " + source.state() + "; it can be extended once it is completed.");
        }
        PlanDocument before = source.before().plan();
        List<Scene> scenes = new ArrayList<>(before.story().scenes());
        scenes.addAll(VideoPrompt.scenes(request.prompt(), request.seconds(), before.settings().fps()));
        Planned planned = planner.revise(StoryJson.of(scenes), Optional.of(StoryJson.NAME), request.options(), Optional.empty(), source.before())
                .withOrigin(new Origin(request.prompt(), null));
        if (!beginsWith(planned.plan(), before.plan())) {
            throw ProblemException.of(ProblemType.MODEL_CHANGED, "The video cannot be extended", "The model has changed since it was made; its beginning would come out otherwise.");
        }
        return planned;
    }

    /** A key is made of its parent's, but a chain begins without one: every last segment of a chain has to be looked at, so all are. */
    private static boolean beginsWith(FilmPlan plan, FilmPlan beginning) {
        List<PlannedSegment> all = plan.segments();
        List<PlannedSegment> first = beginning.segments();
        return first.size() <= all.size() && IntStream.range(0, first.size()).allMatch(i -> all.get(i).key().equals(first.get(i).key()));
    }

    private Revisions.Base source(String tenant, String id) {
        try {
            return revisions.base(tenant, VideoIds.film(id).orElseThrow(VideoPlans::noVideo)).orElseThrow(VideoPlans::noVideo);
        } catch (Revisions.NoPlanException e) {
            throw ProblemException.of(ProblemType.NO_PLAN, "The video's plan cannot be used", e.getMessage());
        }
    }
}
