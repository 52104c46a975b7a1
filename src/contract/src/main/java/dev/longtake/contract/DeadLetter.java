package dev.longtake.contract;

import java.time.Instant;

/**
 * Work given up, or a message nobody could read.
 *
 * @param topic  where it came from
 * @param body   the message itself, as text
 * @param reason why it is here
 */
public record DeadLetter(int version, String topic, String key, String body, String reason, Instant at) implements Message {}
