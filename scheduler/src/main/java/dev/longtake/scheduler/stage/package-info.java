/**
 * The scheduler's decisions: deterministic functions {@code (state, event, now) → (state, effects)} over the transition tables of
 * {@code dev.longtake.film.state}. No Kafka, no framework, no clock of their own: the Streams processors, the tests and a simulator
 * drive the same classes. They speak the messages of {@code dev.longtake.contract} directly.
 */
package dev.longtake.scheduler.stage;
