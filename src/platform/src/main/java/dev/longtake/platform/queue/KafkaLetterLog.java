package dev.longtake.platform.queue;

import dev.longtake.contract.DeadLetter;
import dev.longtake.contract.Json;
import dev.longtake.contract.Topics;
import dev.longtake.contract.UnreadableMessageException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
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
 * {@link LetterLog} read anew each time it is asked for: letters are rare and looked at by people, so nothing is kept of them in memory,
 * and what one gateway did about a letter every other sees at once.
 */
public final class KafkaLetterLog implements LetterLog {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaLetterLog.class);
    private static final TopicPartition TOPIC = new TopicPartition(Topics.DEAD_LETTERS, 0);
    private static final Duration POLL = Duration.ofMillis(200);

    private final String bootstrap;
    private final Duration patience;

    /** @param patience how long reading may take in all */
    public KafkaLetterLog(String bootstrap, Duration patience) {
        this.bootstrap = bootstrap;
        this.patience = patience;
    }

    /** One reader at a time: many people who look at once must not fill the memory. */
    @Override
    public synchronized void newest(int most, Consumer<Entry> each) {
        long until = System.nanoTime() + patience.toNanos();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false,
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) patience.toMillis(),
                ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"), new StringDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(TOPIC));
            long end = consumer.endOffsets(List.of(TOPIC)).get(TOPIC);
            long first = consumer.beginningOffsets(List.of(TOPIC)).get(TOPIC);
            consumer.seek(TOPIC, Math.max(first, end - most));
            while (consumer.position(TOPIC) < end) {
                if (System.nanoTime() - until > 0) {
                    throw new QueueUnavailableException("the dead letters were not read within " + patience, null);
                }
                for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                    if (record.offset() < end) {
                        read(record, each);
                    }
                }
            }
        } catch (KafkaException e) {
            throw new QueueUnavailableException("cannot read the dead letters: " + e.getMessage(), e);
        }
    }

    private static void read(ConsumerRecord<String, byte[]> record, Consumer<Entry> each) {
        String id = record.partition() + "-" + record.offset();
        try {
            each.accept(new Entry(id, Json.read(record.value() == null ? new byte[0] : record.value(), DeadLetter.class)));
        } catch (UnreadableMessageException e) {
            LOG.warn("letter {} stays where it is: {}", id, e.getMessage());
        }
    }
}
