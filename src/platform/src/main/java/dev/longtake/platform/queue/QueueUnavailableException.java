package dev.longtake.platform.queue;

/** Kafka is away: nothing was promised, try again later. */
public final class QueueUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public QueueUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
