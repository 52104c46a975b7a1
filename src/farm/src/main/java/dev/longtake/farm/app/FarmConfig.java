package dev.longtake.farm.app;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;

/** Settings of the application itself and of the embedded farm. */
@ConfigMapping(prefix = "longtake.farm")
public interface FarmConfig {
    /** Whether this process is ready only when a worker is: true in the embedded farm, where a farm without one renders nothing. */
    @WithDefault("false")
    boolean needsWorker();

    /**
     * Arguments of the embedded worker's JVM, separated by spaces. The engine's own memory is not on the heap, and its own code is not
     * Java: an optimising compiler would take the cores that the engine needs, for a gain that one film does not live to see.
     */
    @WithDefault("-Xmx768m -XX:+UseSerialGC -XX:TieredStopAtLevel=1")
    String workerJvm();

    /** Pause before a role that found the queue or the store away is started again. */
    @WithDefault("PT1S")
    Duration startPause();

    /** The settings before there is an application: system properties and the environment. */
    static FarmConfig early() {
        return new SmallRyeConfigBuilder().addDefaultSources().addDiscoveredConverters().withMapping(FarmConfig.class).build().getConfigMapping(FarmConfig.class);
    }
}
