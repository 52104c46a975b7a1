package dev.longtake.scheduler.janitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.ExpiryJob;
import dev.longtake.contract.ExpiryReport;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Message;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.platform.memory.MemoryObjectStore;
import dev.longtake.platform.memory.MemoryTailCache;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.store.ObjectStore;
import dev.longtake.platform.store.StoreUnavailableException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class JanitorTest {
    private static final FilmRef FILM = new FilmRef("t", "film", 1);
    private static final AttemptRef PARENT = new AttemptRef("k1", "a1");
    private static final AttemptRef CHILD = new AttemptRef("k2", "a2");
    private static final Duration GRACE = Duration.ofMillis(300);

    private Instant storeTime = Instant.parse("2026-01-01T00:00:00Z");
    private final MemoryObjectStore objects = new MemoryObjectStore(() -> storeTime);
    private final MemoryTailCache tails = new MemoryTailCache();
    private final BlockingQueue<Message> sent = new LinkedBlockingQueue<>();

    private final Publisher publisher = new Publisher() {
        @Override
        public void send(String topic, String key, Message message) {
            sent.add(message);
        }

        @Override
        public void put(String topic, String key, byte[] message) {
            throw new UnsupportedOperationException("a janitor puts nothing back");
        }

        @Override
        public CompletionStage<Void> sendAsync(String topic, String key, Message message) {
            sent.add(message);
            return CompletableFuture.completedFuture(null);
        }
    };

    private Janitor janitor(ObjectStore store) {
        return new Janitor(store, tails, publisher, Clock.systemUTC(), new Janitor.Settings(GRACE, 10_000, 2));
    }

    private static ExpiryJob job(String id, boolean confirmed) {
        return new ExpiryJob(1, "t", id, List.of(FILM), List.of(CHILD, PARENT), confirmed, Instant.now());
    }

    private void fill() {
        for (AttemptRef a : List.of(PARENT, CHILD, new AttemptRef("k1", "a11"))) {
            List.of(ObjectKeys.tokens("t", a), ObjectKeys.tail("t", a), ObjectKeys.report("t", a), ObjectKeys.clip("t", a)).forEach(k -> objects.put(k, new byte[] {1}, "b"));
            tails.put("t", a, new byte[] {1});
        }
        for (FilmRef film : List.of(FILM, new FilmRef("t", "film", 11), new FilmRef("t", "film2", 1))) {
            objects.put(ObjectKeys.plan(film), new byte[] {1}, "b");
            objects.put(ObjectKeys.product(film, "film.mp4"), new byte[] {1}, "b");
        }
    }

    @Test
    void whatWasNotConfirmedIsWaitedForAndNothingIsRemoved() throws Exception {
        fill();
        int before = objects.list("").size();
        try (Janitor janitor = janitor(objects)) {
            long begun = System.nanoTime();
            janitor.handle(job("e1", false), 1);
            janitor.handle(job("e1", false), 1);
            assertThat(sent.poll(10, TimeUnit.SECONDS)).isInstanceOfSatisfying(ExpiryReport.Waited.class, w -> assertThat(w.id()).isEqualTo("e1"));
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(GRACE);
            assertThat(sent.poll(500, TimeUnit.MILLISECONDS)).as("one job waits once").isNull();
        }
        assertThat(objects.list("")).hasSize(before);
    }

    @Test
    void whatDoesNotFitOnTheWaitingListIsLeftToTheNextTime() throws Exception {
        try (Janitor janitor = janitor(objects)) {
            List.of("e1", "e2", "e3").forEach(id -> janitor.handle(job(id, false), 1));
            assertThat(sent.poll(10, TimeUnit.SECONDS)).isNotNull();
            assertThat(sent.poll(10, TimeUnit.SECONDS)).isNotNull();
            assertThat(sent.poll(500, TimeUnit.MILLISECONDS)).isNull();
            janitor.handle(job("e3", false), 1);
            assertThat(((ExpiryReport.Waited) sent.poll(10, TimeUnit.SECONDS)).id()).isEqualTo("e3");
        }
    }

    @Test
    void whatWasConfirmedIsRemovedChildrenFirstAndNothingElse() throws Exception {
        fill();
        List<String> order = new ArrayList<>();
        var noted = (ObjectStore) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {ObjectStore.class}, (p, m, args) -> {
            if (m.getName().equals("delete")) {
                order.add((String) args[0]);
            }
            return m.invoke(objects, args);
        });
        try (Janitor janitor = janitor(noted)) {
            janitor.handle(job("e1", true), 1);
            assertThat(sent.poll()).isInstanceOf(ExpiryReport.Removed.class);
            janitor.handle(job("e1", true), 2);
            assertThat(sent.poll()).as("again").isInstanceOf(ExpiryReport.Removed.class);
        }
        assertThat(order).hasSize(10);
        assertThat(order.indexOf(ObjectKeys.tail("t", CHILD))).isLessThan(order.indexOf(ObjectKeys.clip("t", PARENT)));
        assertThat(objects.list("")).containsExactlyInAnyOrder(ObjectKeys.plan(new FilmRef("t", "film", 11)), ObjectKeys.product(new FilmRef("t", "film", 11), "film.mp4"),
                ObjectKeys.plan(new FilmRef("t", "film2", 1)), ObjectKeys.product(new FilmRef("t", "film2", 1), "film.mp4"), ObjectKeys.tokens("t", new AttemptRef("k1", "a11")),
                ObjectKeys.tail("t", new AttemptRef("k1", "a11")), ObjectKeys.report("t", new AttemptRef("k1", "a11")), ObjectKeys.clip("t", new AttemptRef("k1", "a11")));
        assertThat(tails.get("t", CHILD)).isEmpty();
        assertThat(tails.get("t", new AttemptRef("k1", "a11"))).isPresent();
    }

    @Test
    void aStoreThatIsAwayIsNoReport() {
        var away = (ObjectStore) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {ObjectStore.class}, (p, m, args) -> {
            throw new StoreUnavailableException("503", null);
        });
        try (Janitor janitor = janitor(away)) {
            janitor.handle(job("e1", true), 1);
        }
        assertThat(sent).isEmpty();
    }

    @Test
    void aSweepTellsOfWhatIsOldByTheStoresClock() {
        fill();
        storeTime = storeTime.plus(Duration.ofDays(1));
        objects.put(ObjectKeys.clip("t", CHILD), new byte[] {2}, "b");
        objects.put(ObjectKeys.plan(new FilmRef("u", "film3", 1)), new byte[] {1}, "b");
        // Pages of any size: a page may end between the objects of one attempt.
        for (int page = 1; page <= 20; page += 19) {
            sent.clear();
            new Sweeper(objects, publisher, Clock.systemUTC(), Duration.ofHours(24), page).sweep();
            assertThat(sent).allSatisfy(m -> assertThat(((ExpiryReport.Found) m).tenant()).isEqualTo("t"));
            assertThat(sent.stream().flatMap(m -> ((ExpiryReport.Found) m).revisions().stream()).distinct()).containsExactlyInAnyOrder(FILM, new FilmRef("t", "film", 11), new FilmRef("t", "film2", 1));
            assertThat(sent.stream().flatMap(m -> ((ExpiryReport.Found) m).attempts().stream()).distinct()).contains(PARENT, new AttemptRef("k1", "a11"));
        }
        assertThat(sent.stream().flatMap(m -> ((ExpiryReport.Found) m).attempts().stream())).as("one that is being worked on").doesNotContain(CHILD);
        sent.clear();
        new Sweeper(objects, publisher, Clock.systemUTC(), Duration.ofHours(25), 1_000).sweep();
        assertThat(sent).isEmpty();
    }
}
