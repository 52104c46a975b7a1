package dev.longtake.contract.webhook;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.longtake.contract.Message;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where a tenant wants to be told of its films.
 *
 * @param events   types that are sent there, by the names of the {@code /v1/films} face; all if empty
 * @param secrets  what notifications are signed with, the newest first; an older one only until its end
 * @param disabled why nothing is sent there any more; absent while it is
 * @param sequence raised with every change: readers drop older ones
 */
public record WebhookEndpoint(int version, String tenant, String id, String url, Format format, List<String> events, List<Secret> secrets,
                              @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> disabled, Instant created, Instant updated, long sequence) implements Message {
    /** Whose shape the notifications have. */
    public enum Format {
        /** {@code film.completed} and so on, for {@code /v1/films}. */
        FILMS,
        /** {@code video.completed} and {@code video.failed}, for {@code /v1/videos}. */
        VIDEOS
    }

    /** @param value {@code whsec_} and the base64 of the key. @param until when it ends; absent for the newest */
    public record Secret(String value, @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Instant> until) {}

    public WebhookEndpoint {
        events = List.copyOf(events);
        secrets = List.copyOf(secrets);
    }

    /** The key it lies under. */
    public String key() {
        return tenant + "/" + id;
    }
}
