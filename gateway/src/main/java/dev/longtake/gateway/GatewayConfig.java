package dev.longtake.gateway;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The gateway's settings. */
@ConfigMapping(prefix = "longtake.gateway")
public interface GatewayConfig {
    /** The pool of workers that films go to; the scheduler must know it. */
    @WithDefault("cpu")
    String pool();

    /**
     * Stories planned at the same time. A story may be 4 MiB and 10,000 scenes, so without a bound a burst of large ones would fill the
     * memory; those above it wait.
     */
    @WithDefault("4")
    int planners();

    /** How long a story waits for its turn to be planned before the answer is 503. */
    @WithDefault("PT10S")
    Duration planPatience();

    /** What {@code Retry-After} says when the queue or the store is away. */
    @WithDefault("PT5S")
    Duration retryAfter();

    /** How long a worker may be silent before its running work is no longer shown. */
    @WithDefault("PT10S")
    Duration workerTimeout();
}
