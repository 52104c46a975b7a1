package dev.longtake.platform.queue;

import dev.longtake.contract.DeadLetter;
import dev.longtake.contract.Json;
import dev.longtake.contract.Message;
import dev.longtake.contract.Topics;
import dev.longtake.contract.UnreadableMessageException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all of a topic without a group, on its own thread, and goes on where it was when brokers come back.
 *
 * <p>A message that this build cannot read, because it is newer or broken, is not lost; how, depends on the topic:
 * <ul>
 * <li>{@code worker-control} is parked in {@code dead-letters} ({@link Unreadable#park}): an order acts only on those who hear it now, so
 *     nobody would ever look at it again. Only what arrives while the reader runs is parked, and each reader parks it: the letter names
 *     the message's place, and letters of one place are one letter. What lies there from earlier was parked by those who ran then.
 * <li>{@code film-states} keeps it ({@link Unreadable#kept}): the topic is compacted and never forgets a film's newest state, and every
 *     gateway reads all of it when it starts, so a newer one finds it there. A scheduler that is upgraded first writes newer states for
 *     every film; a letter for each would bury the letters that matter.
 * <li>{@code worker-heartbeats} are skipped here: the scheduler reads the same messages and parks them. Each is outdated a second later.
 * <li>{@code dead-letters} keeps its own, for as long as a letter lasts: a letter about a letter would never end.
 * <li>{@code webhook-endpoints} and {@code webhook-deliveries} keep it, as compacted topics do: a newer gateway goes on with it.
 * <li>{@code film-events} keeps it, too: listeners of a gateway that can read it are told of it when they go on from there.
 * </ul>
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
    private final Unreadable unreadable;
    private final Map<TopicPartition, Long> positions = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
    private final Thread thread;
    private Map<TopicPartition, Long> ends;
    private volatile boolean stopping;
    private Consumer<Map<Integer, Long>> started = starts -> { };

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

    /** What becomes of a message that this build cannot read. */
    @FunctionalInterface
    public interface Unreadable {
        /** @param letter the message and why it cannot be read. @throws QueueUnavailableException if it has to come again */
        void on(DeadLetter letter);

        /** The topic keeps it, and a newer reader reads it again from the beginning. */
        static Unreadable kept() {
            return letter -> LOG.warn("{}-{}@{} stays where it is: {}", letter.topic(), letter.source().orElseThrow().partition(), letter.source().orElseThrow().offset(), letter.reason());
        }

        /** The next message says what it said: it is passed over without a word, since there may be one a second. */
        static Unreadable outdated() {
            return letter -> LOG.debug("{} passed over: {}", letter.topic(), letter.reason());
        }

        /** It is put into {@code dead-letters}. */
        static Unreadable park(Publisher deadLetters) {
            return letter -> {
                LOG.warn("{}-{}@{} parked: {}", letter.topic(), letter.source().orElseThrow().partition(), letter.source().orElseThrow().offset(), letter.reason());
                deadLetters.send(Topics.DEAD_LETTERS, letter.key(), letter);
            };
        }
    }

    public TopicReader(String bootstrap, String topic, Class<T> type, From from, Unreadable unreadable, Listener<T> listener) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.type = type;
        this.from = from;
        this.listener = listener;
        this.unreadable = unreadable;
        this.thread = new Thread(this::run, "read-" + topic);
        this.thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Waits until everything that was there at the start has been read. */
    public boolean awaitCaughtUp(Duration patience) throws InterruptedException {
        try {
            caughtUp.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("it is never completed exceptionally", e);
        }
    }

    public boolean isCaughtUp() {
        return caughtUp.isDone();
    }

    /** Whether everything before these offsets has been heard. @param ends by partition */
    public boolean hasRead(Map<Integer, Long> ends) {
        return ends.entrySet().stream().allMatch(e -> e.getValue() == 0 || positions.getOrDefault(new TopicPartition(topic, e.getKey()), 0L) >= e.getValue());
    }

    /** Completes, on the reader's thread, when everything that was there at the start has been read. */
    public CompletionStage<Void> caughtUp() {
        return caughtUp;
    }

    /** Tells, before the first message and once, from which offset each partition is read. To be called before {@link #start()}. */
    public TopicReader<T> whenStarted(Consumer<Map<Integer, Long>> told) {
        started = told;
        return this;
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
                    if (!caughtUp.isDone() && ends.entrySet().stream().allMatch(e -> positions.getOrDefault(e.getKey(), 0L) >= e.getValue())) {
                        caughtUp.complete(null);
                    }
                }
            } catch (KafkaException | QueueUnavailableException e) {
                LOG.warn("reading {}: queue away, trying again: {}", topic, e.toString());
                pause();
            } catch (RuntimeException e) {
                // Whoever listens would wait for ever for a reader that had ended.
                LOG.error("reading {}: unexpected, starting the consumer again", topic, e);
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
        if (partitions.isEmpty()) {
            throw new UnknownTopicOrPartitionException(topic + " is not there yet");
        }
        consumer.assign(partitions);
        if (ends == null) {
            ends = new HashMap<>(consumer.endOffsets(partitions));
            if (from == From.NOW) {
                positions.putAll(ends);
            }
            Map<TopicPartition, Long> first = from == From.NOW ? ends : consumer.beginningOffsets(partitions);
            started.accept(first.entrySet().stream().collect(Collectors.toUnmodifiableMap(e -> e.getKey().partition(), Map.Entry::getValue)));
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
        TopicPartition partition = new TopicPartition(topic, record.partition());
        try {
            T message = record.value() == null ? null : Json.read(record.value(), type);
            listener.on(record.key(), message, record.partition(), record.offset());
        } catch (UnreadableMessageException e) {
            unreadable(partition, record, e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("{}-{}@{}: its listener threw", topic, record.partition(), record.offset(), e);
        }
        positions.put(partition, record.offset() + 1);
    }

    private void unreadable(TopicPartition partition, ConsumerRecord<String, byte[]> record, String reason) {
        if (record.offset() < ends.getOrDefault(partition, 0L)) {
            LOG.warn("{}@{}, from before this reader, is not readable: {}", partition, record.offset(), reason);
        } else {
            unreadable.on(DeadLetter.parked(topic, record.partition(), record.offset(), record.key(), record.value(), reason, Instant.now()));
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
