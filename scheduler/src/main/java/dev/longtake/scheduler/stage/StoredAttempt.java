package dev.longtake.scheduler.stage;

import dev.longtake.contract.AttemptRef;
import java.util.Optional;

/**
 * An accepted attempt, for films to come. Keys are deterministic while bytes are not, so it may be taken over only where its recorded
 * parent is the attempt that the film itself uses.
 *
 * @param clipDigest empty while its clip is not durable
 */
public record StoredAttempt(AttemptRef attempt, Optional<AttemptRef> parent, String worker, int newFrom, String clipDigest) {}
