package dev.longtake.contract.webhook;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Message;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One event for one receiver, and what became of it.
 *
 * @param id       the same for the same event and receiver, so that an event that is seen twice is told once
 * @param endpoint the endpoint it goes to; absent if it goes to the film's own callback
 * @param callback the film's own callback; absent if it goes to an endpoint
 * @param event    id of the event, the {@code webhook-id} of every try
 * @param type     as the receiver is told it, such as {@code film.completed}
 * @param body     what is sent, byte by byte the same in every try
 * @param state    {@code pending, waiting, delivered, given-up}
 * @param tries    since it was begun, or begun anew
 * @param since    when it was begun, or begun anew: tries end a while after that
 * @param next     when it is tried, or tried again; absent if it is over
 * @param reason   why it was given up
 * @param attempts the newest tries
 * @param sequence raised with every change: readers drop older ones
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record WebhookDelivery(int version, String id, FilmRef film, Optional<String> endpoint, Optional<FilmCallback> callback, String event, String type, String body, String state,
                              int tries, Instant created, Instant since, Optional<Instant> next, Optional<String> reason, List<Attempt> attempts, long sequence) implements Message {
    /**
     * One try.
     *
     * @param status   of the answer; absent if there was none
     * @param failure  why there was none
     * @param response the beginning of the answer's body
     * @param millis   until the answer, or the failure
     */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Attempt(Instant at, Optional<Integer> status, Optional<String> failure, String response, long millis) {}

    public WebhookDelivery {
        attempts = List.copyOf(attempts);
    }

    /** The key it lies under. */
    public String key() {
        return film.tenant() + "/" + id;
    }
}
