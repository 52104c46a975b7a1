package dev.longtake.platform.queue;

import dev.longtake.contract.Message;
import java.util.concurrent.CompletionStage;

/** Sends messages. Idempotent producer, all replicas acknowledge. */
public interface Publisher {
    /** Sends and waits until the message is durable. @throws QueueUnavailableException if that took longer than the configured patience */
    void send(String topic, String key, Message message);

    /** Sends in order with what was sent before; the stage completes when the message is durable. */
    CompletionStage<Void> sendAsync(String topic, String key, Message message);
}
