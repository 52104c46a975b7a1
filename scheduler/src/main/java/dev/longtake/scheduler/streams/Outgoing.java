package dev.longtake.scheduler.streams;

import dev.longtake.contract.Message;

/** A message and the topic it is for. */
record Outgoing(String topic, Message message) {}
