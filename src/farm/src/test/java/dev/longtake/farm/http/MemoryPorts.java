package dev.longtake.farm.http;

import dev.longtake.contract.AuditRecord;
import dev.longtake.contract.DeadLetter;
import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.Message;
import dev.longtake.gateway.GatewayService;
import dev.longtake.gateway.events.EventHub;
import dev.longtake.gateway.films.FilmTable;
import dev.longtake.gateway.films.WorkerTable;
import dev.longtake.platform.cache.RequestCounter;
import dev.longtake.platform.config.PlatformConfig;
import dev.longtake.platform.memory.MemoryObjectStore;
import dev.longtake.platform.queue.LetterLog;
import dev.longtake.platform.queue.HistoryReader;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.queue.QueueUnavailableException;
import dev.longtake.platform.store.ObjectLinks;
import dev.longtake.platform.store.ObjectStore;
import io.quarkus.test.Mock;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The gateway's queue and store, in memory, and a gateway that needs no Kafka to be there. */
class MemoryPorts {
    @Mock
    @Produces
    @Singleton
    ObjectStore objects() {
        return new MemoryObjectStore();
    }

    /** Addresses that say what was asked for. */
    @Mock
    @Produces
    @Singleton
    ObjectLinks links() {
        return (key, life, type, disposition) -> Optional.of(URI.create("http://store.invalid/" + key + "?seconds=" + life.toSeconds()
                + "&disposition=" + URLEncoder.encode(disposition, StandardCharsets.UTF_8)));
    }

    /** A topic of events that holds what a test puts there. */
    @Mock
    @Singleton
    static class History implements HistoryReader<FilmEvent> {
        final List<FilmEvent> events = new CopyOnWriteArrayList<>();
        volatile long oldest;

        @Override
        public Bounds bounds(int partition) {
            return new Bounds(oldest, events.size());
        }

        @Override
        public void read(int partition, long from, long until, Listener<FilmEvent> listener) {
            for (long o = from; o < until && listener.on(events.get((int) o), o); o++) {
                Thread.onSpinWait();
            }
        }
    }

    /** What the queue has of the audit trail. */
    @Mock
    @Singleton
    static class Trail implements HistoryReader<AuditRecord> {
        private final Queue queue;

        @Inject
        Trail(Queue queue) {
            this.queue = queue;
        }

        @Override
        public Bounds bounds(int partition) {
            return new Bounds(0, queue.trail.size());
        }

        @Override
        public void read(int partition, long from, long until, Listener<AuditRecord> listener) {
            for (long o = from; o < until && listener.on(queue.trail.get((int) o), o); o++) {
                Thread.onSpinWait();
            }
        }
    }

    /** Counts as Redis does. */
    @Mock
    @Singleton
    static class Counter implements RequestCounter {
        final Map<String, Long> counts = new ConcurrentHashMap<>();
        volatile boolean away;
        /** It is the same second all the time. */
        volatile boolean frozen;

        @Override
        public OptionalLong count(String tenant, long second) {
            return away ? OptionalLong.empty() : OptionalLong.of(counts.merge(tenant + (frozen ? "" : second), 1L, Long::sum));
        }
    }

    @Mock
    @Singleton
    static class Queue implements Publisher {
        final List<Message> sent = new CopyOnWriteArrayList<>();
        final List<String> put = new CopyOnWriteArrayList<>();
        /** The audit trail. */
        final List<AuditRecord> trail = new CopyOnWriteArrayList<>();
        /** The audit trail alone is away. */
        volatile boolean trailAway;
        volatile boolean away;

        @Override
        public void send(String topic, String key, Message message) {
            if (away) {
                throw new QueueUnavailableException("away", null);
            }
            sent.add(message);
        }

        @Override
        public void put(String topic, String key, byte[] message) {
            put.add(topic + " " + key + " " + (message == null ? null : new String(message, StandardCharsets.UTF_8)));
        }

        @Override
        public CompletionStage<Void> sendAsync(String topic, String key, Message message) {
            if (!(message instanceof AuditRecord line)) {
                send(topic, key, message);
            } else if (trailAway || away) {
                return CompletableFuture.failedFuture(new QueueUnavailableException("away", null));
            } else {
                trail.add(line);
            }
            return CompletableFuture.completedFuture(null);
        }
    }

    /** The letters that were there, and the notes that were sent since. */
    @Mock
    @Singleton
    static class Letters implements LetterLog {
        final List<DeadLetter> letters = new CopyOnWriteArrayList<>();
        private final Queue queue;

        @Inject
        Letters(Queue queue) {
            this.queue = queue;
        }

        @Override
        public void newest(int most, Consumer<Entry> each) {
            List<DeadLetter> all = new ArrayList<>(letters);
            queue.sent.stream().filter(DeadLetter.class::isInstance).map(DeadLetter.class::cast).forEach(all::add);
            for (int i = 0; i < all.size(); i++) {
                each.accept(new Entry("0-" + i, all.get(i)));
            }
        }
    }

    @Mock
    @ApplicationScoped
    static class Gateway extends GatewayService {
        /** For its proxy. */
        Gateway() {
            super(null, null, null, null, null, null, null);
        }

        @Inject
        Gateway(PlatformConfig platform, FilmTable films, WorkerTable workers, EventHub hub) {
            super(platform, films, workers, hub, null, null, null);
        }

        @Override
        public boolean plays() {
            return true;
        }

        @Override
        public boolean ready() {
            return true;
        }
    }
}
