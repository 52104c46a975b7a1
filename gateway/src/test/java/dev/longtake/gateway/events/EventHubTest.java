package dev.longtake.gateway.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Lane;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.gateway.events.EventHub.Topic;
import dev.longtake.platform.queue.HistoryReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventHubTest {
    private static final int PARTITIONS = 2;
    private static final int KEPT = 8;

    /** Two partitions as Kafka has them; {@code oldest} is what retention left. */
    private final List<List<FilmEvent>> partitions = List.of(new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>());
    private final long[] oldest = new long[PARTITIONS];
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable o : open) {
            o.close();
        }
    }

    private final HistoryReader<FilmEvent> history = new HistoryReader<>() {
        @Override
        public Bounds bounds(int partition) {
            return new Bounds(oldest[partition], partitions.get(partition).size());
        }

        @Override
        public void read(int partition, long from, long until, Listener<FilmEvent> listener) {
            for (long o = from; o < until && listener.on(partitions.get(partition).get((int) o), o); o++) {
                Thread.onSpinWait();
            }
        }
    };

    /** A replica that listens from now on. */
    private EventHub hub(int streams, Duration patience) {
        EventHub hub = new EventHub(new EventHub.Limits(streams, streams, KEPT, 2, Duration.ofMillis(50), patience), history);
        open.add(hub);
        hub.begin(Map.of(0, (long) partitions.get(0).size(), 1, (long) partitions.get(1).size()));
        return hub;
    }

    private EventHub hub() {
        return hub(10, Duration.ofMinutes(1));
    }

    private static int partitionOf(String film) {
        return film.startsWith("a") ? 0 : 1;
    }

    private void happen(String tenant, String film, int index, EventHub... hubs) {
        FilmEvent event = new FilmEvent.SegmentChanged(1, new FilmRef(tenant, film, 1), index, 0, "dispatched", "accepted", Optional.of(new AttemptRef("k", "a" + index)), Optional.of("w1"), false,
                Instant.EPOCH);
        int p = partitionOf(film);
        partitions.get(p).add(event);
        for (EventHub hub : hubs) {
            hub.on(p, partitions.get(p).size() - 1, event);
        }
    }

    /** Takes as much as it is told to. */
    private static final class Client implements Flow.Subscriber<EventStream.Item> {
        final List<EventStream.Item> got = new CopyOnWriteArrayList<>();
        volatile boolean complete;
        volatile boolean cut;
        private Flow.Subscription subscription;
        private final long first;

        Client(long first) {
            this.first = first;
        }

        @Override
        public void onSubscribe(Flow.Subscription s) {
            subscription = s;
            if (first > 0) {
                s.request(first);
            }
        }

        @Override
        public void onNext(EventStream.Item item) {
            got.add(item);
        }

        @Override
        public void onError(Throwable t) {
            throw new AssertionError(t);
        }

        @Override
        public void onComplete() {
            complete = true;
        }

        List<EventStream.Item> events() {
            return got.stream().filter(i -> i.name().isPresent() && !i.name().get().equals("progress")).toList();
        }

        List<String> attempts() {
            return events().stream().filter(i -> i.name().get().equals("segment")).map(i -> i.text().replaceAll(".*\"attempt\":\"(\\w+)\".*", "$1")).toList();
        }

        String lastId() {
            return events().stream().flatMap(i -> i.id().stream()).reduce((a, b) -> b).orElseThrow();
        }
    }

    private static Client listen(EventHub hub, Topic topic, String after, long demand) throws Exception {
        Client client = new Client(demand);
        hub.listen(topic, Optional.ofNullable(after), () -> client.cut = true).subscribe(client);
        return client;
    }

    private static Topic film(String film) {
        return new Topic("t", Optional.of(film));
    }

    private static final Topic TENANT = new Topic("t", Optional.empty());

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 500 && !condition.getAsBoolean(); i++) {
            Thread.sleep(10);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    @Test
    void aListenerHearsItsFilmAndNoOther() throws Exception {
        EventHub hub = hub();
        happen("t", "a1", 0, hub);
        Client client = listen(hub, film("a1"), null, Long.MAX_VALUE);
        happen("t", "a1", 1, hub);
        happen("t", "a2", 2, hub);
        happen("other", "a1", 3, hub);
        happen("t", "b1", 4, hub);
        happen("t", "a1", 5, hub);
        assertThat(client.attempts()).containsExactly("a1", "a5");
        assertThat(client.events()).extracting(i -> i.id().orElse("")).containsExactly("0-1", "0-4");
        assertThat(client.events().get(0).text()).isEqualTo("{\"film\":\"a1\",\"revision\":1,\"segment\":1,\"scene\":0,\"from\":\"dispatched\",\"to\":\"accepted\",\"attempt\":\"a1\","
                + "\"segment_key\":\"k\",\"worker\":\"w1\",\"reused\":false,\"thumbnail\":\"/v1/segments/k/a1/thumbnail\",\"at\":\"1970-01-01T00:00:00Z\"}");
    }

    @Test
    void whoeverComesBackGoesOnWhereItWasFromTheRingOrFromTheTopicAtAnyReplica() throws Exception {
        EventHub one = hub();
        Client before = listen(one, film("a1"), null, Long.MAX_VALUE);
        for (int i = 0; i < 30; i++) {
            happen("t", i % 3 == 0 ? "a2" : "a1", i, one);
        }
        String id = before.events().get(4).id().orElseThrow();
        List<String> rest = before.attempts().subList(5, 20);
        EventHub late = hub();
        for (EventHub hub : List.of(one, late)) {
            Client again = listen(hub, film("a1"), id, Long.MAX_VALUE);
            await(() -> again.attempts().size() >= rest.size());
            assertThat(again.attempts()).isEqualTo(rest);
        }
        Client fromRing = listen(one, film("a1"), before.events().get(17).id().orElseThrow(), Long.MAX_VALUE);
        assertThat(fromRing.attempts()).as("at once").isEqualTo(before.attempts().subList(18, 20));
    }

    /** Listeners of all kinds come and go at two replicas while events happen; the seed is printed. */
    @Test
    void nothingIsMissedOrToldTwiceHoweverOftenAListenerComesBack() throws Exception {
        long seed = System.nanoTime();
        System.out.println("longtake.seed=" + seed);
        Random random = new Random(seed);
        EventHub[] hubs = {hub(), hub()};
        List<String> film = new ArrayList<>();
        List<String> tenant = new ArrayList<>();
        String filmId = null;
        String tenantId = null;
        List<String> gotFilm = new ArrayList<>();
        List<String> gotTenant = new ArrayList<>();
        int n = 0;
        for (int round = 0; round < 40; round++) {
            EventHub at = hubs[random.nextInt(2)];
            Client one = listen(at, film("a1"), filmId, Long.MAX_VALUE);
            Client all = listen(at, TENANT, tenantId, Long.MAX_VALUE);
            int while1 = random.nextInt(20) + (round == 0 ? 1 : 0);
            for (int i = 0; i < while1; i++) {
                n = happen(random, n, round == 0, film, tenant, hubs);
            }
            List<String> wantFilm = film;
            List<String> wantTenant = tenant;
            await(() -> gotFilm.size() + one.attempts().size() >= wantFilm.size() && gotTenant.size() + all.attempts().size() >= wantTenant.size());
            gotFilm.addAll(one.attempts());
            gotTenant.addAll(all.attempts());
            filmId = one.events().isEmpty() ? filmId : one.lastId();
            tenantId = all.events().isEmpty() ? tenantId : all.lastId();
            one.subscription.cancel();
            all.subscription.cancel();
            for (int i = random.nextInt(30); i > 0; i--) {
                n = happen(random, n, false, film, tenant, hubs);
            }
        }
        assertThat(gotFilm).as("seed %d", seed).isEqualTo(film.subList(0, gotFilm.size()));
        assertThat(gotTenant).as("seed %d", seed).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(tenant.subList(0, gotTenant.size()));
        assertThat(hubs[0].listeners() + hubs[1].listeners()).isZero();
    }

    private int happen(Random random, int n, boolean mine, List<String> film, List<String> tenant, EventHub... hubs) {
        String whose = mine || random.nextInt(4) > 0 ? "t" : "other";
        String which = mine ? "a1" : List.of("a1", "a2", "b1").get(random.nextInt(3));
        happen(whose, which, n, hubs);
        if (whose.equals("t")) {
            tenant.add("a" + n);
            if (which.equals("a1")) {
                film.add("a" + n);
            }
        }
        return n + 1;
    }

    @Test
    void whatIsNotKeptAnyMoreIsAGapAndThenItGoesOn() throws Exception {
        EventHub hub = hub();
        for (int i = 0; i < 30; i++) {
            happen("t", "a1", i, hub);
        }
        oldest[0] = 10;
        Client client = listen(hub, film("a1"), "0-3", Long.MAX_VALUE);
        await(() -> client.attempts().size() >= 20);
        assertThat(client.events().get(0).name()).contains("gap");
        assertThat(client.events().get(0).text()).contains("0-4 to 0-9");
        assertThat(client.events().get(0).id()).contains("0-9");
        assertThat(client.attempts().get(0)).isEqualTo("a10");
        assertThat(client.attempts()).hasSize(20);
    }

    @Test
    void anIdOfATopicThatIsNotThereAnyMoreIsAGap() throws Exception {
        EventHub hub = hub();
        happen("t", "a1", 0, hub);
        Client client = listen(hub, film("a1"), "0-900", Long.MAX_VALUE);
        await(() -> !client.events().isEmpty());
        happen("t", "a1", 1, hub);
        await(() -> client.events().size() == 2);
        assertThat(client.events().get(0).name()).contains("gap");
        assertThat(client.attempts()).containsExactly("a1");
    }

    @Test
    void anIdThatAnotherReplicaHeardAndThisOneNotYetIsNoGap() throws Exception {
        EventHub ahead = hub();
        EventHub behind = hub();
        happen("t", "a1", 0, ahead);
        Client client = listen(behind, film("a1"), "0-0", Long.MAX_VALUE);
        Thread.sleep(100);
        behind.on(0, 0, partitions.get(0).get(0));
        happen("t", "a1", 1, ahead, behind);
        await(() -> !client.events().isEmpty());
        assertThat(client.attempts()).containsExactly("a1");
    }

    @Test
    void whoeverIsSlowerThanWhatIsKeptIsCutOffAndCanGoOn() throws Exception {
        EventHub hub = hub();
        Client slow = listen(hub, film("a1"), null, 2);
        for (int i = 0; i < KEPT + 10; i++) {
            happen("t", "a1", i, hub);
        }
        assertThat(slow.attempts()).hasSizeLessThanOrEqualTo(2);
        slow.subscription.request(1);
        assertThat(slow.cut).isTrue();
        assertThat(hub.listeners()).isZero();
        Client again = listen(hub, film("a1"), slow.lastId(), Long.MAX_VALUE);
        await(() -> again.attempts().size() + slow.attempts().size() == KEPT + 10);
    }

    @Test
    void whoeverTakesNothingIsCutOff() throws Exception {
        EventHub hub = hub(10, Duration.ofMillis(200));
        Client deaf = listen(hub, film("a1"), null, 1);
        await(() -> deaf.cut);
        assertThat(hub.listeners()).isZero();
    }

    @Test
    void aSlowReaderOfOldEventsHoldsOnlyAFewOfThem() throws Exception {
        EventHub hub = hub();
        for (int i = 0; i < 1_000; i++) {
            happen("t", "a1", i, hub);
        }
        Client client = listen(hub, film("a1"), "0-0", 10);
        await(() -> client.attempts().size() >= 9);
        Thread.sleep(100);
        assertThat(client.got.size()).isEqualTo(10);
        for (int i = 0; i < 100; i++) {
            client.subscription.request(10);
            Thread.sleep(1);
        }
        client.subscription.request(100);
        await(() -> client.attempts().size() == 999);
    }

    @Test
    void silenceIsBrokenBySignsOfLifeAndProgressHasNoPlace() throws Exception {
        EventHub hub = hub();
        Client client = listen(hub, film("a1"), null, Long.MAX_VALUE);
        await(() -> client.got.stream().filter(i -> i.name().isEmpty()).count() >= 3);
        WorkerHeartbeat beat = new WorkerHeartbeat(1, "w1", "cpu", List.of(Lane.BATCH), 1, "cafe", "cpu", WorkerHeartbeat.State.READY,
                List.of(new WorkerHeartbeat.Running(new FilmRef("t", "a1", 1), 3, new AttemptRef("k", "a"), "d", 2, 8), new WorkerHeartbeat.Running(new FilmRef("t", "a2", 1), 3, new AttemptRef("k",
                        "a"), "e", 2, 8)), Instant.EPOCH);
        hub.on(beat);
        hub.on(beat);
        assertThat(client.got.stream().filter(i -> i.name().equals(Optional.of("progress")))).singleElement().satisfies(i -> {
            assertThat(i.id()).isEmpty();
            assertThat(i.text()).contains("\"step\":2,\"steps\":8");
        });
    }

    @Test
    void onlySoManyMayListenAndWhatIsNoPlaceIsRefused() throws Exception {
        EventHub hub = hub(1, Duration.ofMinutes(1));
        Client only = listen(hub, TENANT, null, 1);
        assertThatThrownBy(() -> listen(hub, TENANT, null, 1)).isInstanceOf(EventHub.TooManyException.class);
        only.subscription.cancel();
        for (String bad : List.of("x", "1", "1-", "-1-2", "0-1,0-2", "7-1", "0-99999999999999999999")) {
            assertThatThrownBy(() -> listen(hub, TENANT, bad, 1)).as(bad).isInstanceOf(EventHub.BadPositionException.class);
        }
        Client last = listen(hub, TENANT, null, 1);
        hub.close();
        assertThat(last.complete).isTrue();
        assertThatThrownBy(() -> listen(hub, TENANT, null, 1)).isInstanceOf(EventHub.NotReadyException.class);
    }
}
