package dev.longtake.gateway.webhooks.delivery;

import dev.longtake.contract.webhook.WebhookDelivery;
import dev.longtake.film.state.DeliveryState;
import dev.longtake.film.state.DeliveryState.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What becomes of a delivery. Pure: the clock and the outcome are told. */
public final class Deliveries {
    /** Tries that are kept of each; bounds the record. */
    static final int KEPT = 10;

    private Deliveries() {}

    /** After a try. @param at when it began. @param now when it ended. Unchanged if it is over already */
    public static WebhookDelivery tried(WebhookDelivery delivery, Outcome outcome, Instant at, Instant now, Schedule schedule) {
        int tries = delivery.tries() + 1;
        Instant again = now.plus(schedule.pause(delivery.id(), tries));
        boolean late = again.isAfter(delivery.since().plus(schedule.window()));
        Event event = outcome.accepted() ? Event.ACCEPTED : outcome.gone() ? Event.GONE : late ? Event.EXHAUSTED : Event.REFUSED;
        List<WebhookDelivery.Attempt> attempts = new ArrayList<>(delivery.attempts());
        attempts.add(new WebhookDelivery.Attempt(at, outcome.status(), outcome.failure(), outcome.response(), outcome.millis()));
        Optional<String> reason = switch (event) {
            case GONE -> Optional.of("the receiver wants nothing more (410)");
            case EXHAUSTED -> Optional.of(outcome.text() + ", and " + schedule.window() + " are over");
            default -> Optional.empty();
        };
        return moved(delivery, event, tries, delivery.since(), event == Event.REFUSED ? Optional.of(again) : Optional.empty(), reason,
                attempts.subList(Math.max(0, attempts.size() - KEPT), attempts.size()));
    }

    /** Its receiver is there no more, or wants to be told nothing more. */
    public static WebhookDelivery abandoned(WebhookDelivery delivery, String why) {
        return moved(delivery, Event.GONE, delivery.tries(), delivery.since(), Optional.empty(), Optional.of(why), delivery.attempts());
    }

    /** @return empty if it is not over */
    public static Optional<WebhookDelivery> again(WebhookDelivery delivery, Instant now) {
        WebhookDelivery begun = moved(delivery, Event.REDELIVER, 0, now, Optional.of(now), Optional.empty(), delivery.attempts());
        return begun == delivery ? Optional.empty() : Optional.of(begun);
    }

    private static WebhookDelivery moved(WebhookDelivery d, Event event, int tries, Instant since, Optional<Instant> next, Optional<String> reason, List<WebhookDelivery.Attempt> attempts) {
        return DeliveryState.TABLE.next(DeliveryState.of(d.state()), event)
                .map(to -> new WebhookDelivery(d.version(), d.id(), d.film(), d.endpoint(), d.callback(), d.event(), d.type(), d.body(), to.label(), tries, d.created(), since, next, reason,
                        attempts, d.sequence() + 1))
                .orElse(d);
    }
}
