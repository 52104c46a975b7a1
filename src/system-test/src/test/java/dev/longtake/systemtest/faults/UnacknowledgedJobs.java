package dev.longtake.systemtest.faults;

import dev.longtake.contract.Topics;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;

/** What share groups still owe, as the broker says. */
final class UnacknowledgedJobs {
    private UnacknowledgedJobs() {}

    static long count(String kafka, Collection<String> topics) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) kafka))) {
            long owed = 0;
            for (String topic : topics) {
                String group = Topics.shareGroup(topic);
                var offsets = admin.listShareGroupOffsets(Map.of(group, new ListShareGroupOffsetsSpec())).partitionsToOffsetInfo(group).get();
                // A partition of which nobody was ever given anything has no offset.
                owed += offsets.values().stream().filter(Objects::nonNull).mapToLong(o -> o.lag().orElseThrow()).sum();
            }
            return owed;
        }
    }
}
