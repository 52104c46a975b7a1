package dev.longtake.gateway.webhooks;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.longtake.contract.webhook.FilmCallback;
import dev.longtake.contract.webhook.WebhookDelivery;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A delivery as HTTP shows it.
 *
 * @param webhook  the endpoint it goes to
 * @param callback the URL it goes to, if that is the film's own
 * @param event    the {@code webhook-id} of every try
 * @param tries    since it was begun, or begun anew
 * @param next     when it is tried, or tried again
 * @param reason   why it was given up
 * @param attempts the newest tries, oldest first
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record DeliveryView(String id, String film, int revision, Optional<String> webhook, Optional<String> callback, String event, String type, String state, int tries, Instant created,
                           Optional<Instant> next, Optional<String> reason, List<WebhookDelivery.Attempt> attempts) {
    /** Deliveries, newest first. */
    public record Page(List<DeliveryView> deliveries) {}

    static DeliveryView of(WebhookDelivery d) {
        return new DeliveryView(d.id(), d.film().film(), d.film().revision(), d.endpoint(), d.callback().map(FilmCallback::url), d.event(), d.type(), d.state(), d.tries(), d.created(), d.next(),
                d.reason(), d.attempts());
    }
}
