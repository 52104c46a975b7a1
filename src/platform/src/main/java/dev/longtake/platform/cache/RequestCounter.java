package dev.longtake.platform.cache;

import java.util.OptionalLong;

/**
 * Counts requests over all replicas of the gateway, in Redis. Everything here can be lost: a counter that is away answers "empty" within a
 * bounded time and never throws.
 */
public interface RequestCounter {
    /**
     * Counts one more.
     *
     * @param second by the caller's clock; replicas whose clocks differ count into neighbouring seconds, which lets somewhat more through
     * @return how many of that second there are now, this one included; empty if nobody can say
     */
    OptionalLong count(String tenant, long second);
}
