package dev.longtake.gateway;

import dev.longtake.contract.FilmState;
import dev.longtake.contract.Topics;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.gateway.films.FilmTable;
import dev.longtake.gateway.films.WorkerTable;
import dev.longtake.platform.config.PlatformConfig;
import dev.longtake.platform.config.Role;
import dev.longtake.platform.queue.FarmTopics;
import dev.longtake.platform.queue.QueueUnavailableException;
import dev.longtake.platform.queue.TopicReader;
import dev.longtake.platform.queue.TopicReader.From;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the gateway's read model where its role is on. */
@ApplicationScoped
public class GatewayService {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayService.class);
    private static final long PAUSE_MILLIS = 1_000;

    private final PlatformConfig platform;
    private final GatewayConfig config;
    private final FilmTable films;
    private final WorkerTable workers;
    private TopicReader<FilmState> states;
    private TopicReader<WorkerHeartbeat> heartbeats;
    private Thread starter;
    private volatile boolean stopping;

    @Inject
    public GatewayService(PlatformConfig platform, GatewayConfig config, FilmTable films, WorkerTable workers) {
        this.platform = platform;
        this.config = config;
        this.films = films;
        this.workers = workers;
    }

    /** Starts if the role is on. A queue that is away is waited for: films are answered for by then, not refused for good. */
    public synchronized void start() {
        if (!platform.plays(Role.GATEWAY) || starter != null) {
            return;
        }
        starter = new Thread(this::read, "gateway-start");
        starter.setDaemon(true);
        starter.start();
    }

    private void read() {
        while (!stopping) {
            try {
                FarmTopics.ensure(platform.kafka(), List.of(config.pool()));
                startReaders();
                return;
            } catch (QueueUnavailableException e) {
                LOG.warn("waiting for the queue: {}", e.getMessage());
                pause();
            }
        }
    }

    private synchronized void startReaders() {
        if (stopping) {
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

    private void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopping = true;
        }
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
        stopping = true;
        if (starter != null) {
            starter.interrupt();
        }
        if (states != null) {
            states.close();
            heartbeats.close();
        }
    }
}
