package dev.longtake.gateway.letters;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Optional;

/**
 * A dead letter as HTTP shows it.
 *
 * @param id      its place among the letters, which never changes
 * @param kind    {@code given-up}: work of a film that failed; {@code message}: one that could not be read or decided on
 * @param topic   where the message or the work came from
 * @param tenant  whose it is, if that can be told; of others only an operator sees it
 * @param film    id of the film it is about, if that can be told
 * @param at      when it was parked
 * @param extract the beginning of the message
 * @param copies  how often it was parked, by several readers of one topic
 * @param handled what was done about it last
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record LetterView(String id, String kind, String topic, String key, Optional<String> tenant, Optional<String> film, Instant at, String reason, String extract, int copies, Optional<Handled> handled) {
    public static final String GIVEN_UP = "given-up";
    public static final String MESSAGE = "message";

    /** @param how {@code requeued} or {@code retried} */
    public record Handled(String how, Instant at) {}
}
