package dev.longtake.scheduler.streams;

/** A message, written, and the topic it is for. @param message null to have a compacted topic forget the key */
record Outgoing(String topic, byte[] message) {}
