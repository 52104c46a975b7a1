package dev.longtake.platform.queue;

import dev.longtake.contract.Json;
import dev.longtake.contract.Message;
import dev.longtake.contract.UnreadableMessageException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A topic's history by a consumer of its own for each reading: history is read seldom, and must not disturb whoever follows the topic live.
 *
 * @param <T> the message type
 */
public final class TopicHistory<T extends Message> implements HistoryReader<T> {
    private static final Logger LOG = LoggerFactory.getLogger(TopicHistory.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int BATCH = 200;
    private static final int FETCH_BYTES = 256 << 10;

    private final String bootstrap;
    private final String topic;
    private final Class<T> type;
    private final Duration patience;

    /** @param patience how long brokers may be silent */
    public TopicHistory(String bootstrap, String topic, Class<T> type, Duration patience) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.type = type;
        this.patience = patience;
    }

    private KafkaConsumer<String, byte[]> consumer() {
        return new KafkaConsumer<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                // What lies before the reader is bounded, however much is asked for.
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG, BATCH,
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES,
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) patience.toMillis(),
                // Retention may take what was just asked for: then what is oldest now is next, and the offsets say so.
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"), new StringDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public Bounds bounds(int partition) {
        List<TopicPartition> asked = List.of(new TopicPartition(topic, partition));
        try (KafkaConsumer<String, byte[]> consumer = consumer()) {
            return new Bounds(consumer.beginningOffsets(asked).get(asked.get(0)), consumer.endOffsets(asked).get(asked.get(0)));
        } catch (KafkaException e) {
            throw new QueueUnavailableException("cannot look at " + topic + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void read(int partition, long from, long until, Listener<T> listener) {
        TopicPartition asked = new TopicPartition(topic, partition);
        try (KafkaConsumer<String, byte[]> consumer = consumer()) {
            consumer.assign(List.of(asked));
            consumer.seek(asked, from);
            long heard = System.nanoTime();
            long position = from;
            while (position < until) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                    if (record.offset() >= until || !deliver(record, listener)) {
                        return;
                    }
                }
                long now = consumer.position(asked, patience);
                if (now > position) {
                    heard = System.nanoTime();
                } else if (System.nanoTime() - heard > patience.toNanos()) {
                    throw new QueueUnavailableException("cannot read " + topic + "-" + partition + " from " + position, null);
                }
                position = now;
            }
        } catch (KafkaException e) {
            throw new QueueUnavailableException("cannot read " + topic + ": " + e.getMessage(), e);
        }
    }

    private boolean deliver(ConsumerRecord<String, byte[]> record, Listener<T> listener) {
        try {
            return record.value() == null || listener.on(Json.read(record.value(), type), record.offset());
        } catch (UnreadableMessageException e) {
            LOG.warn("{}-{}@{} skipped: {}", topic, record.partition(), record.offset(), e.getMessage());
            return true;
        }
    }
}
