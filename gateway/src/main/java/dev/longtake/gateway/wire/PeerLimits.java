package dev.longtake.gateway.wire;

import dev.longtake.gateway.PeerConfig;
import java.util.concurrent.TimeUnit;

/**
 * How slow a peer may be.
 *
 * @param request nanoseconds without a request
 * @param body    nanoseconds a body may take beside what its bytes give it
 * @param answer  the same of an answer
 * @param rate    bytes that are worth a second
 */
record PeerLimits(long request, long body, long answer, long rate) {
    static PeerLimits of(PeerConfig config) {
        if (config.bytesPerSecond() < 1) {
            throw new IllegalArgumentException("longtake.gateway.peers.bytes-per-second: " + config.bytesPerSecond() + " is not above 0");
        }
        return new PeerLimits(config.requestPatience().toNanos(), config.bodyPatience().toNanos(), config.answerPatience().toNanos(), config.bytesPerSecond());
    }

    boolean isBodyTooSlow(long nanos, long bytes) {
        return nanos > body + worth(bytes);
    }

    boolean isAnswerTooSlow(long nanos, long bytes) {
        return nanos > answer + worth(bytes);
    }

    private long worth(long bytes) {
        return bytes / rate * TimeUnit.SECONDS.toNanos(1) + bytes % rate * TimeUnit.SECONDS.toNanos(1) / rate;
    }
}
