package dev.longtake.platform.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;

/** Settings of share groups (KIP-932), which live in the brokers and must be there before the first consumer joins. */
final class ShareGroups {
    private static final Duration KNOWN_WITHIN = Duration.ofSeconds(20);

    private ShareGroups() {}

    static void configure(Admin admin, String group, Duration lock) {
        Map<String, String> wanted = Map.of(
                // The default is latest: work sent before the first worker came would never be seen.
                "share.auto.offset.reset", "earliest",
                // The default hands out jobs of aborted transactions.
                "share.isolation.level", "read_committed",
                "share.record.lock.duration.ms", Long.toString(lock.toMillis()));
        ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
        List<AlterConfigOp> changes = new ArrayList<>();
        wanted.forEach((name, value) -> changes.add(new AlterConfigOp(new ConfigEntry(name, value), OpType.SET)));
        try {
            admin.incrementalAlterConfigs(Map.of(resource, changes)).all().get();
            long until = System.nanoTime() + KNOWN_WITHIN.toNanos();
            while (!known(admin.describeConfigs(List.of(resource)).all().get().get(resource), wanted)) {
                if (System.nanoTime() > until) {
                    throw new QueueUnavailableException("the brokers do not take the settings of share group " + group, null);
                }
                Thread.sleep(50);
            }
        } catch (ExecutionException e) {
            throw new QueueUnavailableException("cannot configure share group " + group + ": " + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueueUnavailableException("interrupted", e);
        }
    }

    private static boolean known(Config config, Map<String, String> wanted) {
        return config != null && wanted.entrySet().stream().allMatch(e -> config.get(e.getKey()) != null && e.getValue().equals(config.get(e.getKey()).value()));
    }
}
