package dev.longtake.contract;

/** A message that this build cannot read; it belongs in {@code dead-letters}, not in a retry loop. */
public final class UnreadableMessageException extends Exception {
    public UnreadableMessageException(String message, Throwable cause) {
        super(message, cause);
    }
}
