package dev.longtake.gateway.webhooks.delivery;

import dev.longtake.contract.Topics;
import dev.longtake.contract.webhook.WebhookDelivery;
import dev.longtake.film.state.DeliveryState;
import dev.longtake.gateway.webhooks.delivery.Receivers.Receiver;
import dev.longtake.gateway.webhooks.address.Signatures;
import dev.longtake.gateway.webhooks.address.Targets;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.queue.QueueUnavailableException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.IntPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what is due in the partitions that are this process's own, and writes down what came of it. Everything it knows lies in the topic: a try
 * counts once it is written there, so whoever dies between sending and writing leaves a delivery that its successor sends again, under the same id.
 *
 * <p>Everything runs on one thread, the executor's; only the sending itself does not. Nothing is sent twice at once: a delivery in flight is left
 * alone until what came of it is durable.
 */
public final class Deliverer {
    private static final Logger LOG = LoggerFactory.getLogger(Deliverer.class);
    private static final String TOPIC = Topics.WEBHOOK_DELIVERIES;

    private final DeliveryTable table;
    private final Receivers receivers;
    private final WebhookSender sender;
    private final Publisher publisher;
    private final Clock clock;
    private final Executor thread;
    private final Schedule schedule;
    private final Limits limits;
    private final Map<String, Flight> flights = new LinkedHashMap<>();
    private final Map<String, Integer> busy = new HashMap<>();
    /** Whose turn it was last. Where slots come free one by one, whoever is first in every tick would take them all. */
    private String served = "";

    /**
     * How many are sent at once, so that whoever answers slowly holds up nobody else.
     *
     * @param all            of this process
     * @param perTenant      of a tenant, however many receivers it has
     * @param perDestination of a tenant to one host and port: what is slow for one tenant may be quick for another
     */
    public record Limits(int all, int perTenant, int perDestination) {}

    /** @param result what came of it, once that is known and as long as it is not durable */
    private record Flight(int partition, List<String> shares, Optional<WebhookDelivery> result, Instant again) {}

    /** @param thread runs what it is given one after the other */
    public Deliverer(DeliveryTable table, Receivers receivers, WebhookSender sender, Publisher publisher, Clock clock, Executor thread, Schedule schedule, Limits limits) {
        this.table = table;
        this.receivers = receivers;
        this.sender = sender;
        this.publisher = publisher;
        this.clock = clock;
        this.thread = thread;
        this.schedule = schedule;
        this.limits = limits;
    }

    /** Sends what is due and may be. To be called on the thread. @param owned partitions that are this process's own */
    public void tick(IntPredicate owned) {
        Instant now = clock.instant();
        flights.entrySet().stream().filter(f -> f.getValue().result().isPresent() && !f.getValue().again().isAfter(now)).map(Map.Entry::getKey).toList().forEach(this::write);
        NavigableMap<String, Deque<DeliveryTable.InPlace>> due = table.due(now, owned, t -> busy(ofTenant(t)) < limits.perTenant(), flights::containsKey, limits.all());
        Certainty certain = new Certainty();
        while (!due.isEmpty() && flights.size() < limits.all()) {
            String tenant = Optional.ofNullable(due.higherKey(served)).orElseGet(due::firstKey);
            Deque<DeliveryTable.InPlace> places = due.get(tenant);
            if (busy(ofTenant(tenant)) < limits.perTenant() && takesTurn(places, now, certain)) {
                served = tenant;
            } else {
                due.remove(tenant);
            }
        }
    }

    /** Whether every receiver is known. Looked at once a tick, and after the deliveries were listed: whom they name was registered before they were made. */
    private final class Certainty {
        private Optional<Boolean> known = Optional.empty();

        boolean isThere() {
            known = known.or(() -> Optional.of(receivers.areKnown()));
            return known.get();
        }
    }

    /** Begins one delivery of a tenant. @return whether any could be begun */
    private boolean takesTurn(Deque<DeliveryTable.InPlace> places, Instant now, Certainty certain) {
        while (!places.isEmpty()) {
            DeliveryTable.InPlace place = places.poll();
            WebhookDelivery delivery = place.delivery();
            Optional<Receiver> receiver = receivers.of(delivery);
            if (receiver.isPresent()) {
                if (begin(delivery, place.partition(), receiver.get(), now)) {
                    return true;
                }
            } else if (certain.isThere()) {
                fly(delivery.key(), place.partition(), List.of());
                arrived(delivery.key(), Deliveries.abandoned(delivery, "its receiver is registered no more, or disabled"));
                return true;
            }
        }
        return false;
    }

    private static String ofTenant(String tenant) {
        return "tenant " + tenant;
    }

    private boolean begin(WebhookDelivery delivery, int partition, Receiver receiver, Instant now) {
        URI url = URI.create(receiver.url());
        String tenant = delivery.film().tenant();
        String destination = "host " + tenant + " " + url.getHost() + ":" + Targets.port(url);
        if (busy(destination) >= limits.perDestination()) {
            return false;
        }
        fly(delivery.key(), partition, List.of(ofTenant(tenant), destination));
        sender.send(new WebhookSender.Request(url, headers(delivery, receiver, now), delivery.body(), delivery.tries()))
                .thenAcceptAsync(outcome -> tried(delivery, outcome, now), thread);
        return true;
    }

    private static Map<String, String> headers(WebhookDelivery delivery, Receiver receiver, Instant now) {
        return Map.of("content-type", "application/json", "user-agent", "longtake", "webhook-id", delivery.event(), "webhook-timestamp", Long.toString(now.getEpochSecond()),
                "webhook-signature", Signatures.header(receiver.secrets(), delivery.event(), now, delivery.body()));
    }

    private void tried(WebhookDelivery delivery, Outcome outcome, Instant at) {
        WebhookDelivery result = Deliveries.tried(delivery, outcome, at, clock.instant(), schedule);
        LOG.debug("{} {}: {} is {}", delivery.type(), delivery.id(), outcome.text(), result.state());
        if (outcome.gone()) {
            receivers.disable(delivery, "answered 410 at " + at);
        }
        arrived(delivery.key(), result);
    }

    private void arrived(String key, WebhookDelivery result) {
        flights.computeIfPresent(key, (k, f) -> new Flight(f.partition(), f.shares(), Optional.of(result), Instant.MAX));
        release(flights.get(key).shares());
        write(key);
    }

    /** What came of it is written; as long as that fails, the delivery stays in flight and is not sent again by this process. */
    private void write(String key) {
        Flight flight = flights.get(key);
        WebhookDelivery result = flight.result().orElseThrow();
        flights.put(key, new Flight(flight.partition(), List.of(), flight.result(), Instant.MAX));
        try {
            publisher.sendAsync(TOPIC, key, result).whenCompleteAsync((done, failure) -> {
                if (failure == null) {
                    table.put(result);
                    flights.remove(key);
                } else {
                    unwritten(key, result, failure);
                }
            }, thread);
        } catch (QueueUnavailableException e) {
            unwritten(key, result, e);
        }
    }

    private void unwritten(String key, WebhookDelivery result, Throwable failure) {
        LOG.warn("what came of {} is not written yet: {}", result.id(), failure.toString());
        flights.computeIfPresent(key, (k, f) -> new Flight(f.partition(), f.shares(), f.result(), clock.instant().plus(Duration.ofSeconds(1))));
    }

    private void fly(String key, int partition, List<String> shares) {
        flights.put(key, new Flight(partition, shares, Optional.empty(), Instant.MAX));
        shares.forEach(s -> busy.merge(s, 1, Integer::sum));
    }

    private void release(List<String> shares) {
        shares.forEach(s -> busy.computeIfPresent(s, (k, n) -> n == 1 ? null : n - 1));
    }

    private int busy(String share) {
        return busy.getOrDefault(share, 0);
    }

    /** Whether anything of these partitions is in flight. To be called on the thread. */
    public boolean isBusy(Set<Integer> partitions) {
        return flights.values().stream().anyMatch(f -> partitions.contains(f.partition()));
    }

    /**
     * Forgets what is over and old. To be called on the thread.
     *
     * @param kept how long it is shown after its last try
     * @param most of each partition
     */
    public void tidy(IntPredicate owned, Duration kept, int most) {
        List<WebhookDelivery> outdated = new ArrayList<>(table.outdated(owned, clock.instant().minus(kept), most));
        outdated.removeIf(d -> flights.containsKey(d.key()) || !DeliveryState.of(d.state()).isFinal());
        for (WebhookDelivery d : outdated) {
            publisher.remove(TOPIC, d.key());
            table.take(d.key(), null, 0);
        }
    }
}
