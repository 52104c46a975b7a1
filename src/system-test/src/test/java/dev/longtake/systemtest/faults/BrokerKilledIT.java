package dev.longtake.systemtest.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longtake.systemtest.Needs;
import dev.longtake.systemtest.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded broker, killed while transactions end: each of them is over afterwards, on every partition. */
class BrokerKilledIT {
    private static final int ROUNDS = 6;
    /** Many, so that most of a transaction's time is spent on its end, and most kills meet one. */
    private static final int PARTITIONS = 40;
    private static final String TOPIC = "written";
    private static final ObjectMapper JSON = new ObjectMapper();
    /** A transaction's own time-out, and then some for a busy machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path dir;

    @Test
    void noTransactionStaysOpen() throws Exception {
        Needs.time(2);
        long seed = System.nanoTime();
        System.out.println("broker killed: seed " + seed);
        Random random = new Random(seed);
        ServiceProcess broker = new ServiceProcess("kafka", Repository.command(List.of("-Xmx256m"), "serve", "servers", "--with-parent", "--only", "kafka", "--data", dir.toString()), Map.of(),
                dir.resolve("kafka.log"));
        broker.start();
        try (AutoCloseable end = broker) {
            String bootstrap = await(broker);
            try (Admin admin = admin(bootstrap)) {
                admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1))).all().get(30, TimeUnit.SECONDS);
            }
            for (int round = 0; round < ROUNDS; round++) {
                AtomicLong ended = new AtomicLong();
                Thread writer = writer(bootstrap, "round-" + round, ended);
                long until = System.nanoTime() + PATIENCE.toNanos();
                while (ended.get() == 0 && System.nanoTime() < until) {
                    Thread.sleep(20);
                }
                assertThat(ended.get()).as("transactions that ended before the kill").isPositive();
                Thread.sleep(random.nextInt(1_500));
                broker.kill();
                writer.interrupt();
                writer.join();
                long killed = System.nanoTime();
                broker.start();
                await(broker);
                System.out.printf("broker killed: back after %.1f s%n", (System.nanoTime() - killed) / 1e9);
                awaitNothingOpen(bootstrap, round);
            }
        }
    }

    private static Admin admin(String bootstrap) {
        return Admin.create(Map.of("bootstrap.servers", bootstrap));
    }

    private String await(ServiceProcess broker) throws Exception {
        Path file = dir.resolve("farm.json");
        long until = System.nanoTime() + ServiceProcess.START.toNanos();
        while (System.nanoTime() < until) {
            assertThat(broker.isAlive()).as(broker.lastWords()).isTrue();
            if (Files.exists(file)) {
                JsonNode found = JSON.readTree(file.toFile());
                if (found.path("pid").asLong() == broker.pid()) {
                    return found.get("kafka").asText();
                }
            }
            Thread.sleep(50);
        }
        throw new AssertionError("not there: " + broker.lastWords());
    }

    /** Ends one transaction after another, with offsets in each, until it is interrupted. */
    private static Thread writer(String bootstrap, String name, AtomicLong ended) {
        Thread thread = new Thread(() -> {
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", bootstrap, "transactional.id", name, "transaction.timeout.ms", 6_000, "max.block.ms", 20_000, "enable.metrics.push", false),
                    new ByteArraySerializer(), new ByteArraySerializer())) {
                producer.initTransactions();
                for (long n = 0; !Thread.currentThread().isInterrupted(); n++) {
                    producer.beginTransaction();
                    for (int p = 0; p < PARTITIONS; p++) {
                        producer.send(new ProducerRecord<>(TOPIC, p, null, new byte[] {1}));
                    }
                    producer.sendOffsetsToTransaction(Map.of(new TopicPartition(TOPIC, 0), new OffsetAndMetadata(n)), new ConsumerGroupMetadata(name));
                    producer.commitTransaction();
                    ended.incrementAndGet();
                }
            } catch (KafkaException e) {
                // Its broker is dead, or it was interrupted.
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void awaitNothingOpen(String bootstrap, int round) throws Exception {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            List<String> open = open(bootstrap);
            if (open.isEmpty()) {
                return;
            }
            assertThat(System.nanoTime()).as("round %d, still open: %s", round, open).isLessThan(until);
            Thread.sleep(200);
        }
    }

    /** Partitions with an open transaction; asked with a client of its own, since one that finds a partition without a leader may wait for ever (KAFKA-20673). */
    private static List<String> open(String bootstrap) throws Exception {
        List<TopicPartition> partitions = new ArrayList<>(IntStream.range(0, PARTITIONS).mapToObj(p -> new TopicPartition(TOPIC, p)).toList());
        partitions.add(new TopicPartition("__consumer_offsets", 0));
        List<String> open = new ArrayList<>();
        try (Admin admin = admin(bootstrap)) {
            admin.describeProducers(partitions).all().get(10, TimeUnit.SECONDS).forEach((partition, state) -> state.activeProducers().stream()
                    .filter(p -> p.currentTransactionStartOffset().isPresent()).forEach(p -> open.add(partition + ": " + p)));
            if (!open.isEmpty()) {
                open.add("transactions: " + admin.listTransactions().all().get(10, TimeUnit.SECONDS));
            }
        } catch (TimeoutException e) {
            open.add("nobody answers");
        }
        return open;
    }
}
