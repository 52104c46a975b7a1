package dev.longtake.contract;

import java.time.Instant;

/**
 * All clips of a revision are durable: join them.
 *
 * @param assembly      id of this try at assembling
 * @param lineageKey    object key of the {@link Lineage}
 * @param lineageDigest SHA-256 of its bytes
 */
public record AssemblyJob(int version, FilmRef film, String assembly, String lineageKey, String lineageDigest, Instant deadline, Instant at) implements Message {}
