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
    }

    default boolean plays(Role role) {
        return roles().map(r -> r.contains(role)).orElse(false);
    }
}
