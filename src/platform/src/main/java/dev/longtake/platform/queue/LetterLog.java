package dev.longtake.platform.queue;

import dev.longtake.contract.DeadLetter;
import java.util.function.Consumer;

/** The topic of dead letters, from its end. */
public interface LetterLog {
    /** A letter, or the note that one was dealt with. @param id its place on the topic, {@code partition-offset} */
    record Entry(String id, DeadLetter letter) {}

    /**
     * The newest entries, oldest first. One at a time, since each may hold half a mebibyte; those that this build cannot read are left
     * out.
     *
     * @param most places on the topic that are looked at
     * @throws QueueUnavailableException if Kafka does not answer in time
     */
    void newest(int most, Consumer<Entry> each);
}
