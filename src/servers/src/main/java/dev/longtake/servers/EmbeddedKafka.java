package dev.longtake.servers;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.storage.internals.checkpoint.CleanShutdownFileHandler;

/** A real Kafka broker and controller (KRaft) in this JVM, on loopback. Sized for one machine: one partition for internal topics, small buffers. */
public final class EmbeddedKafka implements AutoCloseable {
    private static final int NODE = 1;

    private final KafkaRaftServer server;
    private final int port;

    private EmbeddedKafka(KafkaRaftServer server, int port) {
        this.server = server;
        this.port = port;
    }

    /** Starts it on the ports it had last. */
    public static EmbeddedKafka start(Path directory) throws IOException {
        Files.createDirectories(directory);
        int clients = Ports.kept("Kafka", directory.resolve("port"));
        int controller = Ports.kept("Kafka's controller", directory.resolve("controller-port"));
        Path log = directory.resolve("log");
        boolean used = !format(log);
        Properties settings = settings(log, clients, controller);
        if (used && !Files.exists(log.resolve(CleanShutdownFileHandler.CLEAN_SHUTDOWN_FILE_NAME))) {
            OldBroker.end(settings, NODE);
        }
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
        server.startup();
        return new EmbeddedKafka(server, clients);
    }

    /** @return whether it was new */
    private static boolean format(Path log) throws IOException {
        Files.createDirectories(log);
        if (Files.exists(log.resolve("meta.properties"))) {
            return false;
        }
        try (PrintStream quiet = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            new Formatter()
                    .setPrintStream(quiet)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(NODE)
                    .setControllerListenerName("CONTROLLER")
                    .setMetadataLogDirectory(log.toString())
                    .addDirectory(log.toString())
                    .run();
        } catch (Exception e) {
            throw new IOException("cannot format Kafka's directory " + log + ": " + e.getMessage(), e);
        }
        return true;
    }

    private static Properties settings(Path log, int clients, int controller) {
        Properties p = new Properties();
        p.put("process.roles", "broker,controller");
        p.put("node.id", Integer.toString(NODE));
        p.put("controller.quorum.voters", NODE + "@127.0.0.1:" + controller);
        p.put("listeners", "CLIENT://127.0.0.1:" + clients + ",CONTROLLER://127.0.0.1:" + controller);
        p.put("advertised.listeners", "CLIENT://127.0.0.1:" + clients);
        p.put("listener.security.protocol.map", "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.put("controller.listener.names", "CONTROLLER");
        p.put("inter.broker.listener.name", "CLIENT");
        p.put("log.dirs", log.toString());
        p.put("auto.create.topics.enable", "false");
        for (String topic : new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            p.put(topic + ".replication.factor", "1");
            p.put(topic + ".num.partitions", "1");
        }
        p.put("transaction.state.log.min.isr", "1");
        p.put("share.coordinator.state.topic.min.isr", "1");
        p.put("default.replication.factor", "1");
        p.put("min.insync.replicas", "1");
        p.put("num.network.threads", "2");
        p.put("num.io.threads", "4");
        p.put("log.cleaner.dedupe.buffer.size", "2097152");
        p.put("log.segment.bytes", "67108864");
        // A broker that is late is taken for dead, and there is no other that could lead its partitions: a busy machine must not do that to it.
        p.put("broker.session.timeout.ms", "60000");
        p.put("broker.heartbeat.interval.ms", "500");
        p.put("group.initial.rebalance.delay.ms", "0");
        p.put("group.min.session.timeout.ms", "1000");
        p.put("group.share.assignment.interval.ms", "0");
        p.put("group.share.assignor.offload.enable", "false");
        p.put("group.share.min.session.timeout.ms", "2000");
        p.put("group.share.session.timeout.ms", "5000");
        p.put("group.share.min.heartbeat.interval.ms", "500");
        p.put("group.share.heartbeat.interval.ms", "1000");
        p.put("group.share.min.record.lock.duration.ms", "1000");
        // Kafka Streams of a killed scheduler leaves a transaction open; consumers wait until it is aborted.
        p.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
        return p;
    }

    public int port() {
        return port;
    }

    public String bootstrap() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }
}
