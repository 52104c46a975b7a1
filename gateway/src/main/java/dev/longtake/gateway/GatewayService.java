package dev.longtake.gateway;

import dev.longtake.contract.AccessKey;
import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Topics;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.gateway.access.KeyTable;
import dev.longtake.gateway.events.EventHub;
import dev.longtake.gateway.figures.FarmFigures;
import dev.longtake.gateway.films.FilmTable;
import dev.longtake.gateway.films.ModelCatalog;
import dev.longtake.gateway.films.WorkerTable;
import dev.longtake.platform.config.PlatformConfig;
import dev.longtake.platform.config.Role;
import dev.longtake.platform.queue.TopicReader;
import dev.longtake.platform.queue.TopicReader.From;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;

/** Keeps the gateway's read model where its role is on. */
@ApplicationScoped
public class GatewayService {
    private final PlatformConfig platform;
    private final FilmTable films;
    private final WorkerTable workers;
    private final EventHub hub;
    private final FarmFigures figures;
    private final KeyTable keys;
    private final Instance<ModelCatalog> models;
    private TopicReader<FilmState> states;
    private TopicReader<WorkerHeartbeat> heartbeats;
    private TopicReader<FilmEvent> events;
    private TopicReader<AccessKey> accessKeys;

    @Inject
    public GatewayService(PlatformConfig platform, FilmTable films, WorkerTable workers, EventHub hub, FarmFigures figures, KeyTable keys, Instance<ModelCatalog> models) {
        this.platform = platform;
        this.films = films;
        this.workers = workers;
        this.hub = hub;
        this.figures = figures;
        this.keys = keys;
        this.models = models;
    }

    /** Starts if the role is on. The topics must be there. */
    public synchronized void start() {
        if (!plays() || states != null) {
            return;
        }
        // A bundle that cannot be read ends this process now, and not each request.
        models.get();
        String bootstrap = platform.kafka().bootstrap();
        states = new TopicReader<>(bootstrap, Topics.FILM_STATES, FilmState.class, From.BEGINNING, TopicReader.Unreadable.kept(), (key, state, partition, offset) -> films.take(key, state));
        heartbeats = new TopicReader<>(bootstrap, Topics.WORKER_HEARTBEATS, WorkerHeartbeat.class, From.NOW, TopicReader.Unreadable.outdated(), (key, heartbeat, partition, offset) -> {
            workers.put(heartbeat);
            hub.on(heartbeat);
        });
        events = new TopicReader<>(bootstrap, Topics.FILM_EVENTS, FilmEvent.class, From.NOW, TopicReader.Unreadable.kept(), (key, event, partition, offset) -> {
            hub.on(partition, offset, event);
            figures.on(event);
        }).whenStarted(hub::begin);
        accessKeys = new TopicReader<>(bootstrap, Topics.ACCESS_KEYS, AccessKey.class, From.BEGINNING, TopicReader.Unreadable.kept(), (key, made, partition, offset) -> keys.put(key, made));
        accessKeys.caughtUp().thenRun(keys::complete);
        accessKeys.start();
        states.start();
        heartbeats.start();
        events.start();
    }

    public boolean plays() {
        return platform.plays(Role.GATEWAY);
    }

    /** Whether every film and every key that was there at the start is known. */
    public synchronized boolean ready() {
        return states != null && states.isCaughtUp() && accessKeys.isCaughtUp();
    }

    @PreDestroy
    public synchronized void stop() {
        if (states != null) {
            states.close();
            heartbeats.close();
            events.close();
            accessKeys.close();
        }
    }
}
