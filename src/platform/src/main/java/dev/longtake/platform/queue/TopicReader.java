package dev.longtake.platform.queue;

import dev.longtake.contract.Json;
import dev.longtake.contract.Message;
import dev.longtake.contract.UnreadableMessageException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
 * Reads all of a topic without a group, on its own thread, and goes on where it was when brokers come back. Messages it cannot read
 * are skipped with a warning: whoever owns the topic parks them.
 *
 * @param <T> the message type
 */
public final class TopicReader<T extends Message> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);
    private static final Duration POLL = Duration.ofMillis(500);

    private final String bootstrap;
    private final String topic;
    private final Class<T> type;
    private final From from;
    private final Listener<T> listener;
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private final Thread thread;
    private Map<TopicPartition, Long> ends;
    private volatile boolean stopping;

    /** Where to begin. */
    public enum From {
        BEGINNING,
        NOW
    }

    /** Gets each message. @param <T> the message type */
    @FunctionalInterface
    public interface Listener<T> {
        /** @param message null if the key was deleted (compacted topics) */
        void on(String key, T message, int partition, long offset);
    }

    public TopicReader(String bootstrap, String topic, Class<T> type, From from, Listener<T> listener) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.type = type;
        this.from = from;
        this.listener = listener;
        this.thread = new Thread(this::run, "read-" + topic);
        this.thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Waits until everything that was there at the start has been read. */
    public boolean awaitCaughtUp(Duration patience) throws InterruptedException {
        return caughtUp.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    public boolean isCaughtUp() {
        return caughtUp.getCount() == 0;
    }

    private void run() {
        while (!stopping) {
            try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(Map.of(
                    ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                    ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
                    // The scheduler writes in transactions: what it took back must not be seen.
                    ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                    ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"), new StringDeserializer(), new ByteArrayDeserializer())) {
                assign(consumer);
                while (!stopping) {
                    consumer.poll(POLL).forEach(this::deliver);
                    consumer.assignment().forEach(p -> positions.put(p, consumer.position(p)));
                    if (caughtUp.getCount() > 0 && ends.entrySet().stream().allMatch(e -> positions.getOrDefault(e.getKey(), 0L) >= e.getValue())) {
                        caughtUp.countDown();
                    }
                }
            } catch (KafkaException e) {
                LOG.warn("reading {}: queue away, trying again: {}", topic, e.toString());
                pause();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(1_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopping = true;
        }
    }

    private void assign(KafkaConsumer<String, byte[]> consumer) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream().map(p -> new TopicPartition(topic, p.partition())).toList();
        consumer.assign(partitions);
        if (ends == null) {
            ends = new HashMap<>(consumer.endOffsets(partitions));
            if (from == From.NOW) {
                positions.putAll(ends);
            }
        }
        for (TopicPartition p : partitions) {
            Long position = positions.get(p);
            if (position == null) {
                consumer.seekToBeginning(List.of(p));
            } else {
                consumer.seek(p, position);
            }
        }
    }

    private void deliver(ConsumerRecord<String, byte[]> record) {
        try {
            T message = record.value() == null ? null : Json.read(record.value(), type);
            listener.on(record.key(), message, record.partition(), record.offset());
        } catch (UnreadableMessageException e) {
            LOG.warn("{}-{}@{} skipped: {}", topic, record.partition(), record.offset(), e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("{}-{}@{}: its listener threw", topic, record.partition(), record.offset(), e);
        }
    }

    @Override
    public void close() {
        stopping = true;
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
