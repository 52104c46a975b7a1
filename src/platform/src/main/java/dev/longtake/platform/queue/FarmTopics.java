package dev.longtake.platform.queue;

import dev.longtake.contract.Lane;
import dev.longtake.contract.Topics;
import dev.longtake.platform.config.PlatformConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
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

    private FarmTopics() {}

    /** A topic. @param compacted only the newest message of each key is kept. @param retention how long, if not compacted */
    public record Spec(String name, int partitions, boolean compacted, Duration retention) {}

    /** All topics of a farm with these pools. */
    public static List<Spec> all(Collection<String> pools) {
        List<Spec> specs = new ArrayList<>(List.of(
                new Spec(Topics.FILM_COMMANDS, TENANT_PARTITIONS, false, WEEK),
                new Spec(Topics.SEGMENT_REPORTS, TENANT_PARTITIONS, false, WEEK),
                new Spec(Topics.ASSEMBLY_REPORTS, TENANT_PARTITIONS, false, WEEK),
                new Spec(Topics.LANE_EVENTS, POOL_PARTITIONS, false, WEEK),
                new Spec(Topics.WORKER_HEARTBEATS, POOL_PARTITIONS, false, DAY),
                new Spec(Topics.WORKER_CONTROL, 1, false, DAY),
                new Spec(Topics.FILM_STATES, TENANT_PARTITIONS, true, WEEK),
                new Spec(Topics.FILM_EVENTS, TENANT_PARTITIONS, false, WEEK),
                // One partition: a share group spreads records, and a consumer that is busy must not keep a partition waiting.
                new Spec(Topics.ASSEMBLY_JOBS, 1, false, WEEK),
                new Spec(Topics.DEAD_LETTERS, 1, false, WEEK)));
        for (String pool : pools) {
            for (Lane lane : Lane.values()) {
                specs.add(new Spec(Topics.segmentJobs(pool, lane), 1, false, WEEK));
            }
        }
        return specs;
    }

    /** Creates every topic of a farm with these pools that is missing. @throws QueueUnavailableException if Kafka does not answer */
    public static void ensure(PlatformConfig.Kafka kafka, Collection<String> pools) {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, (Object) kafka.bootstrap()))) {
            ensure(admin, all(pools), kafka.replication());
        }
    }

    /** Creates what is missing. Safe to call from several processes at once. @throws QueueUnavailableException if Kafka does not answer */
    public static void ensure(Admin admin, Collection<Spec> specs, short replication) {
        try {
            Set<String> there = new HashSet<>(admin.listTopics().names().get());
            List<NewTopic> missing = specs.stream().filter(s -> !there.contains(s.name())).map(s -> topic(s, replication)).toList();
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

    private static NewTopic topic(Spec spec, short replication) {
        Map<String, String> config = spec.compacted()
                ? Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT, TopicConfig.SEGMENT_MS_CONFIG, Long.toString(DAY.toMillis()))
                // The broker's clock, not the sender's: a worker whose clock is wrong must still count as alive.
                : Map.of(TopicConfig.RETENTION_MS_CONFIG, Long.toString(spec.retention().toMillis()), TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        return new NewTopic(spec.name(), Optional.of(spec.partitions()), Optional.of(replication)).configs(config);
    }
}
