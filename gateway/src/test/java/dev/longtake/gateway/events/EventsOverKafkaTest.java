package dev.longtake.gateway.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Topics;
import dev.longtake.platform.config.PlatformConfig;
import dev.longtake.platform.queue.FarmTopics;
import dev.longtake.platform.queue.KafkaPublisher;
import dev.longtake.platform.queue.TopicHistory;
import dev.longtake.platform.queue.TopicReader;
import dev.longtake.servers.DataDirectory;
import dev.longtake.servers.EmbeddedServers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two replicas as the gateway makes them, over a real broker. */
@Timeout(180)
class EventsOverKafkaTest {
    private static final int EVENTS = 60;

    @TempDir
    Path dir;

    /** A replica that hears from now on; it keeps few events, so that most of what is asked for again comes from the topic. */
    private static final class Replica implements AutoCloseable {
        final EventHub hub;
        final TopicReader<FilmEvent> reader;

        Replica(String bootstrap) throws InterruptedException {
            hub = new EventHub(new EventHub.Limits(10, 10, 8, 1, Duration.ofSeconds(15), Duration.ofMinutes(1)),
                    new TopicHistory<>(bootstrap, Topics.FILM_EVENTS, FilmEvent.class, Duration.ofSeconds(20)));
            reader = new TopicReader<>(bootstrap, Topics.FILM_EVENTS, FilmEvent.class, TopicReader.From.NOW, TopicReader.Unreadable.kept(), (key, event, partition, offset) -> hub.on(partition, offset, event))
                    .whenStarted(hub::begin);
            reader.start();
            assertThat(reader.awaitCaughtUp(Duration.ofSeconds(60))).isTrue();
        }

        List<EventStream.Item> listen(EventHub.Topic topic, String after) throws Exception {
            List<EventStream.Item> got = new CopyOnWriteArrayList<>();
            hub.listen(topic, Optional.ofNullable(after), () -> { }).subscribe(new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription s) {
                    s.request(Long.MAX_VALUE);
                }

                @Override
                public void onNext(EventStream.Item item) {
                    if (item.name().isPresent()) {
                        got.add(item);
                    }
                }

                @Override
                public void onError(Throwable t) {
                    throw new AssertionError(t);
                }

                @Override
                public void onComplete() {
                    got.clear();
                }
            });
            return got;
        }

        @Override
        public void close() {
            reader.close();
            hub.close();
        }
    }

    private static PlatformConfig.Kafka kafka(String bootstrap) {
        return new PlatformConfig.Kafka() {
            @Override
            public Duration auditRetention() {
                return Duration.ofDays(1);
            }

            @Override
            public String bootstrap() {
                return bootstrap;
            }

            @Override
            public short replication() {
                return 1;
            }

            @Override
            public Duration patience() {
                return Duration.ofSeconds(20);
            }

            @Override
            public Duration retention() {
                return Duration.ofDays(1);
            }

            @Override
            public long partitionBytes() {
                return 1L << 30;
            }

            @Override
            public Duration jobLock() {
                return Duration.ofSeconds(15);
            }
        };
    }

    private static void await(List<?> got, int size) throws InterruptedException {
        for (int i = 0; i < 600 && got.size() < size; i++) {
            Thread.sleep(50);
        }
        assertThat(got).hasSize(size);
    }

    @Test
    void whatOneReplicaToldTheOtherGoesOnFrom() throws Exception {
        try (DataDirectory data = DataDirectory.open(dir); EmbeddedServers servers = EmbeddedServers.start(data)) {
            String bootstrap = servers.kafka().bootstrap();
            FarmTopics.ensure(kafka(bootstrap), List.of("cpu"));
            try (KafkaPublisher publisher = new KafkaPublisher(bootstrap, "test", Duration.ofSeconds(20)); Replica one = new Replica(bootstrap)) {
                EventHub.Topic film = new EventHub.Topic("t", Optional.of("film0"));
                EventHub.Topic tenant = new EventHub.Topic("t", Optional.empty());
                List<EventStream.Item> live = one.listen(film, null);
                List<EventStream.Item> all = one.listen(tenant, null);
                for (int i = 0; i < EVENTS; i++) {
                    FilmRef ref = new FilmRef("t", "film" + i % 3, 1);
                    publisher.send(Topics.FILM_EVENTS, ref.filmKey(), new FilmEvent.FilmChanged(1, ref, "rendering", "n" + i, Optional.empty(), Instant.EPOCH));
                }
                await(live, EVENTS / 3);
                await(all, EVENTS);
                try (Replica late = new Replica(bootstrap)) {
                    List<EventStream.Item> rest = late.listen(film, live.get(4).id().orElseThrow());
                    await(rest, EVENTS / 3 - 5);
                    assertThat(rest).isEqualTo(live.subList(5, EVENTS / 3));
                    List<EventStream.Item> others = late.listen(tenant, all.get(9).id().orElseThrow());
                    await(others, EVENTS - 10);
                    assertThat(others).extracting(EventStream.Item::text).doesNotHaveDuplicates()
                            .containsExactlyInAnyOrderElementsOf(all.subList(10, EVENTS).stream().map(EventStream.Item::text).toList());
                }
            }
        }
    }
}
