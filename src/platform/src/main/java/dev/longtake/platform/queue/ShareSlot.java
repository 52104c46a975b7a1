package dev.longtake.platform.queue;

import dev.longtake.contract.DeadLetter;
import dev.longtake.contract.Json;
import dev.longtake.contract.Message;
import dev.longtake.contract.Topics;
import dev.longtake.contract.UnreadableMessageException;
import dev.longtake.platform.queue.JobHandler.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One place for one job at a time, taken from a share group (KIP-932) and acknowledged explicitly. The job runs on its own thread
 * while this slot's thread renews the lock (KIP-1222). A slot survives brokers that go away: it starts its consumer again.
 *
 * <p>What a crash costs: the record is delivered to another slot as soon as the connection drops, or when the lock ends. A late
 * acknowledgement is refused by the broker and changes nothing, so a handler must be harmless when it runs twice.
 *
 * @param <T> the message type
 */
public final class ShareSlot<T extends Message> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShareSlot.class);
    private static final Duration RENEW_POLL = Duration.ofMillis(500);
    /** While the slot listens to one topic it is deaf to the others, so it turns often; the fetches go on meanwhile. */
    private static final Duration IDLE_POLL = Duration.ofMillis(20);
    private static final int FETCH_WAIT_MILLIS = 100;
    private static final Duration RECONNECT_PAUSE = Duration.ofSeconds(1);
    /** For what is acknowledged and not yet sent. */
    private static final Duration CLOSING = Duration.ofSeconds(30);
    private static final Duration RESTING_LOOK = Duration.ofMillis(100);
    private static final Duration CONNECTION_LOOK = Duration.ofSeconds(1);
    private static final int LOOKS_WITHOUT_CONNECTION = 3;

    private final Settings settings;
    private final Class<T> type;
    private final JobHandler<T> handler;
    private final Publisher deadLetters;
    private final Thread poller;
    private final ExecutorService worker;
    private volatile boolean stopping;
    private volatile long restsUntil = System.nanoTime();

    /**
     * @param name   the slot's name, for threads and logs
     * @param topics the topics, most urgent first. Each has its own group: one group over several topics would give each consumer
     *               only some of them, and a topic of one partition only one consumer
     * @param lock   how long a record stays locked without renewal
     */
    public record Settings(String bootstrap, String name, List<String> topics, Duration lock) {}

    public ShareSlot(Settings settings, Class<T> type, JobHandler<T> handler, Publisher deadLetters) {
        this.settings = settings;
        this.type = type;
        this.handler = handler;
        this.deadLetters = deadLetters;
        this.worker = Executors.newSingleThreadExecutor(r -> daemon(r, settings.name() + "-job"));
        this.poller = daemon(this::run, settings.name() + "-poll");
    }

    private static Thread daemon(Runnable r, String name) {
        Thread t = new Thread(r, name);
        t.setDaemon(true);
        return t;
    }

    public void start() {
        poller.start();
    }

    private void run() {
        boolean configured = false;
        while (!stopping) {
            if (rests()) {
                pause(RESTING_LOOK);
                continue;
            }
            try {
                if (!configured) {
                    try (Admin admin = Admin.create(adminConfig())) {
                        settings.topics().forEach(topic -> ShareGroups.configure(admin, Topics.shareGroup(topic), settings.lock()));
                    }
                    configured = true;
                }
                takeJobs();
            } catch (KafkaException | QueueUnavailableException e) {
                // Before it starts its consumers again it has to reach the broker for this.
                configured = false;
                if (!stopping) {
                    LOG.warn("{}: queue away, trying again: {}", settings.name(), e.toString());
                    pause(RECONNECT_PAUSE);
                }
            } catch (RuntimeException e) {
                LOG.error("{}: unexpected, starting the consumer again", settings.name(), e);
                pause(RECONNECT_PAUSE);
            }
        }
    }

    private void takeJobs() {
        List<KafkaShareConsumer<String, byte[]>> consumers = new ArrayList<>();
        Duration closing = CLOSING;
        try {
            for (String topic : settings.topics()) {
                KafkaShareConsumer<String, byte[]> consumer = new KafkaShareConsumer<>(consumerConfig(topic), new StringDeserializer(), new ByteArrayDeserializer());
                consumers.add(consumer);
                consumer.subscribe(List.of(topic));
            }
            long nextLook = System.nanoTime() + CONNECTION_LOOK.toNanos();
            int lonelyLooks = 0;
            while (!stopping && !rests()) {
                for (KafkaShareConsumer<String, byte[]> consumer : consumers) {
                    if (takeOne(consumer)) {
                        // From the most urgent topic again.
                        break;
                    }
                }
                if (System.nanoTime() - nextLook > 0) {
                    nextLook = System.nanoTime() + CONNECTION_LOOK.toNanos();
                    lonelyLooks = consumers.stream().anyMatch(ShareSlot::isConnected) ? 0 : lonelyLooks + 1;
                    if (lonelyLooks >= LOOKS_WITHOUT_CONNECTION) {
                        closing = Duration.ZERO;
                        throw new QueueUnavailableException("no broker answers", null);
                    }
                }
            }
        } finally {
            for (KafkaShareConsumer<String, byte[]> consumer : consumers) {
                try {
                    consumer.close(closing);
                } catch (KafkaException e) {
                    LOG.debug("{}: a consumer did not close in order", settings.name(), e);
                }
            }
        }
    }

    /** Share consumers without a broker look for it without a pause (4.3.1): four services kept two cores busy, which the broker lacked that was starting there. */
    private static boolean isConnected(KafkaShareConsumer<?, ?> consumer) {
        return consumer.metrics().entrySet().stream().anyMatch(m -> m.getKey().name().equals("connection-count") && m.getValue().metricValue() instanceof Number n && n.doubleValue() > 0);
    }

    private boolean rests() {
        return restsUntil - System.nanoTime() > 0;
    }

    private void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopping = true;
        }
    }

    /** Short: a broker that has just come back may take a request and not answer it, and the client's own minute would be lost. */
    private Map<String, Object> adminConfig() {
        return Map.of("bootstrap.servers", settings.bootstrap(), "request.timeout.ms", 5_000, "default.api.timeout.ms", 10_000);
    }

    private Map<String, Object> consumerConfig(String topic) {
        return Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrap(),
                ConsumerConfig.GROUP_ID_CONFIG, Topics.shareGroup(topic),
                ConsumerConfig.CLIENT_ID_CONFIG, settings.name() + "-" + topic,
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS,
                "share.acknowledgement.mode", "explicit",
                // The default lets one consumer take what eight could share.
                "share.acquire.mode", "record_limit",
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
    }

    /** @return whether there was something to do */
    private boolean takeOne(KafkaShareConsumer<String, byte[]> consumer) {
        ConsumerRecord<String, byte[]> taken = only(consumer, consumer.poll(IDLE_POLL), Optional.empty());
        if (taken == null) {
            return false;
        }
        if (stopping) {
            settle(consumer, taken, Verdict.RELEASE);
            return true;
        }
        T job;
        try {
            job = Json.read(taken.value() == null ? new byte[0] : taken.value(), type);
        } catch (UnreadableMessageException e) {
            deadLetters.send(Topics.DEAD_LETTERS, taken.key(), DeadLetter.parked(taken.topic(), taken.partition(), taken.offset(), taken.key(), taken.value(), e.getMessage(), Instant.now()));
            settle(consumer, taken, Verdict.REJECT);
            return true;
        }
        int deliveries = taken.deliveryCount().map(Short::intValue).orElse(1);
        Future<Verdict> result = worker.submit(() -> handler.handle(job, deliveries));
        ConsumerRecord<String, byte[]> held = taken;
        while (true) {
            Optional<Verdict> verdict = await(result, settings.lock().dividedBy(3));
            if (verdict.isPresent()) {
                if (held != null) {
                    settle(consumer, held, verdict.get());
                }
                return true;
            }
            if (held != null) {
                consumer.acknowledge(held, AcknowledgeType.RENEW);
                logRefusal(consumer.commitSync());
                ConsumerRecord<String, byte[]> before = held;
                held = null;
                for (int i = 0; i < 4 && held == null; i++) {
                    held = only(consumer, consumer.poll(RENEW_POLL), Optional.of(before));
                }
                if (held == null) {
                    LOG.warn("{}: the lock on {}-{}@{} was lost; its job goes on, its acknowledgement will not count", settings.name(), before.topic(), before.partition(), before.offset());
                }
            }
        }
    }

    private Optional<Verdict> await(Future<Verdict> result, Duration time) {
        try {
            return Optional.of(result.get(time.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            LOG.error("{}: a job handler threw; the job goes back to the queue", settings.name(), e.getCause());
            return Optional.of(Verdict.RELEASE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopping = true;
            return Optional.of(Verdict.RELEASE);
        }
    }

    /** The one record this slot is to hold; whatever else came with it goes back at once. */
    private ConsumerRecord<String, byte[]> only(KafkaShareConsumer<String, byte[]> consumer, Iterable<ConsumerRecord<String, byte[]>> records,
            Optional<ConsumerRecord<String, byte[]>> expected) {
        ConsumerRecord<String, byte[]> kept = null;
        for (ConsumerRecord<String, byte[]> record : records) {
            boolean wanted = kept == null && expected.map(e -> same(e, record)).orElse(true);
            if (wanted) {
                kept = record;
            } else {
                consumer.acknowledge(record, AcknowledgeType.RELEASE);
            }
        }
        return kept;
    }

    private static boolean same(ConsumerRecord<?, ?> a, ConsumerRecord<?, ?> b) {
        return a.topic().equals(b.topic()) && a.partition() == b.partition() && a.offset() == b.offset();
    }

    private void settle(KafkaShareConsumer<String, byte[]> consumer, ConsumerRecord<String, byte[]> record, Verdict verdict) {
        consumer.acknowledge(record, switch (verdict) {
            case ACCEPT -> AcknowledgeType.ACCEPT;
            case RELEASE -> AcknowledgeType.RELEASE;
            case REJECT -> AcknowledgeType.REJECT;
        });
        logRefusal(consumer.commitSync());
    }

    /** A late acknowledgement does not throw: the error stands in the answer, and is harmless. */
    private void logRefusal(Map<org.apache.kafka.common.TopicIdPartition, Optional<KafkaException>> answer) {
        answer.values().forEach(refused -> refused.ifPresent(e -> LOG.warn("{}: acknowledgement refused: {}", settings.name(), e.toString())));
    }

    /**
     * Takes nothing new for a while; a job in hand goes on. The slot leaves its groups meanwhile: a consumer that is there and does not poll
     * would keep what was fetched for it from the others.
     */
    public void rest(Duration time) {
        restsUntil = System.nanoTime() + time.toNanos();
    }

    /** Takes nothing new; a job in hand goes on. */
    public void drain() {
        stopping = true;
    }

    /** Waits for a drained slot to end. @return whether it did in time */
    public boolean awaitEnd(Duration patience) throws InterruptedException {
        poller.join(Math.max(1, patience.toMillis()));
        return !poller.isAlive();
    }

    /** Stops; a job in hand is interrupted and goes back to the queue. */
    @Override
    public void close() {
        stopping = true;
        worker.shutdownNow();
        try {
            poller.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
