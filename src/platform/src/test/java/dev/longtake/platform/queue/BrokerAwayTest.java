package dev.longtake.platform.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmRef;
import dev.longtake.platform.queue.JobHandler.Verdict;
import dev.longtake.servers.EmbeddedKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BrokerAwayTest {
    private static final String TOPIC = "jobs";

    @TempDir
    Path dir;

    private static FilmCommand job(String film) {
        return new FilmCommand.Cancel(1, new FilmRef("t", film, 1), Instant.EPOCH);
    }

    /** Consumers that look for their broker without pause take the processor from the broker that starts. */
    @Test
    void aSlotLetsGoOfItsConsumersUntilTheBrokerIsBack() throws Exception {
        BlockingQueue<String> done = new LinkedBlockingQueue<>();
        EmbeddedKafka kafka = EmbeddedKafka.start(dir);
        String bootstrap = kafka.bootstrap();
        ShareSlot<FilmCommand> slot = new ShareSlot<>(new ShareSlot.Settings(bootstrap, "slot", List.of(TOPIC), Duration.ofSeconds(10)), FilmCommand.class, (job, deliveries) -> {
            done.add(job.film().film());
            return Verdict.ACCEPT;
        }, null);
        try {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
                FarmTopics.ensure(admin, List.of(new FarmTopics.Spec(TOPIC, 1, false, Duration.ofDays(1))), (short) 1);
            }
            slot.start();
            send(bootstrap, "before");
            assertThat(done.poll(30, TimeUnit.SECONDS)).isEqualTo("before");
            assertThat(consumers()).isEqualTo(1);
            kafka.close();
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
            while (consumers() > 0 && System.nanoTime() < until) {
                Thread.sleep(50);
            }
            assertThat(consumers()).as("consumers that look for a broker").isZero();
            kafka = EmbeddedKafka.start(dir);
            assertThat(kafka.bootstrap()).isEqualTo(bootstrap);
            send(bootstrap, "after");
            String next = done.poll(60, TimeUnit.SECONDS);
            while ("before".equals(next)) {
                // Its acknowledgement had not arrived when the broker ended.
                next = done.poll(60, TimeUnit.SECONDS);
            }
            assertThat(next).isEqualTo("after");
        } finally {
            slot.close();
            kafka.close();
        }
    }

    private static void send(String bootstrap, String film) {
        try (KafkaPublisher publisher = new KafkaPublisher(bootstrap, "test", Duration.ofSeconds(20))) {
            publisher.send(TOPIC, "k", job(film));
        }
    }

    private static long consumers() {
        return Thread.getAllStackTraces().keySet().stream().filter(t -> t.isAlive() && t.getName().contains("consumer_background_thread")).count();
    }
}
