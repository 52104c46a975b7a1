package dev.longtake.gateway.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longtake.contract.AuditRecord;
import dev.longtake.contract.Message;
import dev.longtake.platform.queue.HistoryReader;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.queue.QueueUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class AuditTrailTest {
    private final List<AuditRecord> topic = new ArrayList<>();
    private CompletionStage<Void> sent = CompletableFuture.completedFuture(null);
    private long oldest;
    private final AuditTrail trail = new AuditTrail(new Publisher() {
        @Override
        public void send(String to, String key, Message message) {
            throw new AssertionError("it would wait as long as the queue likes");
        }

        @Override
        public void put(String to, String key, byte[] message) {
            throw new AssertionError();
        }

        @Override
        public CompletionStage<Void> sendAsync(String to, String key, Message message) {
            topic.add((AuditRecord) message);
            return sent;
        }
    }, new HistoryReader<>() {
        @Override
        public Bounds bounds(int partition) {
            return new Bounds(oldest, topic.size());
        }

        @Override
        public void read(int partition, long from, long until, Listener<AuditRecord> listener) {
            for (long o = Math.max(oldest, from); o < until && listener.on(topic.get((int) o), o); o++) {
                Thread.onSpinWait();
            }
        }
    }, Duration.ofMillis(100), 10);

    private static AuditRecord line(String tenant, int number) {
        return new AuditRecord(1, tenant, "key:a", tenant, "cancelFilm", Optional.of("f" + number % 2), Optional.empty(), Optional.empty(), 202, Optional.empty(), "r" + number, Instant.EPOCH,
                Optional.empty());
    }

    private List<String> all(String tenant, Optional<String> film, int limit) {
        List<String> requests = new ArrayList<>();
        OptionalLong before = OptionalLong.empty();
        for (int pages = 0; pages < 200; pages++) {
            AuditTrail.Page page = trail.read(tenant, film, before, limit);
            assertThat(page.lines().size()).isLessThanOrEqualTo(limit);
            page.lines().forEach(l -> requests.add(l.record().request()));
            if (page.next().isEmpty()) {
                return requests;
            }
            before = OptionalLong.of(page.next().get());
        }
        throw new AssertionError("it never ends");
    }

    @Test
    void everyPageSizeShowsEveryLineOfATenantOnceNewestFirst() {
        for (int i = 0; i < 57; i++) {
            trail.write(line(i % 3 == 0 ? "a" : i < 40 ? "b" : "c", i));
        }
        for (int limit : new int[] {1, 2, 3, 7, 10, 50}) {
            for (String tenant : List.of("a", "b", "c", "nobody")) {
                List<String> expected = new ArrayList<>(topic.stream().filter(l -> l.tenant().equals(tenant)).map(AuditRecord::request).toList());
                java.util.Collections.reverse(expected);
                assertThat(all(tenant, Optional.empty(), limit)).as(tenant + " by " + limit).isEqualTo(expected);
            }
        }
        assertThat(all("a", Optional.of("f1"), 2)).isNotEmpty().allMatch(r -> Integer.parseInt(r.substring(1)) % 2 == 1);
        oldest = 50;
        assertThat(all("a", Optional.empty(), 3)).containsExactly("r54", "r51");
    }

    @Test
    void promptsOfALineAreBounded() {
        assertThat(AuditTrail.shortened(List.of("A city.", "A river."))).containsExactly("A city.", "A river.");
        List<String> kept = AuditTrail.shortened(java.util.Collections.nCopies(10_000, "x".repeat(1_000)));
        assertThat(kept).hasSize(66).last().isEqualTo("x".repeat(AuditTrail.PROMPT_CHARACTERS - 65_000) + "…");
    }

    @Test
    void aLineThatIsNotDurableInTimeIsSaidToBeMissing() {
        sent = new CompletableFuture<>();
        assertThatThrownBy(() -> trail.write(line("a", 1))).isInstanceOf(QueueUnavailableException.class);
        sent = CompletableFuture.failedFuture(new QueueUnavailableException("away", null));
        assertThatThrownBy(() -> trail.write(line("a", 1))).isInstanceOf(QueueUnavailableException.class);
    }
}
