package dev.longtake.gateway.films;

import dev.longtake.bundle.BundleManifest;
import dev.longtake.contract.Lane;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.FilmSettings;
import dev.longtake.film.plan.Planner;
import dev.longtake.film.story.Problem;
import dev.longtake.film.story.Story;
import dev.longtake.film.story.StoryException;
import dev.longtake.film.story.StoryLimits;
import dev.longtake.film.story.StoryReader;
import dev.longtake.gateway.films.FilmOptions.Preset;
import dev.longtake.gateway.films.ModelCatalog.Model;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** From what a user sends to a plan, or to everything that is wrong with it at once. Pure. */
public final class FilmPlanner {
    private final ModelCatalog models;

    public FilmPlanner(ModelCatalog models) {
        this.models = models;
    }

    /** A film that can be accepted. */
    public record Planned(FilmPlan plan, Lane lane) {}

    /**
     * @param story      as sent: prose or JSON, UTF-8
     * @param fileName   of the story, if it has one
     * @param parameters by the names of {@link FilmOptions#NAMES}
     */
    public Planned plan(byte[] story, Optional<String> fileName, Map<String, ? extends Collection<String>> parameters) throws StoryException {
        List<Problem> problems = new ArrayList<>();
        FilmOptions options = FilmOptions.read(parameters, problems);
        Optional<Story> read = Optional.empty();
        try {
            read = Optional.of(apply(options, new StoryReader(StoryLimits.DEFAULT, options.sceneSeconds()).read(story, fileName)));
        } catch (StoryException e) {
            if (e.isTooLarge()) {
                throw e;
            }
            problems.addAll(e.problems());
        }
        Optional<Model> model = Optional.empty();
        try {
            model = Optional.of(models.find(read.flatMap(Story::model).or(options::model)));
        } catch (StoryException e) {
            problems.addAll(e.problems());
        }
        if (!problems.isEmpty() || read.isEmpty() || model.isEmpty()) {
            throw StoryException.of(problems);
        }
        return new Planned(Planner.plan(read.get(), settings(model.get(), options)), options.lane());
    }

    private static Story apply(FilmOptions options, Story story) {
        return new Story(options.title().orElse(story.title()), options.model().or(story::model), options.seed().orElse(story.seed()), story.scenes());
    }

    private static FilmSettings settings(Model model, FilmOptions options) {
        BundleManifest manifest = model.manifest();
        BundleManifest.Video video = manifest.video();
        BundleManifest.Sampler sampler = manifest.sampler();
        int steps = options.preset() == Preset.FAST ? sampler.stepsFast() : sampler.steps();
        return new FilmSettings(manifest.name(), model.bundle(), manifest.engineRevision(), video.width(), video.height(), video.fps(), video.windowFrames(), video.prefixFrames(),
                options.steps().orElse(steps), options.guidance().orElse(sampler.guidance()), options.temperature().orElse(sampler.temperature()));
    }
}
