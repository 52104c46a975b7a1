package dev.longtake.platform.config;

/** What one process of the application does. */
public enum Role {
    GATEWAY,
    SCHEDULER,
    WORKER,
    STITCHER
}
