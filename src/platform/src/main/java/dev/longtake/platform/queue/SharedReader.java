package dev.longtake.platform.queue;

import dev.longtake.contract.Json;
import dev.longtake.contract.Message;
import dev.longtake.contract.UnreadableMessageException;
import dev.longtake.platform.store.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member of a group that shares two things: the messages of a topic, each of which is handled at least once by some member, and, if wanted, the partitions of
 * another topic, each of which is owned by at most one member that is heard of. What lies in the owned topic is not read here: owning is all there is to it.
 *
 * <p>A position is committed once the listener has returned. Whoever fails in between sees the same messages again, or another member does.
 *
 * @param <T> type of the messages
 */
public final class SharedReader<T extends Message> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SharedReader.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int BATCH = 200;
    private static final long PAUSE_MILLIS = 1_000;

    private final Settings settings;
    private final Class<T> type;
    private final Listener<T> listener;
    private final Owner owner;
    private final Thread thread;
    private volatile boolean stopping;
    private volatile long polls;

    /**
     * @param topic   whose messages are shared
     * @param owned   whose partitions are shared; empty if there are only messages to share
     * @param session how long a member may not be heard of before the others take over what it has
     */
    public record Settings(String bootstrap, String group, String topic, Optional<String> owned, Duration session) {
        public Settings(String bootstrap, String group, String topic, String owned, Duration session) {
            this(bootstrap, group, topic, Optional.of(owned), session);
        }

        /** Of a group that shares messages alone. */
        public Settings(String bootstrap, String group, String topic, Duration session) {
            this(bootstrap, group, topic, Optional.empty(), session);
        }

        private boolean isOwned(String name) {
            return owned.equals(Optional.of(name));
        }
    }

    /** Handles messages. @param <T> their type */
    @FunctionalInterface
    public interface Listener<T> {
        /**
         * Returns once everything that follows from the messages is durable.
         *
         * @throws QueueUnavailableException if they have to come again; so do they if the store is away
         */
        void on(List<T> messages) throws InterruptedException;
    }

    /** Is told which partitions are its own. */
    public interface Owner {
        /** @param ends offset after the last message of each partition, as it is now: what earlier owners wrote lies before that */
        void gained(Map<Integer, Long> ends);

        /** @param orderly whether nobody else has them yet, so that there is time to finish what was begun */
        void lost(Set<Integer> partitions, boolean orderly);
    }

    /** A member that owns nothing. */
    public SharedReader(Settings settings, Class<T> type, Listener<T> listener) {
        this(settings, type, listener, new Owner() {
            @Override
            public void gained(Map<Integer, Long> ends) {
                throw new IllegalStateException("nothing is owned");
            }

            @Override
            public void lost(Set<Integer> partitions, boolean orderly) {
                throw new IllegalStateException("nothing is owned");
            }
        });
    }

    public SharedReader(Settings settings, Class<T> type, Listener<T> listener, Owner owner) {
        this.settings = settings;
        this.type = type;
        this.listener = listener;
        this.owner = owner;
        this.thread = new Thread(this::run, settings.group() + "-" + settings.topic());
        this.thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** How often the queue was asked. Whoever was frozen knows what it still owns once this has grown by two. */
    public long polls() {
        return polls;
    }

    private void run() {
        while (!stopping) {
            try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(Map.of(
                    ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrap(),
                    ConsumerConfig.GROUP_ID_CONFIG, settings.group(),
                    ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
                    ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                    ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                    ConsumerConfig.MAX_POLL_RECORDS_CONFIG, BATCH,
                    ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int) settings.session().toMillis(),
                    ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, (int) Math.max(1, settings.session().toMillis() / 5),
                    // Only what moves stops: with the others every member would give up everything whenever one comes or goes.
                    ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName()), new StringDeserializer(), new ByteArrayDeserializer())) {
                consumer.subscribe(Stream.concat(Stream.of(settings.topic()), settings.owned().stream()).toList(), new Rebalance(consumer));
                while (!stopping) {
                    ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
                    polls++;
                    if (!records.isEmpty()) {
                        handle(consumer, records);
                    }
                }
            } catch (KafkaException e) {
                LOG.warn("sharing {}: queue away, trying again: {}", settings.topic(), e.toString());
                pause();
            } catch (RuntimeException e) {
                LOG.error("sharing {}: unexpected, joining again", settings.topic(), e);
                pause();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                stopping = true;
            }
        }
    }

    private void handle(KafkaConsumer<String, byte[]> consumer, ConsumerRecords<String, byte[]> records) throws InterruptedException {
        List<T> messages = new ArrayList<>();
        Map<TopicPartition, Long> firsts = new HashMap<>();
        Map<TopicPartition, OffsetAndMetadata> nexts = new HashMap<>();
        for (ConsumerRecord<String, byte[]> record : records) {
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            firsts.putIfAbsent(partition, record.offset());
            nexts.put(partition, new OffsetAndMetadata(record.offset() + 1));
            if (record.topic().equals(settings.topic()) && record.value() != null) {
                try {
                    messages.add(Json.read(record.value(), type));
                } catch (UnreadableMessageException e) {
                    LOG.warn("{}@{} is passed over: {}", partition, record.offset(), e.getMessage());
                }
            }
        }
        try {
            listener.on(messages);
            commit(consumer, nexts);
        } catch (QueueUnavailableException | StoreUnavailableException e) {
            LOG.warn("{} messages of {} come again: {}", messages.size(), settings.topic(), e.getMessage());
            firsts.forEach((partition, offset) -> {
                if (consumer.assignment().contains(partition)) {
                    consumer.seek(partition, offset);
                }
            });
            pause();
        }
    }

    /** What was handled while partitions moved is handled once more by whoever has them now; the member stays. */
    private void commit(KafkaConsumer<String, byte[]> consumer, Map<TopicPartition, OffsetAndMetadata> nexts) {
        try {
            consumer.commitSync(nexts);
        } catch (RebalanceInProgressException | CommitFailedException e) {
            LOG.info("sharing {}: partitions move, and what was read comes again: {}", settings.topic(), e.toString());
        }
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopping = true;
        }
    }

    private final class Rebalance implements ConsumerRebalanceListener {
        private final KafkaConsumer<String, byte[]> consumer;

        Rebalance(KafkaConsumer<String, byte[]> consumer) {
            this.consumer = consumer;
        }

        private List<TopicPartition> owned(Collection<TopicPartition> partitions) {
            return partitions.stream().filter(p -> settings.isOwned(p.topic())).toList();
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            List<TopicPartition> mine = owned(partitions);
            if (!mine.isEmpty()) {
                consumer.pause(mine);
                owner.gained(consumer.endOffsets(mine).entrySet().stream().collect(Collectors.toMap(e -> e.getKey().partition(), Map.Entry::getValue)));
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            lost(partitions, true);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            lost(partitions, false);
        }

        private void lost(Collection<TopicPartition> partitions, boolean orderly) {
            Set<Integer> gone = owned(partitions).stream().map(TopicPartition::partition).collect(Collectors.toSet());
            if (!gone.isEmpty()) {
                owner.lost(gone, orderly);
            }
        }
    }

    /** Leaves the group at once, so that the others go on. */
    @Override
    public void close() {
        stopping = true;
        try {
            thread.join(20_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
