package dev.longtake.contract;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Work given up, or a message nobody could read; or, with {@code handled}, the note that such a letter was dealt with. Notes lie on the
 * same topic behind their letters, so that they last as long as these, and whoever reads the topic knows both.
 *
 * @param topic   where it came from
 * @param key     the message's key; empty if it had none
 * @param body    the message itself, as text; only its beginning if it was larger than {@link #LARGEST}; empty in a note
 * @param reason  why it is here
 * @param source  where on its topic it lay, for messages that were parked; absent for work given up, which comes from no message
 * @param handled what became of the letter, in a note
 */
public record DeadLetter(int version, String topic, String key, String body, String reason, Instant at,
                         @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Source> source,
                         @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Handled> handled) implements Message {
    /** Bytes of a message that are kept whole: several times the largest the farm writes, and in JSON still below what a broker takes. */
    public static final int LARGEST = 512 << 10;
    private static final int BEGINNING = 16 << 10;

    /**
     * The place of a message that was parked. Several readers may park one message: that is one letter, told by its place.
     *
     * @param keyed whether it had a key
     * @param bytes the message in Base64 where {@code body} is not, byte by byte, what it was
     * @param whole whether the letter holds all of it
     */
    public record Source(int partition, long offset, boolean keyed, boolean whole, @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> bytes) {}

    /** @param letter id of the letter: {@code partition-offset} on this topic. @param how {@code requeued} or {@code retried} */
    public record Handled(String letter, How how) {}

    /** What was done about a letter. */
    public enum How {
        /** The message was put back on its topic. */
        REQUEUED,
        /** The film whose job was given up was asked for again. */
        RETRIED
    }

    /** Work given up. */
    public static DeadLetter givenUp(String topic, String key, SegmentJob job, String reason, Instant at) {
        return new DeadLetter(Message.VERSION, topic, key, new String(Json.write(job), StandardCharsets.UTF_8), reason, at, Optional.empty(), Optional.empty());
    }

    /** A message that cannot be read or decided on. @param key null if it had none. @param message null if it had none */
    public static DeadLetter parked(String topic, int partition, long offset, String key, byte[] message, String reason, Instant at) {
        byte[] bytes = message == null ? new byte[0] : message;
        boolean whole = bytes.length <= LARGEST;
        Optional<String> text = whole ? text(bytes) : Optional.empty();
        String body = text.orElseGet(() -> new String(Arrays.copyOf(bytes, Math.min(bytes.length, BEGINNING)), StandardCharsets.UTF_8));
        Optional<String> exact = whole && text.isEmpty() ? Optional.of(Base64.getEncoder().encodeToString(bytes)) : Optional.empty();
        return new DeadLetter(Message.VERSION, topic, key == null ? "" : key, body, reason, at, Optional.of(new Source(partition, offset, key != null, whole, exact)), Optional.empty());
    }

    /** The note that a letter was dealt with. */
    public static DeadLetter handled(DeadLetter letter, String id, How how, Instant at) {
        return new DeadLetter(Message.VERSION, letter.topic(), letter.key(), "", letter.reason(), at, Optional.empty(), Optional.of(new Handled(id, how)));
    }

    /** The bytes as text, if they are UTF-8 and do not grow much when the text is written as JSON. */
    private static Optional<String> text(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return Json.write(text).length > bytes.length / 3 * 4 + 1_024 ? Optional.empty() : Optional.of(text);
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** The message exactly as it was; empty if the letter holds only its beginning. */
    public Optional<byte[]> message() {
        if (source.isPresent() && !source.get().whole()) {
            return Optional.empty();
        }
        return Optional.of(source.flatMap(Source::bytes).map(Base64.getDecoder()::decode).orElseGet(() -> body.getBytes(StandardCharsets.UTF_8)));
    }

    /** The message's key exactly as it was: null if it had none. */
    public String originalKey() {
        return source.filter(s -> !s.keyed()).isPresent() ? null : key;
    }
}
