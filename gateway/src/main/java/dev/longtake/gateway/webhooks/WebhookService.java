package dev.longtake.gateway.webhooks;

import dev.longtake.gateway.webhooks.delivery.DeliveryTable;
import dev.longtake.gateway.webhooks.delivery.VertxSender;
import dev.longtake.platform.config.PlatformConfig;
import dev.longtake.platform.config.Role;
import dev.longtake.platform.queue.Publisher;
import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;

/** Tells others what happens to films, where the gateway's role is on. */
@ApplicationScoped
public class WebhookService {
    private final PlatformConfig platform;
    private final WebhookConfig config;
    private final EndpointTable endpoints;
    private final DeliveryTable deliveries;
    private final Webhooks webhooks;
    private final Callbacks callbacks;
    private final Publisher publisher;
    private final Clock clock;
    private final Vertx vertx;
    private WebhookLoop loop;
    private VertxSender sender;

    @Inject
    public WebhookService(PlatformConfig platform, WebhookConfig config, EndpointTable endpoints, DeliveryTable deliveries, Webhooks webhooks, Callbacks callbacks, Publisher publisher, Clock clock,
                          Vertx vertx) {
        this.platform = platform;
        this.config = config;
        this.endpoints = endpoints;
        this.deliveries = deliveries;
        this.webhooks = webhooks;
        this.callbacks = callbacks;
        this.publisher = publisher;
        this.clock = clock;
        this.vertx = vertx;
    }

    /** Starts if the role is on. The topics must be there. */
    public synchronized void start() {
        if (!platform.plays(Role.GATEWAY) || loop != null) {
            return;
        }
        sender = new VertxSender(vertx, VertxSender.Resolver.SYSTEM, config.targets().addresses(), config.times(), config.atOnce());
        loop = new WebhookLoop(platform.kafka().bootstrap(), platform.kafka().patience(), config, endpoints, deliveries, webhooks, callbacks, sender, publisher, clock);
        loop.start();
    }

    public synchronized boolean ready() {
        return loop != null && loop.ready();
    }

    @PreDestroy
    public synchronized void stop() {
        if (loop != null) {
            loop.close();
            sender.close();
            loop = null;
        }
    }
}
