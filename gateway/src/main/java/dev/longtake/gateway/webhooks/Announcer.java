package dev.longtake.gateway.webhooks;

import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Topics;
import dev.longtake.contract.webhook.FilmCallback;
import dev.longtake.contract.webhook.WebhookDelivery;
import dev.longtake.contract.webhook.WebhookEndpoint;
import dev.longtake.film.state.DeliveryState;
import dev.longtake.gateway.webhooks.delivery.Deliveries;
import dev.longtake.gateway.webhooks.delivery.DeliveryTable;
import dev.longtake.gateway.webhooks.delivery.Notices;
import dev.longtake.gateway.webhooks.delivery.Notices.Notice;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.queue.QueueUnavailableException;
import dev.longtake.platform.queue.SharedReader;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Makes deliveries of events. A delivery that is known already is not made again: an event that comes twice, because whoever handled it died before it
 * said so, is told once. For that, and so that nobody who registered before the event is left out, it first waits until it knows what both topics hold.
 */
public final class Announcer implements SharedReader.Listener<FilmEvent> {
    private final EndpointTable endpoints;
    private final DeliveryTable deliveries;
    private final Callbacks callbacks;
    private final Publisher publisher;
    private final Clock clock;
    private final Knowledge knowledge;
    private final int most;

    /** What has to be known before anything is decided. */
    @FunctionalInterface
    public interface Knowledge {
        /**
         * Waits until everything is known that is durable now.
         *
         * @throws QueueUnavailableException if that takes too long
         */
        void await() throws InterruptedException;
    }

    /** @param most deliveries of a tenant that are not over; those above are given up as they are made */
    public Announcer(EndpointTable endpoints, DeliveryTable deliveries, Callbacks callbacks, Publisher publisher, Clock clock, Knowledge knowledge, int most) {
        this.endpoints = endpoints;
        this.deliveries = deliveries;
        this.callbacks = callbacks;
        this.publisher = publisher;
        this.clock = clock;
        this.knowledge = knowledge;
        this.most = most;
    }

    @Override
    public void on(List<FilmEvent> events) throws InterruptedException {
        if (events.stream().allMatch(e -> Notices.of(e).isEmpty() && Notices.gone(e).isEmpty())) {
            return;
        }
        knowledge.await();
        List<CompletableFuture<Void>> sent = new ArrayList<>();
        // What is sent here comes into the table later, when it is read.
        Map<String, Integer> begun = new HashMap<>();
        for (FilmEvent event : events) {
            Notices.of(event).ifPresent(notice -> toTell(notice).stream().filter(d -> !deliveries.knows(d.key())).map(d -> bounded(d, begun))
                    .forEach(d -> sent.add(publisher.sendAsync(Topics.WEBHOOK_DELIVERIES, d.key(), d).toCompletableFuture())));
            Notices.gone(event).ifPresent(this::forget);
        }
        try {
            CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            throw new QueueUnavailableException("deliveries are not written: " + e.getCause().getMessage(), e.getCause());
        }
    }

    private List<WebhookDelivery> toTell(Notice notice) {
        List<WebhookDelivery> all = new ArrayList<>();
        for (WebhookEndpoint endpoint : endpoints.of(notice.film().tenant())) {
            if (Notices.concerns(notice, endpoint)) {
                all.add(Notices.delivery(notice, endpoint, clock.instant()));
            }
        }
        Optional<FilmCallback> callback = callbacks.of(notice.film().tenant(), notice.film().film());
        callback.ifPresent(c -> all.add(Notices.delivery(notice, c, clock.instant())));
        return all;
    }

    /** Receivers that refuse everything keep what they are to be told open for days, in every gateway's memory: above the limit it is over as it is made. */
    private WebhookDelivery bounded(WebhookDelivery delivery, Map<String, Integer> begun) {
        String tenant = delivery.film().tenant();
        if (deliveries.open(tenant) + begun.getOrDefault(tenant, 0) >= most) {
            return Deliveries.abandoned(delivery, most + " deliveries of this tenant were not over (open-deliveries)");
        }
        begun.merge(tenant, 1, Integer::sum);
        return delivery;
    }

    /** The film's id may become another film's; what is told of that must not look as if it had been told. */
    private void forget(FilmRef film) {
        deliveries.ofFilm(film).stream().filter(d -> DeliveryState.of(d.state()).isFinal()).forEach(d -> {
            publisher.remove(Topics.WEBHOOK_DELIVERIES, d.key());
            deliveries.take(d.key(), null, 0);
        });
    }
}
