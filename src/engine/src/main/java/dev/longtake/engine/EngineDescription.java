package dev.longtake.engine;

/**
 * What an engine runs.
 *
 * @param model        the bundle's name, such as {@code phenaki}
 * @param bundle       the bundle's digest, lower-case hex SHA-256
 * @param revision     engine revision: raised when the sampler's results change
 * @param width        frame width in pixels
 * @param height       frame height in pixels
 * @param fps          frames per second
 * @param windowFrames frames of one window
 * @param tailFrames   K, the frames handed from one segment to the next
 * @param slots        segments that may run together
 * @param device       {@code cpu} or {@code cuda}, with what matters for speed, such as {@code cpu bf16}
 */
public record EngineDescription(String model, String bundle, int revision, int width, int height, double fps, int windowFrames,
                                int tailFrames, int slots, String device) {}
