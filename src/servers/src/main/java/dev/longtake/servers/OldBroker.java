package dev.longtake.servers;

import java.io.IOException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server;
import kafka.server.SharedServer;
import kafka.server.StandardFaultHandlerFactory;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.image.ClusterImage;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.server.ServerSocketFactory;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * A broker that was killed still leads its partitions, as the controller's log has it. The next one believes that, goes on with the
 * transactions that were decided, loses its partitions for a moment when it registers, and takes those without a leader for deleted ones
 * (KAFKA-20734, brokers 4.3.0 to 4.4.0): their transactions then never end, and whoever waits for their offsets waits for ever. So the
 * controller runs alone first, until it has noticed that the old broker is gone. The new one would have to wait for that anyway.
 */
final class OldBroker {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long LOOK_MILLIS = 10;

    private OldBroker() {}

    /** @param settings of the broker and controller that is to start. @param node its id */
    static void end(Properties settings, int node) throws IOException {
        Properties alone = new Properties();
        alone.putAll(settings);
        alone.put("process.roles", "controller");
        alone.put("listeners", listener(settings, "CONTROLLER"));
        alone.remove("advertised.listeners");
        alone.remove("inter.broker.listener.name");
        alone.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT");
        alone.put("broker.session.timeout.ms", "300");
        alone.put("broker.heartbeat.interval.ms", "100");
        KafkaConfig config = new KafkaConfig(alone, false);
        Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> dirs = KafkaRaftServer.initializeLogDirs(config, LoggerFactory.getLogger(OldBroker.class), "");
        try (Metrics metrics = Server.initializeMetrics(config, Time.SYSTEM, dirs._1().clusterId().orElseThrow())) {
            ControllerServer controller = new ControllerServer(
                    new SharedServer(config, dirs._1(), Time.SYSTEM, metrics, CompletableFuture.completedFuture(QuorumConfig.parseVoterConnections(config.quorumConfig().voters())),
                            QuorumConfig.parseBootstrapServers(config.quorumConfig().bootstrapServers()), new StandardFaultHandlerFactory(), ServerSocketFactory.INSTANCE),
                    KafkaRaftServer.configSchema(), dirs._2());
            try {
                controller.startup();
                awaitGone(controller, node);
            } finally {
                controller.shutdown();
                controller.awaitShutdown();
            }
        }
    }

    private static String listener(Properties settings, String name) {
        for (String listener : settings.getProperty("listeners").split(",")) {
            if (listener.startsWith(name)) {
                return listener;
            }
        }
        throw new IllegalArgumentException("no listener " + name);
    }

    private static void awaitGone(ControllerServer controller, int node) throws IOException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (leads(controller.metadataCache().currentImage(), node)) {
            if (System.nanoTime() > until) {
                throw new IOException("Kafka's controller did not notice within " + PATIENCE + " that its old broker is gone");
            }
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while Kafka was starting", e);
            }
        }
    }

    /** Whether it may still lead something: as long as the log is not read, nobody knows. */
    private static boolean leads(MetadataImage image, int node) {
        ClusterImage cluster = image.cluster();
        return image.highestOffsetAndEpoch().offset() <= 0 || cluster.broker(node) != null && !cluster.broker(node).fenced();
    }
}
