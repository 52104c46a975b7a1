package dev.longtake.gateway;

import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The audit trail: {@code longtake.gateway.audit}. */
public interface AuditConfig {
    /** Whether prompts are written into it. They are the tenant's words, and the trail outlives its films. */
    @WithDefault("false")
    boolean prompts();

    /** How long an answer waits for its line in the trail to be durable, before it is 503: no change is answered that is not written down. */
    @WithDefault("PT5S")
    Duration patience();

    /** Lines of the trail that one request looks at; what is older, the next page shows. */
    @WithDefault("5000")
    int window();
}
