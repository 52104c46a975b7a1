package dev.longtake.gateway.webhooks.delivery;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Sends a notification once. */
@FunctionalInterface
public interface WebhookSender {
    /** @param tries so far: of several addresses of a host each has its turn */
    record Request(URI url, Map<String, String> headers, String body, int tries) {}

    /** Never completes exceptionally, and always within a bounded time. */
    CompletionStage<Outcome> send(Request request);
}
