package dev.longtake.farm.http;

import dev.longtake.contract.Message;
import dev.longtake.gateway.GatewayService;
import dev.longtake.gateway.films.FilmTable;
import dev.longtake.gateway.films.WorkerTable;
import dev.longtake.platform.config.PlatformConfig;
import dev.longtake.platform.memory.MemoryObjectStore;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.queue.QueueUnavailableException;
import dev.longtake.platform.store.ObjectStore;
import io.quarkus.test.Mock;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** The gateway's queue and store, in memory, and a gateway that needs no Kafka to be there. */
class MemoryPorts {
    @Mock
    @Produces
    @Singleton
    ObjectStore objects() {
        return new MemoryObjectStore();
    }

    @Mock
    @Singleton
    static class Queue implements Publisher {
        final List<Message> sent = new CopyOnWriteArrayList<>();
        volatile boolean away;

        @Override
        public void send(String topic, String key, Message message) {
            if (away) {
                throw new QueueUnavailableException("away", null);
            }
            sent.add(message);
        }

        @Override
        public CompletionStage<Void> sendAsync(String topic, String key, Message message) {
            send(topic, key, message);
            return CompletableFuture.completedFuture(null);
        }
    }

    @Mock
    @ApplicationScoped
    static class Gateway extends GatewayService {
        /** For its proxy. */
        Gateway() {
            super(null, null, null);
        }

        @Inject
        Gateway(PlatformConfig platform, FilmTable films, WorkerTable workers) {
            super(platform, films, workers);
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
