package dev.longtake.gateway.webhooks;

import dev.longtake.contract.webhook.WebhookEndpoint;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Every endpoint of every tenant. Written by one reader of {@code webhook-endpoints}, and by whoever changes one, once that is durable. */
public final class EndpointTable {
    private final Map<String, Map<String, WebhookEndpoint>> tenants = new ConcurrentHashMap<>();

    /** What the topic says under a key. Of two changes that did not know of each other the later there holds, at every gateway. @param endpoint null if it is gone */
    public void hear(String key, WebhookEndpoint endpoint) {
        take(key, endpoint, 0);
    }

    /** What was just put on the topic. @param endpoint null if it is gone */
    public void take(String key, WebhookEndpoint endpoint) {
        take(key, endpoint, 1);
    }

    private void take(String key, WebhookEndpoint endpoint, int newerBy) {
        if (endpoint != null) {
            tenants.computeIfAbsent(endpoint.tenant(), t -> new ConcurrentHashMap<>()).merge(endpoint.id(), endpoint, (known, other) -> other.sequence() >= known.sequence() + newerBy ? other : known);
            return;
        }
        int slash = key.indexOf('/');
        Map<String, WebhookEndpoint> tenant = slash < 0 ? null : tenants.get(key.substring(0, slash));
        if (tenant != null) {
            tenant.remove(key.substring(slash + 1));
        }
    }

    public Optional<WebhookEndpoint> find(String tenant, String id) {
        return Optional.ofNullable(tenants.getOrDefault(tenant, Map.of()).get(id));
    }

    /** Oldest first. */
    public List<WebhookEndpoint> of(String tenant) {
        return tenants.getOrDefault(tenant, Map.of()).values().stream().sorted(Comparator.comparing(WebhookEndpoint::created).thenComparing(WebhookEndpoint::id)).toList();
    }
}
