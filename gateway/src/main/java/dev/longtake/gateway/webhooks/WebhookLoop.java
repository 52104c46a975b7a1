package dev.longtake.gateway.webhooks;

import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.Topics;
import dev.longtake.contract.webhook.WebhookDelivery;
import dev.longtake.contract.webhook.WebhookEndpoint;
import dev.longtake.gateway.webhooks.delivery.Deliverer;
import dev.longtake.gateway.webhooks.delivery.DeliveryTable;
import dev.longtake.gateway.webhooks.delivery.Ownership;
import dev.longtake.gateway.webhooks.delivery.Receivers;
import dev.longtake.gateway.webhooks.delivery.WebhookSender;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.queue.QueueUnavailableException;
import dev.longtake.platform.queue.SharedReader;
import dev.longtake.platform.queue.TopicEnds;
import dev.longtake.platform.queue.TopicReader;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One gateway's part in telling: reads both topics whole, makes deliveries of the events that the group gives it, and sends what is due in the partitions
 * that the group gives it. Several of these share the work; any may end at any time.
 */
public final class WebhookLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookLoop.class);
    private static final String GROUP = "longtake.webhooks";
    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration TIDY = Duration.ofMinutes(1);
    private static final Duration KNOWLEDGE = Duration.ofSeconds(10);
    private static final Duration HANDOVER = Duration.ofSeconds(5);
    private static final long LOOK_MILLIS = 10;

    private final WebhookConfig config;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(r -> {
        Thread t = new Thread(r, "webhooks");
        t.setDaemon(true);
        return t;
    });
    private final TopicReader<WebhookEndpoint> endpointReader;
    private final TopicReader<WebhookDelivery> deliveryReader;
    private final TopicEnds ends;
    private final SharedReader<FilmEvent> events;
    private final Ownership ownership;
    private final Deliverer deliverer;

    /** @param patience of the queue */
    public WebhookLoop(String bootstrap, Duration patience, WebhookConfig config, EndpointTable endpoints, DeliveryTable deliveries, Webhooks webhooks, Callbacks callbacks, WebhookSender sender,
                       Publisher publisher, Clock clock) {
        this.config = config;
        this.endpointReader = new TopicReader<>(bootstrap, Topics.WEBHOOK_ENDPOINTS, WebhookEndpoint.class, TopicReader.From.BEGINNING, TopicReader.Unreadable.kept(),
                (key, endpoint, partition, offset) -> endpoints.hear(key, endpoint));
        this.deliveryReader = new TopicReader<>(bootstrap, Topics.WEBHOOK_DELIVERIES, WebhookDelivery.class, TopicReader.From.BEGINNING, TopicReader.Unreadable.kept(),
                (key, delivery, partition, offset) -> deliveries.take(key, delivery, partition));
        this.ends = new TopicEnds(bootstrap, patience);
        this.deliverer = new Deliverer(deliveries, new Registered(webhooks), sender, publisher, clock, thread, config.schedule(), config.limits());
        Announcer announcer = new Announcer(endpoints, deliveries, callbacks, publisher, clock, this::awaitKnowledge, config.openDeliveries());
        this.events = new SharedReader<>(new SharedReader.Settings(bootstrap, GROUP, Topics.FILM_EVENTS, Topics.WEBHOOK_DELIVERIES, config.session()), FilmEvent.class, announcer, new Late());
        this.ownership = new Ownership(deliveryReader::hasRead, events::polls, System::nanoTime, config.session().dividedBy(2), this::handOver);
    }

    /** The group's reader needs an owner before the owner can have the reader. */
    private final class Late implements SharedReader.Owner {
        @Override
        public void gained(Map<Integer, Long> partitions) {
            ownership.gained(partitions);
        }

        @Override
        public void lost(Set<Integer> partitions, boolean orderly) {
            ownership.lost(partitions, orderly);
        }
    }

    private final class Registered implements Receivers {
        private final Webhooks webhooks;

        Registered(Webhooks webhooks) {
            this.webhooks = webhooks;
        }

        @Override
        public Optional<Receiver> of(WebhookDelivery delivery) {
            return webhooks.of(delivery);
        }

        @Override
        public boolean areKnown() {
            return endpointReader.hasRead(ends.of(Topics.WEBHOOK_ENDPOINTS));
        }

        @Override
        public void disable(WebhookDelivery delivery, String why) {
            webhooks.disable(delivery, why);
        }
    }

    public void start() {
        endpointReader.start();
        deliveryReader.start();
        events.start();
        thread.scheduleWithFixedDelay(guarded(this::tick), 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
        thread.scheduleWithFixedDelay(guarded(() -> deliverer.tidy(ownership::owns, config.kept(), config.keptPerPartition())), TIDY.toMillis(), TIDY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A task that throws is never run again by its executor, and nothing would be sent any more. */
    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (QueueUnavailableException e) {
                LOG.warn("queue away, trying again: {}", e.getMessage());
            } catch (RuntimeException e) {
                LOG.error("telling of films: unexpected", e);
            }
        };
    }

    private void tick() {
        // Where nothing may be sent, what came of what was sent is still written.
        boolean certain = ownership.look() && endpointReader.isCaughtUp();
        deliverer.tick(partition -> certain && ownership.owns(partition));
    }

    /** Whether everything that was there at the start is known. */
    public boolean ready() {
        return endpointReader.isCaughtUp() && deliveryReader.isCaughtUp();
    }

    private void awaitKnowledge() throws InterruptedException {
        Map<Integer, Long> ofEndpoints = ends.of(Topics.WEBHOOK_ENDPOINTS);
        Map<Integer, Long> ofDeliveries = ends.of(Topics.WEBHOOK_DELIVERIES);
        long until = System.nanoTime() + KNOWLEDGE.toNanos();
        while (!endpointReader.hasRead(ofEndpoints) || !deliveryReader.hasRead(ofDeliveries)) {
            if (System.nanoTime() > until) {
                throw new QueueUnavailableException("webhooks are not read to their end after " + KNOWLEDGE, null);
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    /** What was begun is finished here, so that whoever is next does not send it a second time; a receiver that does not answer does not hold up a gateway that ends. */
    private void handOver(Set<Integer> partitions) {
        long until = System.nanoTime() + HANDOVER.toNanos();
        try {
            while (System.nanoTime() < until && CompletableFuture.supplyAsync(() -> deliverer.isBusy(partitions), thread).get(1, TimeUnit.SECONDS)) {
                Thread.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
            LOG.debug("not everything in flight was waited for", e);
        }
    }

    /** Leaves the group; what is not sent by then is sent by others, or after the next start. */
    @Override
    public void close() {
        events.close();
        thread.shutdownNow();
        endpointReader.close();
        deliveryReader.close();
        ends.close();
    }
}
