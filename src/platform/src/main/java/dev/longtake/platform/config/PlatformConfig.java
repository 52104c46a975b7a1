package dev.longtake.platform.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Where the servers are, and which roles this process plays. */
@ConfigMapping(prefix = "longtake")
public interface PlatformConfig {
    /** The roles of this process; none unless told, so that a command that only asks a farm starts no service. */
    Optional<Set<Role>> roles();

    Kafka kafka();

    Redis redis();

    Store store();

    /** The queue. */
    interface Kafka {
        /** Addresses of some brokers, {@code host:port,host:port}. */
        @WithDefault("127.0.0.1:9092")
        String bootstrap();

        /** Copies of each topic; 1 is right for a single broker only. */
        @WithDefault("1")
        short replication();

        /**
         * How long a send may take before it is given up. Also the producer's own delivery time-out, so that what was answered "not
         * accepted" is not delivered afterwards.
         */
        @WithDefault("PT10S")
        Duration patience();

        /** How long topics keep messages; what is not compacted and nobody has read by then is gone. Read when a topic is created. */
        @WithDefault("P7D")
        Duration retention();

        /** How long the audit trail is kept, however large it is. Read when the topic is created. */
        @WithDefault("P365D")
        Duration auditRetention();

        /**
         * Bytes of one partition of a topic that is not compacted, at most, to the last log segment: the oldest messages go first. Bounds
         * the broker's disk, together with the retention, which alone bounds commands. Read when a topic is created.
         */
        @WithDefault("1073741824")
        long partitionBytes();

        /** How long a job stays locked to a worker that no longer renews it. */
        @WithDefault("PT15S")
        Duration jobLock();
    }

    /** The fast copy of tails. */
    interface Redis {
        @WithDefault("redis://127.0.0.1:6379")
        String url();

        /** How long a tail stays; a child that comes later reads it from the object store. */
        @WithDefault("PT6H")
        Duration tailExpiry();

        /** How long one call may take before the object store is asked instead. */
        @WithDefault("PT0.5S")
        Duration timeout();

        /** How long Redis is left alone after it failed, so that its absence does not slow every segment down. */
        @WithDefault("PT5S")
        Duration pause();
    }

    /** The object store. */
    interface Store {
        @WithDefault("http://127.0.0.1:9000")
        String endpoint();

        /** Where users reach the store, if otherwise: links that they are given are signed for it. */
        Optional<String> publicEndpoint();

        @WithDefault("longtake")
        String bucket();

        @WithDefault("us-east-1")
        String region();

        /** Access key; anonymous if absent. */
        Optional<String> accessKey();

        /** Secret key. */
        Optional<String> secretKey();

        /** How long one operation is tried again before it counts as "store unavailable". */
        @WithDefault("PT20S")
        Duration patience();

        /** How long it may take to reach the store before it is tried again. */
        @WithDefault("PT5S")
        Duration connectTimeout();

        /** How long the store may be silent in the middle of an answer, or take nothing in the middle of an upload, before it is tried again. */
        @WithDefault("PT20S")
        Duration silenceTimeout();
    }

    default boolean plays(Role role) {
        return roles().map(r -> r.contains(role)).orElse(false);
    }
}
