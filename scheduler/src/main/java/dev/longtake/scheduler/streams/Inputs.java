package dev.longtake.scheduler.streams;

import dev.longtake.contract.DeadLetter;
import dev.longtake.contract.Json;
import dev.longtake.contract.Message;
import dev.longtake.contract.Topics;
import dev.longtake.contract.UnreadableMessageException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Reads inputs; what cannot be read is parked and not repeated for ever. */
final class Inputs {
    private Inputs() {}

    static <T extends Message> Optional<T> read(ProcessorContext<String, Outgoing> context, Record<String, byte[]> record, String topic, Class<T> type, Instant now) {
        byte[] value = record.value() == null ? new byte[0] : record.value();
        try {
            return Optional.of(Json.read(value, type));
        } catch (UnreadableMessageException e) {
            String key = record.key() == null ? "" : record.key();
            context.forward(new Record<>(key, new Outgoing(Topics.DEAD_LETTERS, new DeadLetter(Message.VERSION, topic, key, new String(value, StandardCharsets.UTF_8), e.getMessage(), now)),
                    now.toEpochMilli()));
            return Optional.empty();
        }
    }
}
