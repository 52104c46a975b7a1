package dev.longtake.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.AuditRecord;
import dev.longtake.contract.Topics;
import dev.longtake.gateway.GatewayService;
import dev.longtake.gateway.access.Identity;
import dev.longtake.gateway.access.KeyTable;
import dev.longtake.gateway.access.Scope;
import dev.longtake.gateway.audit.AuditTrail;
import dev.longtake.gateway.events.EventHub;
import dev.longtake.gateway.figures.FarmFigures;
import dev.longtake.gateway.films.FilmTable;
import dev.longtake.gateway.films.ModelCatalog;
import dev.longtake.gateway.films.WorkerTable;
import dev.longtake.platform.config.PlatformConfig;
import dev.longtake.platform.queue.FarmTopics;
import dev.longtake.platform.queue.KafkaPublisher;
import dev.longtake.platform.queue.TopicHistory;
import dev.longtake.servers.DataDirectory;
import dev.longtake.servers.EmbeddedServers;
import io.smallrye.config.SmallRyeConfigBuilder;
import jakarta.enterprise.inject.Instance;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two gateways and a real broker. */
@Timeout(180)
class KeysOverKafkaTest {
    private static final Identity OPERATOR = new Identity("default", "bootstrap", java.util.Set.of(Scope.OPERATOR), Instant.MAX, Optional.empty());

    @TempDir
    Path dir;

    private static final class Replica implements AutoCloseable {
        final KeyTable table = new KeyTable();
        final EventHub hub = new EventHub(new EventHub.Limits(1, 1, 1, 1, Duration.ofSeconds(15), Duration.ofMinutes(1)), null);
        final GatewayService service;

        @SuppressWarnings("unchecked")
        Replica(PlatformConfig config) {
            Instance<ModelCatalog> none = (Instance<ModelCatalog>) Proxy.newProxyInstance(Replica.class.getClassLoader(), new Class<?>[] {Instance.class}, (p, m, a) -> null);
            service = new GatewayService(config, new FilmTable(), new WorkerTable(Clock.systemUTC(), Duration.ofSeconds(10)), hub, new FarmFigures(Clock.systemUTC().instant()), table, none);
            service.start();
        }

        @Override
        public void close() {
            service.stop();
            hub.close();
        }
    }

    private static long until(BooleanSupplier holds) throws InterruptedException {
        long begun = System.nanoTime();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime() - begun).isLessThan(60_000_000_000L);
            Thread.sleep(5);
        }
        return (System.nanoTime() - begun) / 1_000_000;
    }

    @Test
    void aKeyAndItsEndReachEveryGatewayAndOneThatStartsLater() throws Exception {
        try (DataDirectory data = DataDirectory.open(dir); EmbeddedServers servers = EmbeddedServers.start(data, java.util.EnumSet.of(EmbeddedServers.Server.KAFKA))) {
            PlatformConfig config = new SmallRyeConfigBuilder().withDefaultValues(Map.of("longtake.kafka.bootstrap", servers.kafka().bootstrap(), "longtake.roles", "gateway")).withMapping(PlatformConfig.class)
                    .build().getConfigMapping(PlatformConfig.class);
            FarmTopics.ensure(config.kafka(), List.of("cpu"));
            try (KafkaPublisher publisher = new KafkaPublisher(servers.kafka().bootstrap(), "t", Duration.ofSeconds(20)); Replica one = new Replica(config); Replica other = new Replica(config)) {
                until(() -> one.table.isComplete() && other.table.isComplete() && one.service.ready() && other.service.ready());
                Keys keys = new Keys(one.table, publisher, Clock.systemUTC(), new Keys.Limits(10, Duration.ofDays(1)));
                KeyView made = keys.create(OPERATOR, new Keys.Wish("studio", "box", List.of(Scope.FILMS_READ), Instant.now().plusSeconds(600)));
                long born = until(() -> other.table.find(made.id()).isPresent());
                keys.revoke(OPERATOR, made.id());
                long ended = until(() -> other.table.find(made.id()).orElseThrow().revoked().isPresent());
                System.out.println("known elsewhere after " + born + " ms, ended after " + ended + " ms");
                try (Replica late = new Replica(config)) {
                    until(late.table::isComplete);
                    assertThat(late.table.find(made.id()).orElseThrow().revoked()).isPresent();
                }
                AuditTrail trail = new AuditTrail(publisher, new TopicHistory<>(servers.kafka().bootstrap(), Topics.AUDIT, AuditRecord.class, Duration.ofSeconds(20)), Duration.ofSeconds(20), 10);
                for (int i = 0; i < 25; i++) {
                    trail.write(new AuditRecord(1, i % 2 == 0 ? "a" : "b", "key:k", "a", "cancelFilm", Optional.empty(), Optional.empty(), Optional.empty(), 202, Optional.empty(), "r" + i, Instant.EPOCH, Optional.empty()));
                }
                AuditTrail.Page newest = trail.read("a", Optional.empty(), OptionalLong.empty(), 3);
                assertThat(newest.lines()).extracting(l -> l.record().request()).containsExactly("r24", "r22", "r20");
                assertThat(trail.read("a", Optional.empty(), OptionalLong.of(newest.next().orElseThrow()), 100).lines()).extracting(l -> l.record().request())
                        .containsExactly("r18", "r16", "r14", "r12", "r10");
            }
        }
    }
}
