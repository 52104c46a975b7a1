package dev.longtake.gateway.webhooks.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.webhook.FilmCallback;
import dev.longtake.contract.webhook.WebhookDelivery;
import dev.longtake.contract.webhook.WebhookEndpoint;
import dev.longtake.contract.webhook.WebhookEndpoint.Format;
import dev.longtake.gateway.webhooks.delivery.Notices.Kind;
import dev.longtake.gateway.webhooks.delivery.Notices.Notice;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NoticesTest {
    private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final FilmRef FILM = new FilmRef("t", "0123456789abcdef01234567", 2);

    private static FilmEvent changed(String to) {
        return new FilmEvent.FilmChanged(1, FILM, "rendering", to, Optional.of("why"), AT);
    }

    private static FilmEvent segment(int index, String to) {
        return new FilmEvent.SegmentChanged(1, FILM, index, 0, "accepted", to, Optional.empty(), Optional.empty(), false, AT);
    }

    private static WebhookEndpoint endpoint(String tenant, Format format, Instant created, Optional<String> disabled, String... events) {
        return new WebhookEndpoint(1, tenant, "ep_1", "https://example.com/", format, List.of(events), List.of(), disabled, created, created, 1);
    }

    @Test
    void whatIsToldIsWhatAUserWaitsFor() {
        assertThat(Notices.of(changed("finished")).orElseThrow().kind()).isEqualTo(Kind.COMPLETED);
        assertThat(Notices.of(changed("failed")).orElseThrow().kind()).isEqualTo(Kind.FAILED);
        assertThat(Notices.of(changed("cancelled")).orElseThrow().kind()).isEqualTo(Kind.CANCELLED);
        assertThat(Notices.of(segment(0, "clipped")).orElseThrow().kind()).isEqualTo(Kind.FIRST_PLAYABLE);
        for (String other : List.of("queued", "rendering", "paused", "assembling", "stalled", "deleted")) {
            assertThat(Notices.of(changed(other))).as(other).isEmpty();
        }
        assertThat(Notices.of(segment(0, "accepted"))).as("no clip yet").isEmpty();
        assertThat(Notices.of(segment(1, "clipped"))).as("not the beginning").isEmpty();
        assertThat(Notices.of(new FilmEvent.FilmChanged(1, FILM, "rendering", "rendering", Optional.empty(), AT))).isEmpty();
        assertThat(Notices.gone(changed("deleted"))).contains(FILM);
        assertThat(Notices.gone(changed("failed"))).isEmpty();
    }

    @Test
    void theSameEventIsTheSameNotificationAndAnotherRevisionsIsNot() {
        Notice notice = Notices.of(changed("finished")).orElseThrow();
        WebhookEndpoint endpoint = endpoint("t", Format.FILMS, AT, Optional.empty());
        WebhookDelivery once = Notices.delivery(notice, endpoint, AT);
        WebhookDelivery again = Notices.delivery(Notices.of(changed("finished")).orElseThrow(), endpoint, AT.plusSeconds(9));
        assertThat(again.id()).isEqualTo(once.id());
        assertThat(again.event()).isEqualTo(once.event()).isEqualTo(notice.id());
        WebhookDelivery callback = Notices.delivery(notice, new FilmCallback(1, "https://example.com/", "whsec_"), AT);
        assertThat(callback.event()).as("one event for all receivers").isEqualTo(once.event());
        assertThat(callback.id()).isNotEqualTo(once.id());
        assertThat(new Notice(Kind.COMPLETED, new FilmRef("t", FILM.film(), 3), Optional.empty(), AT).id()).isNotEqualTo(notice.id());
        assertThat(new Notice(Kind.COMPLETED, new FilmRef("u", FILM.film(), 2), Optional.empty(), AT).id()).isNotEqualTo(notice.id());
        assertThat(new Notice(Kind.FAILED, FILM, Optional.empty(), AT).id()).isNotEqualTo(notice.id());
    }

    @Test
    void theBodyIsThatOfEitherFace() throws Exception {
        ObjectMapper json = new ObjectMapper();
        Notice failed = Notices.of(changed("failed")).orElseThrow();
        JsonNode film = json.readTree(Notices.delivery(failed, endpoint("t", Format.FILMS, AT, Optional.empty()), AT).body());
        assertThat(film).isEqualTo(json.readTree("{\"id\":\"" + failed.id() + "\",\"type\":\"film.failed\",\"timestamp\":\"2026-01-02T03:04:05.678Z\","
                + "\"data\":{\"id\":\"" + FILM.film() + "\",\"revision\":2,\"state\":\"failed\",\"reason\":\"why\"}}"));
        WebhookDelivery video = Notices.delivery(Notices.of(changed("cancelled")).orElseThrow(), endpoint("t", Format.VIDEOS, AT, Optional.empty()), AT);
        assertThat(video.type()).isEqualTo("video.failed");
        assertThat(json.readTree(video.body())).isEqualTo(json.readTree("{\"id\":\"" + video.event() + "\",\"object\":\"event\",\"created_at\":1767323045,\"type\":\"video.failed\","
                + "\"data\":{\"id\":\"video_" + FILM.film() + "\"}}"));
    }

    @Test
    void anEndpointIsToldWhatItAskedFor() {
        Notice done = Notices.of(changed("finished")).orElseThrow();
        Notice playable = Notices.of(segment(0, "clipped")).orElseThrow();
        assertThat(Notices.concerns(done, endpoint("t", Format.FILMS, AT, Optional.empty()))).isTrue();
        assertThat(Notices.concerns(done, endpoint("other", Format.FILMS, AT, Optional.empty()))).as("another tenant").isFalse();
        assertThat(Notices.concerns(done, endpoint("t", Format.FILMS, AT, Optional.of("410")))).as("disabled").isFalse();
        assertThat(Notices.concerns(done, endpoint("t", Format.FILMS, AT, Optional.empty(), "film.failed"))).isFalse();
        assertThat(Notices.concerns(done, endpoint("t", Format.FILMS, AT, Optional.empty(), "film.failed", "film.completed"))).isTrue();
        assertThat(Notices.concerns(playable, endpoint("t", Format.FILMS, AT, Optional.empty()))).isTrue();
        assertThat(Notices.concerns(playable, endpoint("t", Format.VIDEOS, AT, Optional.empty()))).as("the other face has no such event").isFalse();
        assertThat(Notices.concerns(done, endpoint("t", Format.FILMS, AT.plusSeconds(60), Optional.empty()))).as("clocks differ").isTrue();
        assertThat(Notices.concerns(done, endpoint("t", Format.FILMS, AT.plusSeconds(3_600), Optional.empty()))).as("registered afterwards").isFalse();
    }
}
