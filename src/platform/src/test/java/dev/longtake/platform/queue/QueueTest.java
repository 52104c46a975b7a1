package dev.longtake.platform.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longtake.contract.DeadLetter;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Message;
import dev.longtake.contract.Topics;
import dev.longtake.contract.WorkerControl;
import dev.longtake.platform.Servers;
import dev.longtake.platform.queue.JobHandler.Verdict;
import dev.longtake.servers.Ports;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class QueueTest {
    private static final String BOOTSTRAP = Servers.get().kafka().bootstrap();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final String topic = "jobs-" + UUID.randomUUID();
    private KafkaPublisher publisher;

    @BeforeEach
    void topics() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BOOTSTRAP))) {
            FarmTopics.ensure(admin, FarmTopics.all(List.of("cpu")), (short) 1);
            FarmTopics.ensure(admin, FarmTopics.all(List.of("cpu")), (short) 1);
            FarmTopics.ensure(admin, List.of(new FarmTopics.Spec(topic, 1, false, Duration.ofDays(1)), new FarmTopics.Spec(topic + "-b", 1, false, Duration.ofDays(1))), (short) 1);
        }
        publisher = new KafkaPublisher(BOOTSTRAP, "test", Duration.ofSeconds(10));
        open.add(publisher);
    }

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private static FilmCommand job(int n) {
        return new FilmCommand.Cancel(1, new FilmRef("t", "film" + n, 1), Instant.EPOCH);
    }

    private ShareSlot<FilmCommand> slot(String name, Duration lock, JobHandler<FilmCommand> handler) {
        ShareSlot<FilmCommand> slot = new ShareSlot<>(new ShareSlot.Settings(BOOTSTRAP, name, List.of(topic, topic + "-b"), lock), FilmCommand.class, handler, publisher);
        slot.start();
        open.add(slot);
        return slot;
    }

    @Test
    void jobsSentBeforeAnybodyCameAreDoneOnceByWhoeverIsFree() throws Exception {
        for (int i = 0; i < 20; i++) {
            publisher.send(i % 2 == 0 ? topic : topic + "-b", "k", job(i));
        }
        BlockingQueue<String> done = new LinkedBlockingQueue<>();
        AtomicInteger[] each = {new AtomicInteger(), new AtomicInteger()};
        for (int s = 0; s < 2; s++) {
            AtomicInteger mine = each[s];
            slot("s" + s, Duration.ofSeconds(10), (job, deliveries) -> {
                sleep(50);
                mine.incrementAndGet();
                done.add(job.film().film());
                return Verdict.ACCEPT;
            });
        }
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String one = done.poll(30, TimeUnit.SECONDS);
            assertThat(one).isNotNull();
            all.add(one);
        }
        assertThat(all).doesNotHaveDuplicates();
        assertThat(done.poll(500, TimeUnit.MILLISECONDS)).isNull();
        assertThat(each[0].get()).isPositive();
        assertThat(each[1].get()).isPositive();
    }

    @Test
    void aJobLongerThanItsLockIsRenewedAndDoneOnce() throws Exception {
        BlockingQueue<Integer> deliveriesSeen = new LinkedBlockingQueue<>();
        JobHandler<FilmCommand> slow = (job, deliveries) -> {
            deliveriesSeen.add(deliveries);
            sleep(5_000);
            return Verdict.ACCEPT;
        };
        slot("a", Duration.ofSeconds(2), slow);
        slot("b", Duration.ofSeconds(2), slow);
        publisher.send(topic, "k", job(1));
        assertThat(deliveriesSeen.poll(20, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(deliveriesSeen.poll(9, TimeUnit.SECONDS)).as("a second delivery").isNull();
    }

    @Test
    void aReleasedJobComesAgainWithItsCount() throws Exception {
        BlockingQueue<Integer> deliveriesSeen = new LinkedBlockingQueue<>();
        slot("a", Duration.ofSeconds(10), (job, deliveries) -> {
            deliveriesSeen.add(deliveries);
            return deliveries < 3 ? Verdict.RELEASE : Verdict.ACCEPT;
        });
        publisher.send(topic, "k", job(1));
        assertThat(deliveriesSeen.poll(20, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(deliveriesSeen.poll(10, TimeUnit.SECONDS)).isEqualTo(2);
        assertThat(deliveriesSeen.poll(10, TimeUnit.SECONDS)).isEqualTo(3);
        assertThat(deliveriesSeen.poll(1, TimeUnit.SECONDS)).isNull();
    }

    @Test
    void aDrainedSlotFinishesWhatItHoldsAndTakesNothingNew() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        AtomicInteger done = new AtomicInteger();
        ShareSlot<FilmCommand> slot = slot("a", Duration.ofSeconds(10), (job, deliveries) -> {
            began.countDown();
            sleep(700);
            done.incrementAndGet();
            return Verdict.ACCEPT;
        });
        publisher.send(topic, "k", job(1));
        publisher.send(topic, "k", job(2));
        assertThat(began.await(20, TimeUnit.SECONDS)).isTrue();
        slot.drain();
        assertThat(slot.awaitEnd(Duration.ofSeconds(10))).isTrue();
        assertThat(done.get()).isEqualTo(1);
    }

    @Test
    void whatNobodyCanReadBecomesADeadLetter() throws Exception {
        BlockingQueue<DeadLetter> letters = new LinkedBlockingQueue<>();
        TopicReader<DeadLetter> reader = new TopicReader<>(BOOTSTRAP, Topics.DEAD_LETTERS, DeadLetter.class, TopicReader.From.NOW, TopicReader.Unreadable.kept(), (key, letter, partition, offset) -> letters.add(letter));
        reader.start();
        open.add(reader);
        assertThat(reader.awaitCaughtUp(Duration.ofSeconds(20))).isTrue();
        try (KafkaProducer<String, byte[]> raw = new KafkaProducer<>(Map.of("bootstrap.servers", BOOTSTRAP), new StringSerializer(), new ByteArraySerializer())) {
            raw.send(new ProducerRecord<>(topic, "k", "{\"type\":\"cancel\"".getBytes(StandardCharsets.UTF_8))).get();
        }
        BlockingQueue<String> done = new LinkedBlockingQueue<>();
        slot("a", Duration.ofSeconds(10), (job, deliveries) -> {
            done.add(job.film().film());
            return Verdict.ACCEPT;
        });
        publisher.send(topic, "k", job(7));
        assertThat(done.poll(20, TimeUnit.SECONDS)).isEqualTo("film7");
        assertThat(letters.poll(20, TimeUnit.SECONDS)).satisfies(l -> {
            assertThat(l.topic()).isEqualTo(topic);
            assertThat(l.body()).contains("cancel");
        });
    }

    private <T extends Message> BlockingQueue<T> read(String from, Class<T> type, TopicReader.From where, TopicReader.Unreadable unreadable) throws InterruptedException {
        BlockingQueue<T> seen = new LinkedBlockingQueue<>();
        TopicReader<T> reader = new TopicReader<>(BOOTSTRAP, from, type, where, unreadable, (key, m, partition, offset) -> seen.add(m));
        reader.start();
        open.add(reader);
        assertThat(reader.awaitCaughtUp(Duration.ofSeconds(20))).isTrue();
        return seen;
    }

    @Test
    void whatReadersCannotReadIsParkedUnderItsPlaceAndTheyGoOn() throws Exception {
        byte[] newer = "{\"type\":\"cancel\",\"version\":2}".getBytes(StandardCharsets.UTF_8);
        publisher.put(topic, null, newer);
        BlockingQueue<DeadLetter> letters = read(Topics.DEAD_LETTERS, DeadLetter.class, TopicReader.From.NOW, TopicReader.Unreadable.kept());
        List<BlockingQueue<FilmCommand>> readers = new ArrayList<>();
        for (TopicReader.From from : TopicReader.From.values()) {
            readers.add(read(topic, FilmCommand.class, from, TopicReader.Unreadable.park(publisher)));
        }
        publisher.put(topic, "k", newer);
        publisher.send(topic, "k", job(7));
        for (BlockingQueue<FilmCommand> reader : readers) {
            assertThat(reader.poll(20, TimeUnit.SECONDS)).isEqualTo(job(7));
            assertThat(letters.poll(20, TimeUnit.SECONDS)).satisfies(l -> {
                assertThat(l.reason()).isEqualTo("FilmCommand of version 2; this build reads 1..1");
                assertThat(l.source().orElseThrow().offset()).as("both name the same place, and nobody what was there before they came").isEqualTo(1);
                assertThat(l.message().orElseThrow()).isEqualTo(newer);
                assertThat(l.originalKey()).isEqualTo("k");
            });
        }
        assertThat(letters.poll(500, TimeUnit.MILLISECONDS)).isNull();
    }

    /** As {@code film-states} is read: by a build that does not know the type yet, and then by one that does. */
    @Test
    void whatATopicKeepsIsNotParkedAndANewerReaderFindsIt() throws Exception {
        BlockingQueue<DeadLetter> letters = read(Topics.DEAD_LETTERS, DeadLetter.class, TopicReader.From.NOW, TopicReader.Unreadable.kept());
        BlockingQueue<WorkerControl> older = read(topic, WorkerControl.class, TopicReader.From.BEGINNING, TopicReader.Unreadable.kept());
        WorkerControl known = new WorkerControl.Drain(1, "w", Instant.EPOCH);
        publisher.send(topic, "k", job(1));
        publisher.send(topic, "k", known);
        assertThat(older.poll(20, TimeUnit.SECONDS)).isEqualTo(known);
        assertThat(read(topic, FilmCommand.class, TopicReader.From.BEGINNING, TopicReader.Unreadable.kept()).poll(20, TimeUnit.SECONDS)).isEqualTo(job(1));
        assertThat(letters.poll(500, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void theNewestLettersAreReadInOrderAndWhatIsNoneIsLeftOut() {
        LetterLog log = new KafkaLetterLog(BOOTSTRAP, Duration.ofSeconds(20));
        for (int i = 0; i < 3; i++) {
            publisher.send(Topics.DEAD_LETTERS, "k", DeadLetter.parked(topic, 0, i, "k", new byte[] {1}, "why", Instant.EPOCH));
            publisher.put(Topics.DEAD_LETTERS, "k", "nonsense".getBytes(StandardCharsets.UTF_8));
        }
        List<LetterLog.Entry> all = new ArrayList<>();
        log.newest(6, all::add);
        assertThat(all).extracting(e -> e.letter().source().orElseThrow().offset()).containsExactly(0L, 1L, 2L);
        assertThat(all).extracting(LetterLog.Entry::id).doesNotHaveDuplicates().allMatch(id -> id.startsWith("0-"));
        List<LetterLog.Entry> some = new ArrayList<>();
        log.newest(2, some::add);
        assertThat(some).containsExactly(all.get(2));
        LetterLog away = new KafkaLetterLog("127.0.0.1:" + Ports.claim("nobody", 0), Duration.ofSeconds(1));
        assertThatThrownBy(() -> away.newest(2, some::add)).isInstanceOf(QueueUnavailableException.class);
    }

    @Test
    void aSlotThatRestsTakesNothingUntilItsTimeIsOver() throws Exception {
        BlockingQueue<String> done = new LinkedBlockingQueue<>();
        ShareSlot<FilmCommand> resting = slot("a", Duration.ofSeconds(10), (job, deliveries) -> {
            done.add(job.film().film());
            return Verdict.ACCEPT;
        });
        publisher.send(topic, "k", job(1));
        assertThat(done.poll(20, TimeUnit.SECONDS)).isEqualTo("film1");
        resting.rest(Duration.ofSeconds(4));
        sleep(500);
        publisher.send(topic, "k", job(2));
        assertThat(done.poll(2, TimeUnit.SECONDS)).isNull();
        assertThat(done.poll(30, TimeUnit.SECONDS)).as("tried again").isEqualTo("film2");
    }

    @Test
    void aReaderSeesEverythingFromTheBeginning() throws Exception {
        for (int i = 0; i < 5; i++) {
            publisher.send(topic, "k", job(i));
        }
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        TopicReader<FilmCommand> reader = new TopicReader<>(BOOTSTRAP, topic, FilmCommand.class, TopicReader.From.BEGINNING, TopicReader.Unreadable.kept(), (key, m, partition, offset) -> seen.add(m.film().film()));
        reader.start();
        open.add(reader);
        assertThat(reader.awaitCaughtUp(Duration.ofSeconds(20))).isTrue();
        assertThat(seen).containsExactly("film0", "film1", "film2", "film3", "film4");
    }

    @Test
    void aReaderWaitsForATopicThatIsMadeLater() throws Exception {
        String later = topic + "-later";
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        TopicReader<FilmCommand> reader = new TopicReader<>(BOOTSTRAP, later, FilmCommand.class, TopicReader.From.BEGINNING, TopicReader.Unreadable.kept(), (key, m, partition, offset) -> seen.add(m.film().film()));
        reader.start();
        open.add(reader);
        assertThat(reader.awaitCaughtUp(Duration.ofSeconds(2))).isFalse();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BOOTSTRAP))) {
            FarmTopics.ensure(admin, List.of(new FarmTopics.Spec(later, 1, false, Duration.ofDays(1))), (short) 1);
        }
        publisher.send(later, "k", job(3));
        assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo("film3");
    }

    @Test
    void aQueueThatIsAwayIsGivenUpInTime() {
        KafkaPublisher away = new KafkaPublisher("127.0.0.1:" + Ports.claim("nobody", 0), "away", Duration.ofSeconds(1));
        open.add(away);
        long before = System.nanoTime();
        assertThatThrownBy(() -> away.send(Topics.FILM_COMMANDS, "t", (Message) job(1))).isInstanceOf(QueueUnavailableException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(6));
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void historyIsReadFromAnyPlaceToAnyOtherAndSaysWhatIsLeft() throws Exception {
        for (int i = 0; i < 500; i++) {
            publisher.send(topic, "k", job(i));
        }
        TopicHistory<FilmCommand> history = new TopicHistory<>(BOOTSTRAP, topic, FilmCommand.class, Duration.ofSeconds(10));
        assertThat(history.bounds(0)).isEqualTo(new HistoryReader.Bounds(0, 500));
        List<FilmCommand> read = new ArrayList<>();
        history.read(0, 100, 450, (command, offset) -> read.add(command));
        assertThat(read).hasSize(350);
        assertThat(read.get(0)).isEqualTo(job(100));
        assertThat(read.get(349)).isEqualTo(job(449));
        read.clear();
        history.read(0, 0, 500, (command, offset) -> read.add(command) && offset < 2);
        assertThat(read).as("until the listener has enough").hasSize(3);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BOOTSTRAP))) {
            admin.deleteRecords(Map.of(new org.apache.kafka.common.TopicPartition(topic, 0), org.apache.kafka.clients.admin.RecordsToDelete.beforeOffset(300))).all().get();
        }
        assertThat(history.bounds(0).oldest()).isEqualTo(300);
        TopicHistory<FilmCommand> away = new TopicHistory<>("127.0.0.1:" + Ports.claim("nobody", 0), topic, FilmCommand.class, Duration.ofMillis(500));
        assertThatThrownBy(() -> away.bounds(0)).isInstanceOf(QueueUnavailableException.class);
    }
}
