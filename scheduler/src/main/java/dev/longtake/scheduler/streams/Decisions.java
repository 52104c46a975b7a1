package dev.longtake.scheduler.streams;

import dev.longtake.contract.DeadLetter;
import dev.longtake.contract.Json;
import dev.longtake.contract.Message;
import dev.longtake.contract.Topics;
import dev.longtake.contract.UnreadableMessageException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes decisions whole or not at all: state and messages of one input leave together. An input that cannot be read, or that makes a
 * stage fail, is parked with its reason, so that it stops neither what comes after it nor the thread.
 */
final class Decisions {
    private static final Logger LOG = LoggerFactory.getLogger(Decisions.class);

    private final ProcessorContext<String, Outgoing> context;
    private final StreamsState state;
    private final List<Record<String, Outgoing>> out = new ArrayList<>();

    Decisions(ProcessorContext<String, Outgoing> context, StreamsState state) {
        this.context = context;
        this.state = state;
    }

    /** To be sent if the decision holds. */
    void send(String topic, String key, Message message) {
        out.add(new Record<>(key, new Outgoing(topic, Json.write(message)), context.currentSystemTimeMs()));
    }

    /** A compacted topic is to forget a key if the decision holds. */
    void forget(String topic, String key) {
        out.add(new Record<>(key, new Outgoing(topic, null), context.currentSystemTimeMs()));
    }

    /** @return whether it was decided; if not, nothing has changed */
    boolean decide(String what, Runnable decision) {
        try {
            decision.run();
        } catch (RuntimeException e) {
            LOG.error("no decision on {}", what, e);
            rollback();
            return false;
        }
        commit();
        return true;
    }

    private void commit() {
        state.commit();
        out.forEach(context::forward);
        out.clear();
    }

    private void rollback() {
        state.rollback();
        out.clear();
    }

    /** Decides on a message, or parks it. */
    <T extends Message> void on(Record<String, byte[]> record, String topic, Class<T> type, Instant now, Consumer<T> decision) {
        on(record, topic, type, now, decision, reason -> true);
    }

    /** Decides on a message, or parks it. @param parks whether one that is not decided for this reason is worth keeping */
    <T extends Message> void on(Record<String, byte[]> record, String topic, Class<T> type, Instant now, Consumer<T> decision, Predicate<String> parks) {
        byte[] value = record.value() == null ? new byte[0] : record.value();
        try {
            T message = Json.read(value, type);
            try {
                decision.accept(message);
            } catch (RuntimeException e) {
                LOG.error("no decision on a message of {}", topic, e);
                rollback();
                park(record, topic, "the scheduler cannot decide on it: " + e, now, parks);
            }
        } catch (UnreadableMessageException e) {
            park(record, topic, e.getMessage(), now, parks);
        }
        commit();
    }

    private void park(Record<String, byte[]> record, String topic, String reason, Instant now, Predicate<String> parks) {
        if (!parks.test(reason)) {
            return;
        }
        int partition = context.recordMetadata().map(RecordMetadata::partition).orElse(-1);
        long offset = context.recordMetadata().map(RecordMetadata::offset).orElse(-1L);
        LOG.warn("{}-{}@{} parked: {}", topic, partition, offset, reason);
        send(Topics.DEAD_LETTERS, record.key() == null ? "" : record.key(), DeadLetter.parked(topic, partition, offset, record.key(), record.value(), reason, now));
    }
}
