package dev.longtake.film.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longtake.film.story.Scene;
import dev.longtake.film.story.Scene.Start;
import dev.longtake.film.story.Story;
import dev.longtake.film.story.StoryException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A plan as it is stored: the story and the settings, nothing that follows from them. Small for any film, and the same bytes for the
 * same plan; whoever reads it derives the segments again.
 *
 * @param version    raised when the same document would give other segments
 * @param startImage digest of the picture the film begins with, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PlanDocument(int version, String title, long seed, List<SceneEntry> scenes, FilmSettings settings, String startImage) {
    public static final int VERSION = 1;

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** A scene as stored: null for what was not given. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SceneEntry(String prompt, String negative, double seconds, boolean cut, Long seed) {}

    public static PlanDocument of(FilmPlan plan, Optional<String> startImage) {
        List<SceneEntry> scenes = plan.story().scenes().stream()
                .map(s -> new SceneEntry(s.prompt(), s.negative().orElse(null), s.seconds(), s.start() == Start.CUT, s.seed().isPresent() ? s.seed().getAsLong() : null))
                .toList();
        return new PlanDocument(VERSION, plan.story().title(), plan.story().seed(), scenes, plan.settings(), startImage.orElse(null));
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
            if (document.version() != VERSION) {
                throw StoryException.of("plan", "the plan is of version " + document.version() + ", this build follows " + VERSION, "use the build that made it, or submit again");
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
        return new Story(title, Optional.of(settings.model()), seed, scenes.stream()
                .map(s -> new Scene(s.prompt(), Optional.ofNullable(s.negative()), s.seconds(), s.cut() ? Start.CUT : Start.CONTINUE,
                        s.seed() == null ? OptionalLong.empty() : OptionalLong.of(s.seed())))
                .toList());
    }

    /** The segments, derived. */
    public FilmPlan plan() throws StoryException {
        return Planner.plan(story(), settings, Optional.ofNullable(startImage));
    }
}
