package dev.longtake.gateway.webhooks;

import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Message;
import dev.longtake.contract.Topics;
import dev.longtake.contract.webhook.WebhookDelivery;
import dev.longtake.contract.webhook.WebhookEndpoint;
import dev.longtake.contract.webhook.WebhookEndpoint.Secret;
import dev.longtake.gateway.webhooks.delivery.Deliveries;
import dev.longtake.gateway.webhooks.delivery.DeliveryTable;
import dev.longtake.gateway.webhooks.delivery.Receivers.Receiver;
import dev.longtake.gateway.webhooks.address.Signatures;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.queue.QueueUnavailableException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Endpoints and deliveries of tenants: what users may do with them. Whatever was answered is durable. */
public final class Webhooks {
    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
    private static final int ID_BYTES = 12;
    /** That sign at once; each makes the header longer. */
    private static final int SECRETS = 3;

    private final EndpointTable endpoints;
    private final DeliveryTable deliveries;
    private final Publisher publisher;
    private final Clock clock;
    private final int most;
    private final int mostOpen;
    private final SecureRandom random = new SecureRandom();

    /**
     * @param most     endpoints of one tenant, as far as this gateway knows
     * @param mostOpen deliveries of one tenant that are not over
     */
    public Webhooks(EndpointTable endpoints, DeliveryTable deliveries, Publisher publisher, Clock clock, int most, int mostOpen) {
        this.endpoints = endpoints;
        this.deliveries = deliveries;
        this.publisher = publisher;
        this.clock = clock;
        this.most = most;
        this.mostOpen = mostOpen;
    }

    /** What was asked for is not done. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    /** @return with its secret, which is shown this once. @throws RefusedException if the tenant has as many as it may have */
    public EndpointView register(String tenant, EndpointBody body) throws RefusedException {
        if (endpoints.of(tenant).size() >= most) {
            throw new RefusedException("There are " + most + " webhooks; delete one.");
        }
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        Instant now = clock.instant();
        WebhookEndpoint endpoint = new WebhookEndpoint(Message.VERSION, tenant, "ep_" + HexFormat.of().formatHex(id), body.url(), body.format(), body.events(),
                List.of(new Secret(Signatures.secret(random), Optional.empty())), Optional.empty(), now, now, 1);
        return EndpointView.of(write(endpoint), true);
    }

    public List<EndpointView> list(String tenant) {
        return endpoints.of(tenant).stream().map(e -> EndpointView.of(e, false)).toList();
    }

    public Optional<EndpointView> find(String tenant, String id) {
        return endpoints.find(tenant, id).map(e -> EndpointView.of(e, false));
    }

    /** @return as it was; what was not delivered to it by now is given up */
    public Optional<EndpointView> delete(String tenant, String id) {
        Optional<WebhookEndpoint> endpoint = endpoints.find(tenant, id);
        endpoint.ifPresent(e -> {
            publisher.remove(Topics.WEBHOOK_ENDPOINTS, e.key());
            endpoints.take(e.key(), null);
        });
        return endpoint.map(e -> EndpointView.of(e, false));
    }

    /** A new secret. @param overlap how long the one before is signed with, too; older ones as long as they were told to, or, without an overlap, no longer. @return with the secret, which is shown this once */
    public Optional<EndpointView> rotate(String tenant, String id, Duration overlap) {
        Instant now = clock.instant();
        return endpoints.find(tenant, id).map(e -> {
            List<Secret> secrets = new ArrayList<>(List.of(new Secret(Signatures.secret(random), Optional.empty())));
            if (!overlap.isZero()) {
                secrets.add(new Secret(e.secrets().get(0).value(), Optional.of(now.plus(overlap))));
                // Whoever got no answer asks again; what receivers know then is no more the secret before.
                e.secrets().stream().skip(1).filter(s -> s.until().map(now::isBefore).orElse(true)).limit(SECRETS - 2L).forEach(secrets::add);
            }
            return EndpointView.of(write(changed(e, secrets, e.disabled(), now)), true);
        });
    }

    /** Sends there again, after it was disabled. */
    public Optional<EndpointView> enable(String tenant, String id) {
        return endpoints.find(tenant, id).map(e -> EndpointView.of(e.disabled().isEmpty() ? e : write(changed(e, e.secrets(), Optional.empty(), clock.instant())), false));
    }

    private static WebhookEndpoint changed(WebhookEndpoint e, List<Secret> secrets, Optional<String> disabled, Instant now) {
        return new WebhookEndpoint(e.version(), e.tenant(), e.id(), e.url(), e.format(), e.events(), secrets, disabled, e.created(), now, e.sequence() + 1);
    }

    private WebhookEndpoint write(WebhookEndpoint endpoint) {
        publisher.send(Topics.WEBHOOK_ENDPOINTS, endpoint.key(), endpoint);
        endpoints.take(endpoint.key(), endpoint);
        return endpoint;
    }

    /** Deliveries to an endpoint, newest first. @return empty if there is no such endpoint */
    public Optional<List<DeliveryView>> toEndpoint(String tenant, String id, int limit) {
        return endpoints.find(tenant, id).map(e -> deliveries.ofEndpoint(tenant, id).stream().limit(limit).map(DeliveryView::of).toList());
    }

    /** Deliveries about a film, newest first. */
    public List<DeliveryView> aboutFilm(String tenant, String film, int limit) {
        return deliveries.ofFilm(new FilmRef(tenant, film, 1)).stream().limit(limit).map(DeliveryView::of).toList();
    }

    /**
     * Sends a delivery that is over once more, for as long as a new one, under the same {@code webhook-id}.
     *
     * @return empty if there is none of this id
     * @throws RefusedException if it is not over, or nothing would be sent
     */
    public Optional<DeliveryView> redeliver(String tenant, String id) throws RefusedException {
        Optional<WebhookDelivery> known = deliveries.find(tenant, id);
        if (known.isEmpty()) {
            return Optional.empty();
        }
        if (of(known.get()).isEmpty()) {
            throw new RefusedException("Its webhook is deleted or disabled.");
        }
        WebhookDelivery again = Deliveries.again(known.get(), clock.instant()).orElseThrow(() -> new RefusedException("It is " + known.get().state() + ", and tried again by itself."));
        if (deliveries.open(tenant) >= mostOpen) {
            throw new RefusedException(mostOpen + " deliveries are not over yet; wait for some, or delete the webhooks that do not take them.");
        }
        publisher.send(Topics.WEBHOOK_DELIVERIES, again.key(), again);
        deliveries.put(again);
        return Optional.of(DeliveryView.of(again));
    }

    /** Whether a delivery is about this film. */
    public boolean isAbout(String tenant, String film, String delivery) {
        return deliveries.find(tenant, delivery).filter(d -> d.film().film().equals(film)).isPresent();
    }

    /** Whether a delivery goes to this endpoint. */
    public boolean goesTo(String tenant, String endpoint, String delivery) {
        return deliveries.find(tenant, delivery).flatMap(WebhookDelivery::endpoint).filter(endpoint::equals).isPresent();
    }

    /** Whom a delivery goes to. @return empty if nothing is to be sent there any more, as far as this gateway knows */
    public Optional<Receiver> of(WebhookDelivery delivery) {
        return delivery.callback().map(c -> new Receiver(c.url(), List.of(new Secret(c.secret(), Optional.empty()))))
                .or(() -> delivery.endpoint().flatMap(id -> endpoints.find(delivery.film().tenant(), id)).filter(e -> e.disabled().isEmpty()).map(e -> new Receiver(e.url(), e.secrets())));
    }

    /** Nothing is sent to the delivery's endpoint any more until somebody says so. */
    public void disable(WebhookDelivery delivery, String why) {
        delivery.endpoint().flatMap(id -> endpoints.find(delivery.film().tenant(), id)).filter(e -> e.disabled().isEmpty()).ifPresent(e -> {
            try {
                write(changed(e, e.secrets(), Optional.of(why), clock.instant()));
            } catch (QueueUnavailableException ex) {
                LOG.warn("endpoint {} answered 410 and is not disabled yet: {}", e.id(), ex.getMessage());
            }
        });
    }
}
