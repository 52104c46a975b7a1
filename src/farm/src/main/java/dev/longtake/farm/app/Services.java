package dev.longtake.farm.app;

import dev.longtake.gateway.GatewayService;
import dev.longtake.gateway.webhooks.WebhookService;
import dev.longtake.platform.config.PlatformConfig;
import dev.longtake.platform.config.Role;
import dev.longtake.platform.queue.FarmTopics;
import dev.longtake.platform.queue.QueueUnavailableException;
import dev.longtake.platform.store.StoreUnavailableException;
import dev.longtake.scheduler.SchedulerConfig;
import dev.longtake.scheduler.SchedulerService;
import dev.longtake.scheduler.janitor.JanitorService;
import dev.longtake.stitcher.StitcherService;
import dev.longtake.worker.WorkerService;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the services whose roles are on, each on a thread of its own: a worker loads a model for seconds, and a queue that is not
 * there yet is waited for, so that processes can be started in any order.
 */
@ApplicationScoped
public class Services {
    private static final Logger LOG = LoggerFactory.getLogger(Services.class);

    private final PlatformConfig platform;
    private final FarmConfig config;
    private final List<String> pools;
    private final List<Service> services;
    private final Set<Role> started = ConcurrentHashMap.newKeySet();
    private final List<Thread> starting = new ArrayList<>();
    private final CompletableFuture<Role> failed = new CompletableFuture<>();

    private record Service(Role role, Runnable start, BooleanSupplier ready, Runnable stop) {}

    @Inject
    public Services(PlatformConfig platform, FarmConfig config, SchedulerConfig pools, GatewayService gateway, WebhookService webhooks, SchedulerService scheduler, JanitorService janitor,
            WorkerService worker, StitcherService stitcher) {
        this.platform = platform;
        this.config = config;
        this.pools = pools.pools();
        this.services = List.of(
                new Service(Role.WORKER, worker::start, worker::ready, worker::stop),
                new Service(Role.STITCHER, stitcher::start, () -> true, stitcher::stop),
                new Service(Role.SCHEDULER, () -> {
                    scheduler.start();
                    janitor.start();
                }, scheduler::ready, () -> {
                    janitor.stop();
                    scheduler.stop();
                }),
                new Service(Role.GATEWAY, () -> {
                    gateway.start();
                    webhooks.start();
                }, () -> gateway.ready() && webhooks.ready(), () -> {
                    webhooks.stop();
                    gateway.stop();
                }));
    }

    void onStart(@Observes StartupEvent event) {
        for (Service service : services) {
            if (platform.plays(service.role())) {
                Thread thread = new Thread(() -> start(service), "start-" + service.role().name().toLowerCase(Locale.ROOT));
                thread.setDaemon(true);
                starting.add(thread);
                thread.start();
            }
        }
    }

    private void start(Service service) {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                // Consumers of a topic that is made later notice it minutes late.
                FarmTopics.ensure(platform.kafka(), pools);
                service.start().run();
                started.add(service.role());
                return;
            } catch (QueueUnavailableException | StoreUnavailableException e) {
                LOG.warn("{} waits: {}", service.role(), e.getMessage());
                try {
                    Thread.sleep(config.startPause().toMillis());
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
            } catch (RuntimeException | LinkageError e) {
                LOG.error("{} does not start", service.role(), e);
                failed.completeExceptionally(e);
                return;
            }
        }
    }

    /** Before any bean goes: a worker that drains still needs the queue and the store, and beans are destroyed in no particular order. */
    void onStop(@Observes ShutdownEvent event) {
        starting.forEach(Thread::interrupt);
        services.stream().filter(s -> platform.plays(s.role())).forEach(s -> s.stop().run());
    }

    /** Whether every role that is on does its work. */
    public boolean ready() {
        return services.stream().filter(s -> platform.plays(s.role())).allMatch(s -> started.contains(s.role()) && s.ready().getAsBoolean());
    }

    /** Completes exceptionally when a role cannot be started at all; never completes otherwise. */
    public CompletableFuture<Role> failed() {
        return failed;
    }
}
