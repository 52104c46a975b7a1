package dev.longtake.platform.queue;

import dev.longtake.contract.Json;
import dev.longtake.contract.Message;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** {@link Publisher} over an idempotent Kafka producer. */
public final class KafkaPublisher implements Publisher, AutoCloseable {
    private final KafkaProducer<String, byte[]> producer;
    private final Duration patience;

    /** @param patience how long a message may take to become durable before it is given up, by the producer too */
    public KafkaPublisher(String bootstrap, String clientId, Duration patience) {
        this.patience = patience;
        int millis = (int) patience.toMillis();
        this.producer = new KafkaProducer<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                ProducerConfig.CLIENT_ID_CONFIG, clientId,
                ProducerConfig.ACKS_CONFIG, "all",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true,
                ProducerConfig.LINGER_MS_CONFIG, 0,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, millis,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.max(1, Math.min(5_000, millis / 2)),
                ProducerConfig.MAX_BLOCK_MS_CONFIG, millis,
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 4 << 20),
                new StringSerializer(), new ByteArraySerializer());
    }

    @Override
    public void send(String topic, String key, Message message) {
        await(topic, sendAsync(topic, key, message));
    }

    @Override
    public void put(String topic, String key, byte[] message) {
        await(topic, sendBytes(topic, key, message));
    }

    private void await(String topic, CompletionStage<Void> sent) {
        try {
            sent.toCompletableFuture().get(patience.toMillis() + 1_000, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new QueueUnavailableException("cannot send to " + topic + ": " + e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new QueueUnavailableException("no answer for " + topic + " within " + patience, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueueUnavailableException("interrupted while sending to " + topic, e);
        }
    }

    @Override
    public CompletionStage<Void> sendAsync(String topic, String key, Message message) {
        return sendBytes(topic, key, Json.write(message));
    }

    private CompletionStage<Void> sendBytes(String topic, String key, byte[] message) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            producer.send(new ProducerRecord<>(topic, key, message), (metadata, failure) -> {
                if (failure == null) {
                    done.complete(null);
                } else {
                    done.completeExceptionally(failure);
                }
            });
        } catch (KafkaException | IllegalStateException e) {
            done.completeExceptionally(e);
        }
        return done;
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
