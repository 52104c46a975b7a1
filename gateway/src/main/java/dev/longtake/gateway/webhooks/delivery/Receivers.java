package dev.longtake.gateway.webhooks.delivery;

import dev.longtake.contract.webhook.WebhookDelivery;
import dev.longtake.contract.webhook.WebhookEndpoint.Secret;
import java.util.List;
import java.util.Optional;

/** Whom a delivery goes to, as it is now. */
public interface Receivers {
    /** Where to, and what it is signed with. */
    record Receiver(String url, List<Secret> secrets) {}

    /** @return empty if nothing is to be sent there any more */
    Optional<Receiver> of(WebhookDelivery delivery);

    /** Whether everybody is known who is registered now; as long as not, nobody counts as gone. */
    boolean areKnown();

    /** Nothing is to be sent there any more. */
    void disable(WebhookDelivery delivery, String why);
}
