package dev.longtake.gateway;

import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How slow the other side of a connection may be: {@code longtake.gateway.peers}. Looked at once a second. */
public interface PeerConfig {
    /**
     * How long a connection may be without a request, at its beginning and between two. Whoever sends the head of one byte by byte would otherwise keep a connection for ever, and
     * whoever says nothing for half an hour.
     */
    @WithDefault("PT60S")
    Duration requestPatience();

    /**
     * How long a body may take besides the time that {@link #bytesPerSecond} gives it; 20 s are enough for a body of any speed that is small, and a body that trickles holds one of its
     * tenant's places and a thread. What the gateway itself does not take yet is not counted.
     */
    @WithDefault("PT20S")
    Duration bodyPatience();

    /** The same for answers that the other side does not take: a film's content holds a thread, a listener to events a place. A paused player comes back with a range. */
    @WithDefault("PT60S")
    Duration answerPatience();

    /** Bytes in a second, of a body or of an answer, that nobody is too slow with. */
    @WithDefault("8192")
    long bytesPerSecond();
}
