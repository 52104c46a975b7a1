package dev.longtake.contract;

/** A priority class, most urgent first: a lane is served only when every lane before it is empty. */
public enum Lane {
    INTERACTIVE,
    BATCH
}
