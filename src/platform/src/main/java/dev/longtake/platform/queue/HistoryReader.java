package dev.longtake.platform.queue;

/**
 * What a topic still holds, read by whoever comes later.
 *
 * @param <T> the message type
 */
public interface HistoryReader<T> {
    /** Offsets of a partition. @param oldest the first that is still there. @param end the next that will be written */
    record Bounds(long oldest, long end) {}

    /** Gets each message. @param <T> the message type */
    @FunctionalInterface
    interface Listener<T> {
        /** May block. @return whether to go on */
        boolean on(T message, long offset);
    }

    /** @throws QueueUnavailableException if brokers do not answer */
    Bounds bounds(int partition);

    /**
     * Reads the committed messages of a partition, those nobody can read left out.
     *
     * @param from  first offset
     * @param until the offset after the last
     * @throws QueueUnavailableException if brokers do not answer
     */
    void read(int partition, long from, long until, Listener<T> listener);
}
