package dev.longtake.gateway.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Message;
import dev.longtake.contract.Topics;
import dev.longtake.contract.webhook.WebhookDelivery;
import dev.longtake.contract.webhook.WebhookEndpoint.Format;
import dev.longtake.gateway.webhooks.delivery.DeliveryTable;
import dev.longtake.gateway.webhooks.delivery.Receiver;
import dev.longtake.gateway.webhooks.delivery.VertxSender;
import dev.longtake.platform.memory.MemoryObjectStore;
import dev.longtake.platform.queue.FarmTopics;
import dev.longtake.platform.queue.KafkaPublisher;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.servers.DataDirectory;
import dev.longtake.servers.EmbeddedServers;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Gateways as they run, over a real broker and to a real receiver. */
@Timeout(300)
class WebhooksOverKafkaTest {
    private static final String TENANT = "t";
    private static final WebhookConfig CONFIG = WebhookConfigTest.with(Map.of("longtake.gateway.webhooks.private-addresses", "true", "longtake.gateway.webhooks.first-retry", "PT0.4S",
            "longtake.gateway.webhooks.timeout", "PT3S", "longtake.gateway.webhooks.session", "PT6S", "longtake.gateway.webhooks.per-tenant", "12"));

    @TempDir
    Path dir;

    private final MemoryObjectStore objects = new MemoryObjectStore();
    private final Vertx vertx = Vertx.vertx();
    private final List<AutoCloseable> open = new ArrayList<>();
    private String bootstrap;
    private KafkaPublisher publisher;
    private Receiver receiver;

    @BeforeEach
    void start() throws Exception {
        open.add(() -> vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS));
        DataDirectory data = DataDirectory.open(dir);
        open.add(data);
        EmbeddedServers servers = EmbeddedServers.start(data);
        open.add(servers);
        bootstrap = servers.kafka().bootstrap();
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        try (Admin admin = Admin.create(properties)) {
            FarmTopics.ensure(admin, FarmTopics.all(List.of("cpu")), (short) 1);
        }
        publisher = new KafkaPublisher(bootstrap, "test", Duration.ofSeconds(20));
        open.add(publisher);
        receiver = new Receiver();
        open.add(receiver);
    }

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    /** One gateway's part. */
    private final class Gateway implements AutoCloseable {
        final EndpointTable endpoints = new EndpointTable();
        final DeliveryTable deliveries = new DeliveryTable();
        final AtomicInteger sent = new AtomicInteger();
        final Webhooks webhooks;
        final VertxSender sender;
        final WebhookLoop loop;
        private boolean closed;

        Gateway(Publisher writes) throws InterruptedException {
            webhooks = new Webhooks(endpoints, deliveries, writes, Clock.systemUTC(), 20, 10_000);
            sender = new VertxSender(vertx, VertxSender.Resolver.SYSTEM, CONFIG.targets().addresses(), CONFIG.times(), CONFIG.atOnce());
            loop = new WebhookLoop(bootstrap, Duration.ofSeconds(20), CONFIG, endpoints, deliveries, webhooks, new Callbacks(objects), request -> {
                sent.incrementAndGet();
                return sender.send(request);
            }, writes, Clock.systemUTC());
            loop.start();
            open.add(this);
            await("ready", loop::ready);
        }

        List<WebhookDelivery> about(String film) {
            return deliveries.ofFilm(new FilmRef(TENANT, film, 1));
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                loop.close();
                sender.close();
            }
        }
    }

    /** Writes nothing of what came of tries, as if its process ended after each and before that. */
    private final class Forgetful implements Publisher {
        @Override
        public void send(String topic, String key, Message message) {
            publisher.send(topic, key, message);
        }

        @Override
        public void put(String topic, String key, byte[] message) {
            publisher.put(topic, key, message);
        }

        @Override
        public CompletionStage<Void> sendAsync(String topic, String key, Message message) {
            return message instanceof WebhookDelivery d && !d.state().equals("pending") ? new CompletableFuture<>() : publisher.sendAsync(topic, key, message);
        }
    }

    private static void await(String what, BooleanSupplier done) throws InterruptedException {
        for (int i = 0; i < 1_800 && !done.getAsBoolean(); i++) {
            Thread.sleep(50);
        }
        assertThat(done.getAsBoolean()).as(what).isTrue();
    }

    private void happens(String film, String state) {
        FilmRef ref = new FilmRef(TENANT, film, 1);
        publisher.send(Topics.FILM_EVENTS, ref.filmKey(), new FilmEvent.FilmChanged(1, ref, "assembling", state, Optional.empty(), Instant.now()));
    }

    private void beginningCanBeWatched(String film) {
        FilmRef ref = new FilmRef(TENANT, film, 1);
        publisher.send(Topics.FILM_EVENTS, ref.filmKey(), new FilmEvent.SegmentChanged(1, ref, 0, 0, "accepted", "clipped", Optional.empty(), Optional.empty(), false, Instant.now()));
    }

    private EndpointBody body(String path) {
        return new EndpointBody(receiver.url(path), Format.FILMS, List.of());
    }

    @Test
    void twoGatewaysShareTheWorkAndASlowReceiverHoldsUpNobody() throws Exception {
        Map<String, AtomicInteger> tries = new ConcurrentHashMap<>();
        receiver.answers(g -> {
            if (g.path().equals("/hangs")) {
                Thread.sleep(60_000);
            }
            return g.path().equals("/fails") && tries.computeIfAbsent(g.id(), i -> new AtomicInteger()).incrementAndGet() < 3 ? 503 : 200;
        });
        try (Receiver slow = new Receiver()) {
            slow.answers(g -> {
                Thread.sleep(60_000);
                return 200;
            });
            Gateway one = new Gateway(publisher);
            Gateway two = new Gateway(publisher);
            String secret = one.webhooks.register(TENANT, body("/fails")).secret().orElseThrow();
            one.webhooks.register(TENANT, new EndpointBody(slow.url("/"), Format.FILMS, List.of()));
            one.webhooks.register("other", body("/other"));
            one.webhooks.register(TENANT, new EndpointBody(receiver.url("/videos"), Format.VIDEOS, List.of()));
            String callbackSecret = new Callbacks(objects).claim(TENANT, "film3", receiver.url("/callback")).orElseThrow().secret();
            await("known to both", () -> two.endpoints.of(TENANT).size() == 3);

            int films = 24;
            for (int i = 0; i < films; i++) {
                beginningCanBeWatched("film" + i);
                happens("film" + i, i % 4 == 0 ? "failed" : "finished");
            }
            await("all told, in spite of two failures each", () -> tries.size() == 2 * films && tries.values().stream().allMatch(t -> t.get() >= 3) && receiver.got("/videos").size() >= films
                    && receiver.got("/callback").size() >= 2);
            await("and written down", () -> IntStream.range(0, films).allMatch(i -> two.about("film" + i).stream().filter(d -> d.endpoint().filter(e -> !isSlow(two, e, slow)).isPresent())
                    .allMatch(d -> d.state().equals("delivered"))));

            assertThat(receiver.got("/fails")).as("three tries each and no storm").hasSize(3 * 2 * films).allMatch(g -> g.isSignedWith(secret));
            Map<String, Set<String>> bodies = receiver.got("/fails").stream().collect(Collectors.groupingBy(Receiver.Got::id, Collectors.mapping(Receiver.Got::body, Collectors.toSet())));
            assertThat(bodies).hasSize(2 * films).allSatisfy((id, same) -> assertThat(same).as("every try says the same").hasSize(1));
            assertThat(receiver.got("/videos")).hasSize(films).allMatch(g -> g.body().contains("\"video."));
            assertThat(receiver.got("/callback")).hasSize(2).allMatch(g -> g.isSignedWith(callbackSecret) && !g.isSignedWith(secret));
            assertThat(receiver.got("/other")).as("another tenant's").isEmpty();
            assertThat(one.sent.get()).as("both took part").isPositive();
            assertThat(two.sent.get()).isPositive();
            assertThat(slow.got()).as("the slow one was tried, too").isNotEmpty();
        }
    }

    private static boolean isSlow(Gateway gateway, String endpoint, Receiver slow) {
        return gateway.endpoints.find(TENANT, endpoint).filter(e -> e.url().equals(slow.url("/"))).isPresent();
    }

    @Test
    void nothingIsLostWhileNobodyRunsAndWhoeverStartsGoesOnWhereItWas() throws Exception {
        receiver.answers(g -> 500);
        Gateway first = new Gateway(publisher);
        String secret = first.webhooks.register(TENANT, body("/hook")).secret().orElseThrow();
        for (int i = 0; i < 10; i++) {
            happens("film" + i, "finished");
        }
        await("all tried in vain", () -> receiver.got().stream().map(Receiver.Got::id).distinct().count() == 10);
        first.close();
        int before = receiver.got().size();
        for (int i = 10; i < 20; i++) {
            happens("film" + i, "finished");
        }
        Thread.sleep(1_000);
        assertThat(receiver.got()).as("nobody runs").hasSize(before);
        receiver.answers(g -> 200);
        Gateway second = new Gateway(publisher);
        await("all told", () -> IntStream.range(0, 20).allMatch(i -> second.about("film" + i).stream().filter(d -> d.state().equals("delivered")).count() == 1));
        List<Receiver.Got> after = receiver.got().subList(before, receiver.got().size());
        assertThat(after).hasSize(20).allMatch(g -> g.isSignedWith(secret));
        assertThat(after.stream().map(Receiver.Got::id).collect(Collectors.toSet())).containsAll(receiver.got().subList(0, before).stream().map(Receiver.Got::id).toList());

        // Sent again on demand, under the same id; and with two signatures while a new secret comes in.
        WebhookDelivery told = second.about("film0").get(0);
        String fresh = second.webhooks.rotate(TENANT, told.endpoint().orElseThrow(), Duration.ofHours(1)).orElseThrow().secret().orElseThrow();
        second.webhooks.redeliver(TENANT, told.id());
        await("told again", () -> receiver.got().stream().filter(g -> g.id().equals(told.event()) && g.isSignedWith(fresh) && g.isSignedWith(secret)).count() == 1);

        // Who wants nothing more is told nothing more.
        receiver.answers(g -> 410);
        happens("film20", "finished");
        await("disabled", () -> second.webhooks.find(TENANT, told.endpoint().orElseThrow()).flatMap(EndpointView::disabled).isPresent());
        await("given up", () -> second.about("film20").stream().anyMatch(d -> d.state().equals("given-up")));
        int told410 = receiver.got().size();
        happens("film21", "finished");
        happens("film0", "deleted");
        await("what was told of a film that is gone is forgotten", () -> second.about("film0").isEmpty());
        assertThat(receiver.got()).hasSize(told410);
        assertThat(second.about("film21")).isEmpty();
    }

    @Test
    void whoDiesBetweenSendingAndWritingLeavesADeliveryThatIsSentAgainUnderTheSameId() throws Exception {
        Gateway dying = new Gateway(new Forgetful());
        dying.webhooks.register(TENANT, body("/hook"));
        for (int i = 0; i < 6; i++) {
            happens("film" + i, "finished");
        }
        await("all sent once", () -> receiver.got().size() == 6);
        Set<String> ids = new TreeSet<>(receiver.got().stream().map(Receiver.Got::id).toList());
        Thread.sleep(1_500);
        assertThat(receiver.got()).as("it does not send what it cannot write down again and again").hasSize(6);
        dying.close();
        Gateway next = new Gateway(publisher);
        await("all known to be told", () -> IntStream.range(0, 6).allMatch(i -> next.about("film" + i).stream().anyMatch(d -> d.state().equals("delivered"))));
        Map<String, Long> times = receiver.got().stream().collect(Collectors.groupingBy(Receiver.Got::id, HashMap::new, Collectors.counting()));
        assertThat(times.keySet()).isEqualTo(ids);
        assertThat(times.values()).containsOnly(2L);
    }
}
