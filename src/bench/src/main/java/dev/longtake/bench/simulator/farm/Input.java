package dev.longtake.bench.simulator.farm;

import dev.longtake.contract.Message;
import java.time.Instant;

/**
 * What a stage was told, and when.
 *
 * @param message    null if only time had passed
 * @param within     whether it was part of the decision before it: a timer looked at after a message, a lineage that could not be written
 * @param effects    effects there had been before it
 * @param writes     writes to the store there had been before it
 */
public record Input(Instant now, Message message, boolean within, int effects, long writes) {}
