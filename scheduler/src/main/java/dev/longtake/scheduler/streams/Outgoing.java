package dev.longtake.scheduler.streams;

/** A message, written, and the topic it is for. */
record Outgoing(String topic, byte[] message) {}
