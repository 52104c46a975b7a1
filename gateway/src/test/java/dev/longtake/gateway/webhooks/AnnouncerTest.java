package dev.longtake.gateway.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Message;
import dev.longtake.contract.webhook.WebhookDelivery;
import dev.longtake.contract.webhook.WebhookEndpoint.Format;
import dev.longtake.gateway.HandClock;
import dev.longtake.gateway.films.RecordingPublisher;
import dev.longtake.gateway.webhooks.delivery.Deliveries;
import dev.longtake.gateway.webhooks.delivery.DeliveryTable;
import dev.longtake.platform.memory.MemoryObjectStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnnouncerTest {
    private static final int MOST = 3;

    private final HandClock clock = new HandClock(Instant.parse("2026-01-02T03:04:05Z"));
    private final EndpointTable endpoints = new EndpointTable();
    private final DeliveryTable deliveries = new DeliveryTable();
    private final RecordingPublisher publisher = new RecordingPublisher();
    private final Webhooks webhooks = new Webhooks(endpoints, deliveries, new RecordingPublisher(), clock, 20, MOST);
    private final Announcer announcer = new Announcer(endpoints, deliveries, new Callbacks(new MemoryObjectStore()), publisher, clock, () -> {}, MOST);

    private FilmEvent finished(String tenant, String film) {
        return new FilmEvent.FilmChanged(Message.VERSION, new FilmRef(tenant, film, 1), "rendering", "finished", Optional.empty(), clock.now);
    }

    /** What was sent since, as the topic's reader puts it into the table. */
    private List<WebhookDelivery> read(int from) {
        List<WebhookDelivery> sent = publisher.sent().stream().skip(from).map(WebhookDelivery.class::cast).toList();
        sent.forEach(d -> deliveries.take(d.key(), d, 0));
        return sent;
    }

    @Test
    void whatIsAboveTheLimitOfATenantIsOverAsItIsMadeAndSaysSo() throws Exception {
        webhooks.register("t", new EndpointBody("https://t.example/", Format.FILMS, List.of()));
        webhooks.register("u", new EndpointBody("https://u.example/", Format.FILMS, List.of()));
        announcer.on(List.of(finished("t", "f1"), finished("t", "f2")));
        read(0);
        announcer.on(List.of(finished("t", "f3"), finished("t", "f4"), finished("u", "f"), finished("t", "f5")));
        List<WebhookDelivery> second = read(2);
        assertThat(second).extracting(WebhookDelivery::state).containsExactly("pending", "given-up", "pending", "given-up");
        assertThat(second.get(1).reason().orElseThrow()).contains("3", "open-deliveries");
        assertThat(second.get(1).next()).isEmpty();
        assertThat(deliveries.open("t")).isEqualTo(MOST);
        announcer.on(List.of(finished("t", "f4")));
        assertThat(publisher.sent()).as("what was given up is not made again").hasSize(6);

        WebhookDelivery over = second.get(1);
        assertThatThrownBy(() -> webhooks.redeliver("t", over.id())).isInstanceOf(Webhooks.RefusedException.class).hasMessageContaining("3 deliveries are not over");
        deliveries.put(Deliveries.abandoned(second.get(0), "gone"));
        assertThat(webhooks.redeliver("t", over.id()).orElseThrow().state()).isEqualTo("pending");
        announcer.on(List.of(finished("t", "f6")));
        assertThat(read(6)).extracting(WebhookDelivery::state).containsExactly("given-up");
    }
}
