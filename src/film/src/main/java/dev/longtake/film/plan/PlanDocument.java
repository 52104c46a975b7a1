package dev.longtake.film.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longtake.film.story.Sampling;
import dev.longtake.film.story.Scene;
import dev.longtake.film.story.Scene.Start;
import dev.longtake.film.story.Story;
import dev.longtake.film.story.StoryException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A plan as it is stored: the story and the settings, nothing that follows from them. Small for any film, and the same bytes for the
 * same plan; whoever reads it derives the segments again.
 *
 * @param version    raised when the same document would give other segments; 2 where scenes have settings of their own, which a build
 *                   that reads only 1 would leave out
 * @param startImage digest of the picture the film begins with, or null
 * @param origin     how the film was asked for, or null; no segment depends on it, so builds that do not know it may leave it out
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PlanDocument(int version, String title, long seed, List<SceneEntry> scenes, FilmSettings settings, String startImage, Origin origin) {
    public static final int VERSION = 2;
    private static final int WITHOUT_SCENE_SETTINGS = 1;

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** A plan that does not say how it was asked for. */
    public PlanDocument(int version, String title, long seed, List<SceneEntry> scenes, FilmSettings settings, String startImage) {
        this(version, title, seed, scenes, settings, startImage, null);
    }

    /**
     * How a film was asked for, where its scenes do not tell. It lies in the plan, and not beside it, so that it is there whenever the film is, at every
     * replica, and goes when the film goes.
     *
     * @param prompt      as it was written, before it was split into scenes; null if it was changed since
     * @param remixedFrom id of the film whose settings this one took over, or null
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Origin(String prompt, String remixedFrom) {}

    /** A scene as stored: null for what was not given. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SceneEntry(String prompt, String negative, double seconds, boolean cut, Long seed, Integer steps, Double guidance, Double temperature) {
        static SceneEntry of(Scene s) {
            Sampling own = s.sampling();
            return new SceneEntry(s.prompt(), s.negative().orElse(null), s.seconds(), s.start() == Start.CUT, s.seed().isPresent() ? s.seed().getAsLong() : null,
                    own.steps().isPresent() ? own.steps().getAsInt() : null, own.guidance().isPresent() ? own.guidance().getAsDouble() : null,
                    own.temperature().isPresent() ? own.temperature().getAsDouble() : null);
        }

        Scene scene() {
            Sampling own = new Sampling(steps == null ? OptionalInt.empty() : OptionalInt.of(steps), guidance == null ? OptionalDouble.empty() : OptionalDouble.of(guidance),
                    temperature == null ? OptionalDouble.empty() : OptionalDouble.of(temperature));
            return new Scene(prompt, Optional.ofNullable(negative), seconds, cut ? Start.CUT : Start.CONTINUE, seed == null ? OptionalLong.empty() : OptionalLong.of(seed), own);
        }
    }

    public static PlanDocument of(FilmPlan plan) {
        boolean own = plan.story().scenes().stream().anyMatch(s -> !s.sampling().isNone());
        return new PlanDocument(own ? VERSION : WITHOUT_SCENE_SETTINGS, plan.story().title(), plan.story().seed(), plan.story().scenes().stream().map(SceneEntry::of).toList(),
                plan.settings(), plan.startImage().orElse(null));
    }

    /** @param newOrigin replaces what it says of its origin; null for nothing */
    public PlanDocument withOrigin(Origin newOrigin) {
        return new PlanDocument(version, title, seed, scenes, settings, startImage, newOrigin);
    }

    public byte[] toBytes() {
        try {
            return MAPPER.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a plan is always writable", e);
        }
    }

    /** @throws StoryException if the bytes are not a plan this build can follow */
    public static PlanDocument fromBytes(byte[] bytes) throws StoryException {
        try {
            PlanDocument document = MAPPER.readValue(bytes, PlanDocument.class);
            if (document == null) {
                throw StoryException.of("plan", "the plan is empty", "submit the story again");
            }
            if (document.version() < WITHOUT_SCENE_SETTINGS || document.version() > VERSION) {
                throw StoryException.of("plan", "the plan is of version " + document.version() + ", this build follows up to " + VERSION, "use the build that made it, or submit again");
            }
            boolean scenes = document.scenes() != null && document.scenes().stream().allMatch(s -> s != null && s.prompt() != null && Double.isFinite(s.seconds()));
            if (!scenes || document.settings() == null || document.title() == null) {
                throw StoryException.of("plan", "the plan lacks its scenes or settings", "submit the story again");
            }
            return document;
        } catch (IOException e) {
            throw StoryException.of("plan", "the plan cannot be read", "submit the story again");
        }
    }

    public Story story() {
        return new Story(title, Optional.of(settings.model()), seed, scenes.stream().map(SceneEntry::scene).toList());
    }

    /** The segments, derived. */
    public FilmPlan plan() throws StoryException {
        return Planner.plan(story(), settings, Optional.ofNullable(startImage));
    }
}
