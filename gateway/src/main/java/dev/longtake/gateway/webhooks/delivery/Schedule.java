package dev.longtake.gateway.webhooks.delivery;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * When it is tried again: after the first failure within {@code first}, then within twice as long each time, up to {@code longest}; never once
 * {@code window} is over since the delivery was begun.
 */
public record Schedule(Duration first, Duration longest, Duration window) {
    private static final int DOUBLINGS = 40;

    /**
     * How long to wait: from half to the whole of what is due, by chance, so that what failed together does not come again together. The same
     * delivery waits equally long wherever that is worked out.
     *
     * @param tries so far, at least one
     */
    Duration pause(String delivery, int tries) {
        Duration most = first;
        for (int i = 1; i < Math.min(tries, DOUBLINGS) && most.compareTo(longest) < 0; i++) {
            most = most.multipliedBy(2);
        }
        long millis = Math.max(2, (most.compareTo(longest) < 0 ? most : longest).toMillis());
        long seed = 31L * delivery.hashCode() + tries;
        return Duration.ofMillis(millis / 2 + new SplittableRandom(seed).nextLong(millis - millis / 2));
    }
}
