package dev.longtake.engine;

/** The input itself is bad: no engine with this bundle will ever render it, so trying again is pointless (poison). */
public final class BadSegmentException extends Exception {
    public BadSegmentException(String message) {
        super(message);
    }

    public BadSegmentException(String message, Throwable cause) {
        super(message, cause);
    }
}
