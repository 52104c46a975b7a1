package dev.longtake.gateway.films;

import dev.longtake.contract.Message;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.queue.QueueUnavailableException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Keeps what was sent; can be away. */
public final class RecordingPublisher implements Publisher {
    private final List<Message> sent = new ArrayList<>();
    private final List<Raw> put = new ArrayList<>();
    private boolean away;

    /** Bytes that were sent as they are. @param message null if the key was deleted */
    public record Raw(String topic, String key, String message) {}

    @Override
    public synchronized void send(String topic, String key, Message message) {
        if (away) {
            throw new QueueUnavailableException("away", null);
        }
        sent.add(message);
    }

    @Override
    public synchronized void put(String topic, String key, byte[] message) {
        if (away) {
            throw new QueueUnavailableException("away", null);
        }
        put.add(new Raw(topic, key, message == null ? null : new String(message, StandardCharsets.UTF_8)));
    }

    @Override
    public CompletionStage<Void> sendAsync(String topic, String key, Message message) {
        send(topic, key, message);
        return CompletableFuture.completedFuture(null);
    }

    public synchronized List<Message> sent() {
        return List.copyOf(sent);
    }

    public synchronized List<Raw> raw() {
        return List.copyOf(put);
    }

    public synchronized void setAway(boolean away) {
        this.away = away;
    }
}
