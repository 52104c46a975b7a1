package dev.longtake.contract;

/**
 * One try at a segment by one worker.
 *
 * @param segmentKey the segment's key, lower-case hex SHA-256
 * @param attempt    the attempt's id, unique for ever
 */
public record AttemptRef(String segmentKey, String attempt) {}
