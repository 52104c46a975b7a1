package dev.longtake.contract;

import java.time.Instant;
import java.util.List;

/**
 * What nobody needs any more, to be removed from the store. It comes twice: first to be waited for, then, once the film stage has said
 * that its decision still stands, to be removed.
 *
 * @param id        of this decision: another decision on the same things has another
 * @param revisions revisions of which everything under their prefix goes, before the attempts
 * @param attempts  attempts of which everything goes, in this order: children before their parents
 * @param confirmed whether to remove it now
 */
public record ExpiryJob(int version, String tenant, String id, List<FilmRef> revisions, List<AttemptRef> attempts, boolean confirmed, Instant at) implements Message {}
