package dev.longtake.film.story;

/**
 * What a story may be.
 *
 * @param bytes        size of the whole story
 * @param scenes       scenes of a film
 * @param promptChars  characters (Unicode code points) of a prompt
 * @param sceneSeconds duration of a scene
 * @param filmSeconds  duration of a film: keeps the number of segments, and with it the scheduler's state, bounded
 * @param titleChars   characters of a title
 */
public record StoryLimits(int bytes, int scenes, int promptChars, double sceneSeconds, double filmSeconds, int titleChars) {
    public static final StoryLimits DEFAULT = new StoryLimits(4 << 20, 10_000, 32_000, 3_600, 24 * 3_600, 200);
}
