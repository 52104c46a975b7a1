package dev.longtake.gateway.webhooks.delivery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Message;
import dev.longtake.contract.webhook.FilmCallback;
import dev.longtake.contract.webhook.WebhookDelivery;
import dev.longtake.contract.webhook.WebhookEndpoint;
import dev.longtake.contract.webhook.WebhookEndpoint.Format;
import dev.longtake.film.state.DeliveryState;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** From what happened to a film to what is told of it. Pure: the same event makes the same notification, whoever sees it and however often. */
public final class Notices {
    /** How far the clocks of those who register and those who render may be apart. */
    private static final Duration SKEW = Duration.ofMinutes(5);
    private static final int ID_BYTES = 16;
    private static final int LONGEST_REASON = 500;
    private static final ObjectMapper JSON = new ObjectMapper();

    private Notices() {}

    /** What is told. */
    public enum Kind {
        /** The revision's film can be fetched. */
        COMPLETED("finished", Optional.of("video.completed")),
        /** The revision was given up; the reason says why. */
        FAILED("failed", Optional.of("video.failed")),
        /** The revision was cancelled, or another took its place. */
        CANCELLED("cancelled", Optional.of("video.failed")),
        /** The clip of the revision's first segment is durable: its beginning can be watched while the rest is rendered. */
        FIRST_PLAYABLE("rendering", Optional.empty());

        private final String state;
        private final Optional<String> video;

        Kind(String state, Optional<String> video) {
            this.state = state;
            this.video = video;
        }

        /** Its name on the {@code /v1/films} face. */
        public String label() {
            return "film." + name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** The names by which endpoints choose. */
    public static final List<String> TYPES = Arrays.stream(Kind.values()).map(Kind::label).toList();

    /** Something that is told. @param reason as the scheduler gave it */
    public record Notice(Kind kind, FilmRef film, Optional<String> reason, Instant at) {
        /** The same for every try and every receiver. */
        public String id() {
            return "evt_" + digest(film.revisionKey(), kind.label());
        }
    }

    /** What is to be told of an event, if anything is. */
    public static Optional<Notice> of(FilmEvent event) {
        if (event instanceof FilmEvent.FilmChanged changed && !changed.from().equals(changed.to())) {
            return Arrays.stream(Kind.values()).filter(k -> k != Kind.FIRST_PLAYABLE && k.state.equals(changed.to())).findFirst()
                    .map(kind -> new Notice(kind, changed.film(), changed.reason(), changed.at()));
        }
        if (event instanceof FilmEvent.SegmentChanged segment && segment.index() == 0 && segment.to().equals("clipped")) {
            return Optional.of(new Notice(Kind.FIRST_PLAYABLE, segment.film(), Optional.empty(), segment.at()));
        }
        return Optional.empty();
    }

    /** The film that an event says is gone: what was told of it is to be forgotten. */
    public static Optional<FilmRef> gone(FilmEvent event) {
        return event instanceof FilmEvent.FilmChanged changed && changed.to().equals("deleted") ? Optional.of(changed.film()) : Optional.empty();
    }

    /** Whether an endpoint is to be told. One that was registered after it happened is not. */
    public static boolean concerns(Notice notice, WebhookEndpoint endpoint) {
        return endpoint.tenant().equals(notice.film().tenant()) && endpoint.disabled().isEmpty()
                && (endpoint.events().isEmpty() || endpoint.events().contains(notice.kind().label()))
                && (endpoint.format() == Format.FILMS || notice.kind().video.isPresent())
                && !endpoint.created().minus(SKEW).isAfter(notice.at());
    }

    /** For an endpoint that it concerns. */
    public static WebhookDelivery delivery(Notice notice, WebhookEndpoint endpoint, Instant now) {
        boolean films = endpoint.format() == Format.FILMS;
        return delivery(notice, endpoint.id(), Optional.of(endpoint.id()), Optional.empty(), films ? notice.kind().label() : notice.kind().video.orElseThrow(), films ? film(notice) : video(notice), now);
    }

    /** For the film's own callback. */
    public static WebhookDelivery delivery(Notice notice, FilmCallback callback, Instant now) {
        return delivery(notice, "callback", Optional.empty(), Optional.of(callback), notice.kind().label(), film(notice), now);
    }

    private static WebhookDelivery delivery(Notice notice, String receiver, Optional<String> endpoint, Optional<FilmCallback> callback, String type, String body, Instant now) {
        return new WebhookDelivery(Message.VERSION, "dlv_" + digest(notice.id(), receiver), notice.film(), endpoint, callback, notice.id(), type, body,
                DeliveryState.TABLE.initial().label(), 0, now, now, Optional.of(now), Optional.empty(), List.of(), 1);
    }

    private static String film(Notice notice) {
        ObjectNode body = JSON.createObjectNode().put("id", notice.id()).put("type", notice.kind().label()).put("timestamp", notice.at().toString());
        ObjectNode data = body.putObject("data").put("id", notice.film().film()).put("revision", notice.film().revision()).put("state", notice.kind().state);
        notice.reason().ifPresent(r -> data.put("reason", r.length() > LONGEST_REASON ? r.substring(0, LONGEST_REASON) : r));
        return text(body);
    }

    private static String video(Notice notice) {
        ObjectNode body = JSON.createObjectNode().put("id", notice.id()).put("object", "event").put("created_at", notice.at().getEpochSecond()).put("type", notice.kind().video.orElseThrow());
        body.putObject("data").put("id", "video_" + notice.film().film());
        return text(body);
    }

    private static String text(ObjectNode body) {
        try {
            return JSON.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can be written", e);
        }
    }

    private static String digest(String... parts) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(String.join("\0", parts).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sum, 0, ID_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
