package dev.longtake.gateway.films;

import dev.longtake.bundle.BundleManifest;
import dev.longtake.contract.Lane;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.FilmSettings;
import dev.longtake.film.plan.PlanDocument;
import dev.longtake.film.plan.Planner;
import dev.longtake.film.story.Problem;
import dev.longtake.film.story.Sampling;
import dev.longtake.film.story.Story;
import dev.longtake.film.story.StoryException;
import dev.longtake.film.story.StoryLimits;
import dev.longtake.film.story.StoryReader;
import dev.longtake.film.story.Vocabulary.Warning;
import dev.longtake.gateway.films.FilmOptions.Preset;
import dev.longtake.gateway.films.ModelCatalog.Model;
import dev.longtake.gateway.webhooks.address.Targets;
import dev.longtake.media.picture.PictureLimits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** From what a user sends to a plan, or to everything that is wrong with it at once. Pure. */
public final class FilmPlanner {
    private static final String LANE = "lane";
    private static final String CALLBACK = "callback";
    private static final Problem STAYS = new Problem(CALLBACK, "belongs to the film and not to its scenes", "leave it out; the film's own is told of every revision");

    private final ModelCatalog models;
    private final PictureLimits pictures;
    private final Targets targets;

    /** @param targets what a film may be told to */
    public FilmPlanner(ModelCatalog models, PictureLimits pictures, Targets targets) {
        this.models = models;
        this.pictures = pictures;
        this.targets = targets;
    }

    public FilmPlanner(ModelCatalog models, PictureLimits pictures) {
        this(models, pictures, Targets.DEFAULT);
    }

    public FilmPlanner(ModelCatalog models) {
        this(models, PictureLimits.DEFAULT);
    }

    /**
     * A film that can be accepted.
     *
     * @param image    the picture it begins with, to be stored before the plan
     * @param warnings what is likely to come out otherwise than meant; no reason to refuse it
     * @param callback URL that is told what happens to the film
     * @param origin   how it was asked for, where the scenes do not tell
     */
    public record Planned(FilmPlan plan, Lane lane, Optional<StartImage> image, List<Warning> warnings, Optional<String> callback, Optional<PlanDocument.Origin> origin) {
        public Planned withOrigin(PlanDocument.Origin newOrigin) {
            return new Planned(plan, lane, image, warnings, callback, Optional.of(newOrigin));
        }

        /** The plan as it is stored. */
        public byte[] document() {
            return PlanDocument.of(plan).withOrigin(origin.orElse(null)).toBytes();
        }
    }

    /** Without a picture beside the story. */
    public Planned plan(byte[] story, Optional<String> fileName, Map<String, ? extends Collection<String>> parameters) throws StoryException {
        return plan(story, fileName, parameters, Optional.empty());
    }

    /**
     * @param story      as sent: prose or JSON, UTF-8
     * @param fileName   of the story, if it has one
     * @param parameters by the names of {@link FilmOptions#NAMES}
     * @param image      file of the picture the film begins with; a JSON story may hold one itself
     */
    public Planned plan(byte[] story, Optional<String> fileName, Map<String, ? extends Collection<String>> parameters, Optional<byte[]> image) throws StoryException {
        return plan(story, fileName, parameters, image, Optional.empty());
    }

    /** What a film was planned as before. @param picture that its plan names */
    public record Before(PlanDocument plan, Lane lane, Optional<StartImage> picture) {}

    /**
     * Plans other scenes for a film that there is. What neither the parameters nor the story say stays as it was before, the picture
     * included: a changed default would change every key, and so render the whole film again. Scenes' own settings come with the scenes.
     */
    public Planned revise(byte[] story, Optional<String> fileName, Map<String, ? extends Collection<String>> parameters, Optional<byte[]> image, Before before) throws StoryException {
        return plan(story, fileName, parameters, image, Optional.of(before));
    }

    private Planned plan(byte[] story, Optional<String> fileName, Map<String, ? extends Collection<String>> parameters, Optional<byte[]> image, Optional<Before> before)
            throws StoryException {
        List<Problem> problems = new ArrayList<>();
        FilmOptions options = FilmOptions.read(parameters, problems);
        Optional<Story> read = Optional.empty();
        try {
            long seed = before.map(b -> b.plan().seed()).orElse(Story.DEFAULT_SEED);
            Story own = new StoryReader(StoryLimits.DEFAULT, options.sceneSeconds(), seed).read(story, fileName);
            read = Optional.of(own.title().isEmpty() ? own.withTitle(before.map(b -> b.plan().title()).orElse("")) : own);
        } catch (StoryException e) {
            if (e.isTooLarge()) {
                throw e;
            }
            problems.addAll(e.problems());
        }
        Optional<Model> model = Optional.empty();
        try {
            model = Optional.of(models.find(options.model().or(read.isPresent() ? read.get()::model : Optional::empty).or(() -> before.map(b -> b.plan().settings().model()))));
        } catch (StoryException e) {
            problems.addAll(e.problems());
        }
        // Of a picture without a model everything but its size can be said.
        BundleManifest.Video video = model.orElse(models.byDefault()).manifest().video();
        Optional<String> told = read.flatMap(Story::startImage);
        Optional<StartImage> first = StartImage.read(image, told, video.width(), video.height(), pictures, problems);
        // Of a story that cannot be read nobody knows whether it has a picture.
        boolean stays = image.isEmpty() && told.isEmpty() && read.isPresent() && model.isPresent();
        Optional<StartImage> kept = stays ? before.flatMap(b -> kept(b, video, problems)) : Optional.empty();
        Optional<String> callback = options.callback().or(read.isPresent() ? read.get()::callback : Optional::empty);
        callback.ifPresent(url -> (before.isEmpty() ? targets.problem(CALLBACK, url) : Optional.of(STAYS)).ifPresent(problems::add));
        if (!problems.isEmpty() || read.isEmpty() || model.isEmpty()) {
            throw StoryException.of(problems);
        }
        FilmPlan plan = Planner.plan(settled(options, read.get(), model.get()), settings(model.get(), options, read.get(), before), first.or(() -> kept).map(StartImage::digest));
        Lane lane = parameters.containsKey(LANE) ? options.lane() : before.map(Before::lane).orElse(options.lane());
        return new Planned(plan, lane, first.or(() -> kept), model.get().vocabulary().warnings(read.get().scenes()), callback, before.flatMap(b -> origin(b.plan(), plan.story())));
    }

    /** Of a film whose scenes were changed nobody wrote the prompt; what it is a remix of it stays. */
    private static Optional<PlanDocument.Origin> origin(PlanDocument before, Story story) {
        return Optional.ofNullable(before.origin()).map(o -> before.story().scenes().equals(story.scenes()) ? o : new PlanDocument.Origin(null, o.remixedFrom()))
                .filter(o -> o.prompt() != null || o.remixedFrom() != null);
    }

    /** The picture a film began with. It is stored as a frame, so no model of another size can begin with it. */
    private static Optional<StartImage> kept(Before before, BundleManifest.Video video, List<Problem> problems) {
        FilmSettings settings = before.plan().settings();
        if (before.picture().isPresent() && (settings.width() != video.width() || settings.height() != video.height())) {
            problems.add(new Problem(StartImage.FIELD, "the film's picture was cut to " + settings.width() + "x" + settings.height() + ", and this model makes "
                    + video.width() + "x" + video.height(), "send the picture again, or a JSON story with \"start_image\": null"));
        }
        return before.picture();
    }

    /** The story as it is kept: what it said of settings and picture is in the plan's own by now. */
    private static Story settled(FilmOptions options, Story story, Model model) {
        return new Story(options.title().orElse(story.title()), Optional.of(model.name()), options.seed().orElse(story.seed()), story.scenes());
    }

    private static FilmSettings settings(Model model, FilmOptions options, Story story, Optional<Before> before) {
        BundleManifest manifest = model.manifest();
        BundleManifest.Video video = manifest.video();
        BundleManifest.Sampler sampler = manifest.sampler();
        int steps = options.preset().orElse(Preset.BEST) == Preset.FAST ? sampler.stepsFast() : sampler.steps();
        Sampling preset = options.preset().isPresent() ? new Sampling(OptionalInt.of(steps), OptionalDouble.empty(), OptionalDouble.empty()) : Sampling.NONE;
        // Another model has its own idea of good settings.
        Sampling kept = before.map(b -> b.plan().settings()).filter(b -> b.model().equals(manifest.name())).map(FilmPlanner::sampling).orElse(Sampling.NONE);
        return new FilmSettings(manifest.name(), model.bundle(), manifest.engineRevision(), video.width(), video.height(), video.fps(), video.windowFrames(), video.prefixFrames(),
                steps, sampler.guidance(), sampler.temperature()).with(options.sampling().or(preset).or(story.sampling()).or(kept));
    }

    private static Sampling sampling(FilmSettings settings) {
        return new Sampling(OptionalInt.of(settings.steps()), OptionalDouble.of(settings.guidance()), OptionalDouble.of(settings.temperature()));
    }
}
