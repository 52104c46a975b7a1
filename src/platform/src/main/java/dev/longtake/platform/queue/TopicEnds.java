package dev.longtake.platform.queue;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Says where topics end now: whoever has read up to there knows everything that was durable when it was asked. */
public final class TopicEnds implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Duration patience;

    /** @param patience how long an answer may take */
    public TopicEnds(String bootstrap, Duration patience) {
        this.patience = patience;
        this.consumer = new KafkaConsumer<>(Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap, ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed"), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** @return the offset after the last message, by partition. @throws QueueUnavailableException if there is no answer */
    public synchronized Map<Integer, Long> of(String topic) {
        try {
            Map<Integer, Long> ends = new HashMap<>();
            consumer.endOffsets(consumer.partitionsFor(topic, patience).stream().map(p -> new TopicPartition(topic, p.partition())).toList(), patience)
                    .forEach((p, end) -> ends.put(p.partition(), end));
            return ends;
        } catch (KafkaException e) {
            throw new QueueUnavailableException("no answer where " + topic + " ends: " + e.getMessage(), e);
        }
    }

    @Override
    public synchronized void close() {
        consumer.close();
    }
}
