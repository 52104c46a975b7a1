package dev.longtake.stitcher;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The stitcher's settings. */
@ConfigMapping(prefix = "longtake.stitcher")
public interface StitcherConfig {
    /** Films joined at once by this process. */
    @WithDefault("1")
    int slots();

    /** Where a film lies while it is being joined; a folder in the temporary directory if absent. Needs room for the largest film. */
    Optional<Path> scratch();

    /** Scenes that a contact sheet shows at most, evenly spread; keeps it viewable, and memory bounded. */
    @WithDefault("60")
    int contactSheetScenes();

    /** Frames of each scene on the contact sheet. */
    @WithDefault("6")
    int contactSheetFrames();

    /** What can be watched of films while they are rendered. */
    Fragments fragments();

    interface Fragments {
        /** Films whose fragments are published at once. Each waits for the store most of the time. */
        @WithDefault("4")
        int threads();

        /** How long a stitcher may not be heard of before the others publish its films' fragments; whoever watches one of them waits as long. */
        @WithDefault("PT10S")
        Duration session();
    }
}
