package dev.longtake.gateway.webhooks;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.longtake.contract.webhook.WebhookEndpoint;
import dev.longtake.gateway.webhooks.delivery.Notices;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An endpoint as HTTP shows it.
 *
 * @param events         types that are sent there
 * @param disabled       why nothing is sent there any more; absent while it is
 * @param secret         what notifications are signed with; only in the answer to whoever made it
 * @param olderSignsTill until when an older secret is signed with, too
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record EndpointView(String id, String url, String format, List<String> events, Optional<String> disabled, Instant created, Instant updated, Optional<String> secret,
                           @JsonProperty("older_secret_signs_until") Optional<Instant> olderSignsTill) {
    /** Endpoints, oldest first. */
    public record Page(List<EndpointView> webhooks) {}

    static EndpointView of(WebhookEndpoint e, boolean withSecret) {
        return new EndpointView(e.id(), e.url(), e.format().name().toLowerCase(Locale.ROOT), e.events().isEmpty() ? Notices.TYPES : e.events(), e.disabled(), e.created(), e.updated(),
                withSecret ? Optional.of(e.secrets().get(0).value()) : Optional.empty(), e.secrets().stream().skip(1).findFirst().flatMap(WebhookEndpoint.Secret::until));
    }
}
