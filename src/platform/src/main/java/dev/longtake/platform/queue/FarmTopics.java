package dev.longtake.platform.queue;

import dev.longtake.contract.Lane;
import dev.longtake.contract.Topics;
import dev.longtake.platform.config.PlatformConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/** Every topic of the farm, as it has to be. */
public final class FarmTopics {
    /**
     * Tenants are spread over these. The film stage's input topics must agree on it, or a tenant's messages meet in no place.
     */
    public static final int TENANT_PARTITIONS = 4;

    /** Pools are spread over these; a pool is one dispatch thread. */
    public static final int POOL_PARTITIONS = 1;

    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration YEAR = Duration.ofDays(365);

    private static final long PARTITION_BYTES = 1L << 30;
    private static final long SMALLEST_SEGMENT = 1L << 20;
    private static final long LARGEST_SEGMENT = 64L << 20;

    private FarmTopics() {}

    /** A topic. @param compacted only the newest message of each key is kept. @param retention how long, if not compacted */
    public record Spec(String name, int partitions, boolean compacted, Duration retention) {}

    /** All topics of a farm with these pools, kept as long as it is usual. */
    public static List<Spec> all(Collection<String> pools) {
        return all(pools, WEEK, YEAR);
    }

    /** @param retention of all topics but those of heartbeats and control, which are old within seconds, and the audit trail */
    private static List<Spec> all(Collection<String> pools, Duration retention, Duration audit) {
        List<Spec> specs = new ArrayList<>(List.of(
                new Spec(Topics.FILM_COMMANDS, TENANT_PARTITIONS, false, retention),
                new Spec(Topics.SEGMENT_REPORTS, TENANT_PARTITIONS, false, retention),
                new Spec(Topics.ASSEMBLY_REPORTS, TENANT_PARTITIONS, false, retention),
                new Spec(Topics.EXPIRY_REPORTS, TENANT_PARTITIONS, false, retention),
                new Spec(Topics.LANE_EVENTS, POOL_PARTITIONS, false, retention),
                new Spec(Topics.WORKER_HEARTBEATS, POOL_PARTITIONS, false, DAY),
                new Spec(Topics.WORKER_CONTROL, 1, false, DAY),
                new Spec(Topics.FILM_STATES, TENANT_PARTITIONS, true, retention),
                new Spec(Topics.FILM_EVENTS, TENANT_PARTITIONS, false, retention),
                // One partition: a share group spreads records, and a consumer that is busy must not keep a partition waiting.
                new Spec(Topics.ASSEMBLY_JOBS, 1, false, retention),
                new Spec(Topics.EXPIRY_JOBS, 1, false, retention),
                new Spec(Topics.WEBHOOK_ENDPOINTS, 1, true, retention),
                // As many gateways as there are partitions can send at once.
                new Spec(Topics.WEBHOOK_DELIVERIES, TENANT_PARTITIONS, true, retention),
                new Spec(Topics.DEAD_LETTERS, 1, false, retention),
                new Spec(Topics.ACCESS_KEYS, 1, true, retention),
                // One partition: its order is the order of what happened, and a place in it is one number.
                new Spec(Topics.AUDIT, 1, false, audit)));
        for (String pool : pools) {
            for (Lane lane : Lane.values()) {
                specs.add(new Spec(Topics.segmentJobs(pool, lane), 1, false, retention));
            }
        }
        return specs;
    }

    /** Creates every topic of a farm with these pools that is missing. @throws QueueUnavailableException if Kafka does not answer */
    public static void ensure(PlatformConfig.Kafka kafka, Collection<String> pools) {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, (Object) kafka.bootstrap()))) {
            ensure(admin, all(pools, kafka.retention(), kafka.auditRetention()), kafka.replication(), kafka.partitionBytes());
        }
    }

    /** As {@link #ensure(Admin, Collection, short, long)}, with partitions of the usual size. */
    public static void ensure(Admin admin, Collection<Spec> specs, short replication) {
        ensure(admin, specs, replication, PARTITION_BYTES);
    }

    /**
     * Creates what is missing. Safe to call from several processes at once.
     *
     * @param bytes of a partition, at most: the oldest messages go first. What was not read by then is missed by a timer and sent again; commands, which
     *              nobody would send again, are bounded by their retention alone
     * @throws QueueUnavailableException if Kafka does not answer
     */
    public static void ensure(Admin admin, Collection<Spec> specs, short replication, long bytes) {
        try {
            Set<String> there = new HashSet<>(admin.listTopics().names().get());
            List<NewTopic> missing = specs.stream().filter(s -> !there.contains(s.name())).map(s -> topic(s, replication, bytes)).toList();
            for (Map.Entry<String, org.apache.kafka.common.KafkaFuture<Void>> created : admin.createTopics(missing).values().entrySet()) {
                try {
                    created.getValue().get();
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof TopicExistsException)) {
                        throw e;
                    }
                }
            }
        } catch (ExecutionException e) {
            throw new QueueUnavailableException("cannot create topics: " + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueueUnavailableException("interrupted while creating topics", e);
        }
    }

    private static NewTopic topic(Spec spec, short replication, long bytes) {
        Map<String, String> config = new HashMap<>();
        // Only whole log segments are removed: with the broker's own, of 1 GiB, no smaller bound would hold.
        config.put(TopicConfig.SEGMENT_BYTES_CONFIG, Long.toString(Math.max(SMALLEST_SEGMENT, Math.min(LARGEST_SEGMENT, bytes / 4))));
        if (spec.compacted()) {
            config.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
            config.put(TopicConfig.SEGMENT_MS_CONFIG, Long.toString(DAY.toMillis()));
        } else {
            config.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(spec.retention().toMillis()));
            if (!spec.name().equals(Topics.FILM_COMMANDS) && !spec.name().equals(Topics.AUDIT)) {
                // Of what was answered "accepted" nothing may go because there is much of it: a submission has no timer behind it. Nor may anybody
                // wash the trail away by filling it.
                config.put(TopicConfig.RETENTION_BYTES_CONFIG, Long.toString(bytes));
            }
            // The broker's clock, not the sender's: a worker whose clock is wrong must still count as alive.
            config.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        }
        return new NewTopic(spec.name(), Optional.of(spec.partitions()), Optional.of(replication)).configs(config);
    }
}
