/**
 * What the services say to one another: versioned messages, topic names and object keys. Records only; imports nothing of ours.
 * A message carries no tensors, only object keys and digests. Readers ignore fields they do not know; a message whose version
 * is newer than the reader's is parked in {@code dead-letters}, not lost.
 */
package dev.longtake.contract;
