package dev.longtake.platform.queue;

import dev.longtake.contract.Message;
import java.util.concurrent.CompletionStage;

/** Sends messages. Idempotent producer, all replicas acknowledge. */
public interface Publisher {
    /** Sends and waits until the message is durable. @throws QueueUnavailableException if that took longer than the configured patience */
    void send(String topic, String key, Message message);

    /**
     * Sends bytes as they are, and waits until they are durable: what was parked goes back as it was.
     *
     * @param key     null if there is none
     * @param message null to forget what a compacted topic holds under the key
     * @throws QueueUnavailableException as {@link #send}
     */
    void put(String topic, String key, byte[] message);

    /** Forgets what a compacted topic holds under a key, and waits until that is durable. @throws QueueUnavailableException as {@link #send} */
    default void remove(String topic, String key) {
        put(topic, key, null);
    }

    /** Sends in order with what was sent before; the stage completes when the message is durable. */
    CompletionStage<Void> sendAsync(String topic, String key, Message message);
}
