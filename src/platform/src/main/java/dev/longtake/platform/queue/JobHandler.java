package dev.longtake.platform.queue;

/**
 * Does one job taken from a share group. Called on the slot's own thread while the polling thread renews the lock.
 *
 * @param <T> the message type
 */
@FunctionalInterface
public interface JobHandler<T> {
    /**
     * @param deliveries how often the broker has handed out this record, this time included. A hint and no count: it starts again at 1 when a
     *                   broker restarts, and the broker drops a record in silence when it gets too high
     * @return what to tell the queue; throwing counts as {@link Verdict#RELEASE}
     */
    Verdict handle(T job, int deliveries);

    /** What becomes of the record. */
    enum Verdict {
        /** Done, or decided otherwise: never deliver it again. */
        ACCEPT,
        /** Not done and unharmed: deliver it to another. */
        RELEASE,
        /** Nobody can do it: drop it. */
        REJECT
    }
}
