package dev.longtake.gateway.videos;

import dev.longtake.film.plan.Planner;
import dev.longtake.film.story.Problem;
import dev.longtake.film.story.Scene;
import dev.longtake.film.story.Scene.Start;
import dev.longtake.film.story.StoryException;
import dev.longtake.film.story.StoryLimits;
import dev.longtake.film.story.StoryReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * A prompt and a duration, as scenes. One line without marks is one scene, however many sentences describe it: that is what such clients mean by a prompt.
 * Several lines, or marks such as {@code [2s]} and {@code [#]}, are a story, read as everywhere else. Pure.
 */
final class VideoPrompt {
    /** Seconds of a video if nobody says; of each scene that says nothing if there are several. What clients of this interface expect. */
    static final double DEFAULT_SECONDS = 4;

    private static final Pattern MARK = Pattern.compile("\\[\\h*+[-+]?+[0-9][0-9.,eE+-]*+\\h*+s\\h*+#?+\\h*+\\]|\\[\\h*+#\\h*+\\]");
    /** Stands for a duration that was not given: nobody writes it. */
    private static final double UNSAID = Double.MIN_VALUE;

    private VideoPrompt() {}

    /**
     * @param seconds of the whole, shared evenly between the scenes that have no duration of their own; if absent, each of those lasts {@link #DEFAULT_SECONDS}
     * @param fps     frames are shared, not seconds, so that the film has exactly the frames that were asked for
     * @throws StoryException if the prompt is no story, or the seconds do not suffice for it
     */
    static List<Scene> scenes(String prompt, OptionalDouble seconds, double fps) throws StoryException {
        if (isOneScene(prompt)) {
            return List.of(scene(prompt.strip(), seconds.orElse(DEFAULT_SECONDS), Start.CONTINUE));
        }
        List<Scene> read = read(prompt);
        return seconds.isEmpty() ? read.stream().map(s -> isUnsaid(s) ? scene(s.prompt(), DEFAULT_SECONDS, s.start()) : s).toList() : shared(read, seconds.getAsDouble(), fps);
    }

    /** Whether some scene of a prompt has a duration of its own. */
    static boolean saysDurations(String prompt) throws StoryException {
        return !isOneScene(prompt) && !read(prompt).stream().allMatch(VideoPrompt::isUnsaid);
    }

    private static List<Scene> read(String prompt) throws StoryException {
        return new StoryReader(StoryLimits.DEFAULT, UNSAID).read(prompt.getBytes(StandardCharsets.UTF_8), Optional.of("prompt.txt")).scenes();
    }

    /** JSON is a story nowhere on this face; somebody who describes a scene that way gets one scene. */
    private static boolean isOneScene(String prompt) {
        return prompt.stripLeading().startsWith("{") || prompt.strip().lines().count() <= 1 && !MARK.matcher(prompt).find();
    }

    private static List<Scene> shared(List<Scene> read, double seconds, double fps) throws StoryException {
        long own = read.stream().filter(s -> !isUnsaid(s)).mapToLong(s -> Planner.frames(s.seconds(), fps)).sum();
        long open = read.stream().filter(VideoPrompt::isUnsaid).count();
        long frames = Planner.frames(seconds, fps) - own;
        if (open == 0 && frames != 0) {
            throw StoryException.of("seconds", "the scenes of the prompt last " + own / fps + " seconds by their own marks", "leave seconds out, or a mark");
        }
        if (frames < open) {
            throw StoryException.of(List.of(new Problem("seconds", "too short for the " + read.size() + " scenes of the prompt", "give at least " + (own + open) / fps + ", or fewer scenes")));
        }
        List<Scene> scenes = new ArrayList<>();
        long share = 0;
        for (Scene scene : read) {
            if (isUnsaid(scene)) {
                long from = share * frames / open;
                share++;
                scenes.add(scene(scene.prompt(), (share * frames / open - from) / fps, scene.start()));
            } else {
                scenes.add(scene);
            }
        }
        return scenes;
    }

    private static boolean isUnsaid(Scene scene) {
        return scene.seconds() == UNSAID;
    }

    private static Scene scene(String prompt, double seconds, Start start) {
        return new Scene(prompt, Optional.empty(), seconds, start, OptionalLong.empty());
    }
}
