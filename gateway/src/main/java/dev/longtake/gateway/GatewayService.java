package dev.longtake.gateway;

import dev.longtake.contract.FilmState;
import dev.longtake.contract.Topics;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.gateway.films.FilmTable;
import dev.longtake.gateway.films.WorkerTable;
import dev.longtake.platform.config.PlatformConfig;
import dev.longtake.platform.config.Role;
import dev.longtake.platform.queue.TopicReader;
import dev.longtake.platform.queue.TopicReader.From;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Keeps the gateway's read model where its role is on. */
@ApplicationScoped
public class GatewayService {
    private final PlatformConfig platform;
    private final FilmTable films;
    private final WorkerTable workers;
    private TopicReader<FilmState> states;
    private TopicReader<WorkerHeartbeat> heartbeats;

    @Inject
    public GatewayService(PlatformConfig platform, FilmTable films, WorkerTable workers) {
        this.platform = platform;
        this.films = films;
        this.workers = workers;
    }

    /** Starts if the role is on. The topics must be there. */
    public synchronized void start() {
        if (!plays() || states != null) {
            return;
        }
        String bootstrap = platform.kafka().bootstrap();
        states = new TopicReader<>(bootstrap, Topics.FILM_STATES, FilmState.class, From.BEGINNING, (key, state, partition, offset) -> {
            if (state == null) {
                films.remove(key);
            } else {
                films.put(state);
            }
        });
        heartbeats = new TopicReader<>(bootstrap, Topics.WORKER_HEARTBEATS, WorkerHeartbeat.class, From.NOW, (key, heartbeat, partition, offset) -> workers.put(heartbeat));
        states.start();
        heartbeats.start();
    }

    public boolean plays() {
        return platform.plays(Role.GATEWAY);
    }

    /** Whether every film that was there at the start is known. */
    public synchronized boolean ready() {
        return states != null && states.isCaughtUp();
    }

    @PreDestroy
    public synchronized void stop() {
        if (states != null) {
            states.close();
            heartbeats.close();
        }
    }
}
