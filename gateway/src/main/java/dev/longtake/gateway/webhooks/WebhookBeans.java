package dev.longtake.gateway.webhooks;

import dev.longtake.gateway.webhooks.delivery.DeliveryTable;
import dev.longtake.gateway.webhooks.address.Targets;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.store.ObjectStore;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** The parts as beans; they know nothing of injection themselves. */
@ApplicationScoped
public class WebhookBeans {
    @Produces
    @Singleton
    public EndpointTable endpoints() {
        return new EndpointTable();
    }

    @Produces
    @Singleton
    public DeliveryTable deliveries() {
        return new DeliveryTable();
    }

    @Produces
    @Singleton
    public Callbacks callbacks(ObjectStore objects) {
        return new Callbacks(objects);
    }

    @Produces
    @Singleton
    public Targets targets(WebhookConfig config) {
        return config.targets();
    }

    @Produces
    @Singleton
    public Webhooks webhooks(EndpointTable endpoints, DeliveryTable deliveries, Publisher publisher, Clock clock, WebhookConfig config) {
        return new Webhooks(endpoints, deliveries, publisher, clock, config.endpoints(), config.openDeliveries());
    }
}
