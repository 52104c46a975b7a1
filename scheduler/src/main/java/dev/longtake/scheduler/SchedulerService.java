package dev.longtake.scheduler;

import dev.longtake.platform.config.PlatformConfig;
import dev.longtake.platform.config.Role;
import dev.longtake.platform.queue.FarmTopics;
import dev.longtake.platform.store.ObjectStore;
import dev.longtake.scheduler.streams.BriefStore;
import dev.longtake.scheduler.streams.SchedulerTopology;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the scheduler where its role is on. */
@ApplicationScoped
public class SchedulerService {
    /** Name of the Kafka Streams application: its consumer group, its changelogs, its transactions. */
    static final String APPLICATION = "longtake-scheduler";

    private static final Logger LOG = LoggerFactory.getLogger(SchedulerService.class);
    private static final Duration STOP = Duration.ofSeconds(10);
    private static final int CHANGELOG_SEGMENT_BYTES = 32 << 20;
    private static final long RESTART_PAUSE_MILLIS = 1_000;

    private final PlatformConfig platform;
    private final SchedulerConfig config;
    private final ObjectStore objects;
    private KafkaStreams streams;

    @Inject
    public SchedulerService(PlatformConfig platform, SchedulerConfig config, ObjectStore objects) {
        this.platform = platform;
        this.config = config;
        this.objects = objects;
    }

    /** Starts if the role is on. */
    public synchronized void start() {
        if (!platform.plays(Role.SCHEDULER) || streams != null) {
            return;
        }
        FarmTopics.ensure(platform.kafka(), config.pools());
        streams = new KafkaStreams(SchedulerTopology.of(new BriefStore(objects, config.storePatience()), config.filmLimits(), config.dispatchLimits(), new SteadyTime(InstantSource.system())), settings());
        // A store or queue that was away ends a stream thread; a new one resumes from what was committed.
        streams.setUncaughtExceptionHandler(e -> {
            LOG.warn("scheduler thread ended, starting another: {}", e.toString());
            LOG.debug("its cause", e);
            pause();
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
        streams.start();
    }

    private static void pause() {
        try {
            Thread.sleep(RESTART_PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Properties settings() {
        Properties p = new Properties();
        p.put(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION);
        p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, platform.kafka().bootstrap());
        p.put(StreamsConfig.STATE_DIR_CONFIG, config.stateDir().map(Path::toString).orElse(Path.of(System.getProperty("java.io.tmpdir"), APPLICATION).toString()));
        p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, config.commitInterval().toMillis());
        p.put(StreamsConfig.POLL_MS_CONFIG, 10);
        // A changelog is compacted but for its newest log segment: small ones keep it near the size of the state.
        p.put(StreamsConfig.topicPrefix(TopicConfig.SEGMENT_BYTES_CONFIG), CHANGELOG_SEGMENT_BYTES);
        p.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, config.standbys());
        p.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, (int) platform.kafka().replication());
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), (int) config.sessionTimeout().toMillis());
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), (int) config.sessionTimeout().dividedBy(4).toMillis());
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG), (int) config.pollTimeout().toMillis());
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        // The transaction of a killed scheduler hides what came after it until it times out.
        p.put(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), (int) config.sessionTimeout().toMillis());
        p.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 0);
        p.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), 4 << 20);
        return p;
    }

    /** Whether decisions are being made here. */
    public synchronized boolean ready() {
        return streams != null && streams.state() == KafkaStreams.State.RUNNING;
    }

    @PreDestroy
    public synchronized void stop() {
        if (streams != null) {
            // Leaving the group at once: otherwise the next scheduler waits for this one's session to end.
            streams.close(new KafkaStreams.CloseOptions().leaveGroup(true).timeout(STOP));
            streams = null;
        }
    }
}
