package dev.longtake.gateway.wire;

import dev.longtake.film.story.Problem;
import dev.longtake.gateway.GatewayConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts off peers that are too slow. The server's own time-outs see whether any byte moves; whoever moves one now and then is never idle. So every
 * connection has a {@link Peer} from its first byte on; those that came before there was a {@link Door}, from the first look; and all are looked at once a second.
 */
@ApplicationScoped
public class PeerWatch {
    private static final Logger LOG = LoggerFactory.getLogger(PeerWatch.class);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int FIRST = 1_000;
    /** As Vert.x names them. */
    private static final String DOOR = "longtake-door";
    private static final String DECODER = "httpDecoder";
    private static final String HANDLER = "handler";

    private final Vertx vertx;
    private final PeerLimits limits;
    private final MeterRegistry meters;
    private final List<Future<?>> looking = new ArrayList<>();

    @Inject
    public PeerWatch(Vertx vertx, GatewayConfig config, MeterRegistry meters) {
        this.vertx = vertx;
        this.limits = PeerLimits.of(config.peers());
        this.meters = meters;
    }

    void begin(@Observes StartupEvent event) {
        for (EventExecutor executor : vertx.nettyEventLoopGroup()) {
            if (executor instanceof SingleThreadEventLoop loop) {
                long[] last = {System.nanoTime()};
                looking.add(loop.scheduleWithFixedDelay(() -> look(loop, last), LOOK_NANOS, LOOK_NANOS, TimeUnit.NANOSECONDS));
            }
        }
        watchDoors();
    }

    private void watchDoors() {
        for (EventExecutor executor : ((VertxInternal) vertx).getAcceptorEventLoopGroup()) {
            if (executor instanceof SingleThreadEventLoop acceptor) {
                looking.add(acceptor.scheduleWithFixedDelay(() -> openDoors(acceptor), 0, LOOK_NANOS, TimeUnit.NANOSECONDS));
            }
        }
    }

    void meetFirst(@Observes Filters filters) {
        filters.register(this::meet, FIRST);
    }

    private void meet(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (request.connection() instanceof ConnectionBase connection) {
            watch(connection.channel(), true);
            // A proxy that goes by the length, which the decoder drops where there is an encoding, too, would see another end of this request.
            if (connection.channel().pipeline().get(Peer.NAME) instanceof Peer peer && request.headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
                peer.isLast();
                // Said, too: whoever keeps connections would send its next request on this one, and a POST is not sent again by itself.
                context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            }
        }
        Optional<Problem> doubt = Doubts.about(request);
        if (doubt.isPresent()) {
            Doubts.refuse(context.response(), doubt.get());
        } else {
            context.next();
        }
    }

    private void watch(Channel channel, boolean asked) {
        ChannelPipeline pipeline = channel.pipeline();
        if (pipeline.get(Peer.NAME) == null && pipeline.get(DECODER) != null && pipeline.get(HANDLER) != null) {
            pipeline.addBefore(HANDLER, Peer.NAME, new Peer(limits, asked));
        }
    }

    /** Sees connections as they are accepted. */
    private final class Door extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object accepted) {
            if (accepted instanceof Channel connection) {
                connection.pipeline().addFirst(new First());
            }
            context.fireChannelRead(accepted);
        }
    }

    /** Waits for a connection's first byte: the handlers of HTTP are there by then, and nothing was decoded yet. */
    private final class First extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            watch(context.channel(), false);
            context.pipeline().remove(this);
            context.fireChannelRead(bytes);
        }
    }

    /** The server is there only after everything else: it is looked for as long as this runs. */
    private void openDoors(SingleThreadEventLoop acceptor) {
        for (Iterator<Channel> all = acceptor.registeredChannelsIterator(); all.hasNext();) {
            Channel channel = all.next();
            if (channel instanceof ServerChannel && channel.pipeline().get(DOOR) == null) {
                channel.pipeline().addFirst(DOOR, new Door());
            }
        }
    }

    private void look(SingleThreadEventLoop loop, long[] last) {
        long now = System.nanoTime();
        // A process that stood still must not take that for the slowness of others.
        long gone = Math.min(now - last[0], 2 * LOOK_NANOS);
        last[0] = now;
        List<Channel> channels = new ArrayList<>();
        for (Iterator<Channel> all = loop.registeredChannelsIterator(); all.hasNext();) {
            Channel channel = all.next();
            if (channel.parent() instanceof ServerChannel) {
                channels.add(channel);
            }
        }
        for (Channel channel : channels) {
            try {
                watch(channel, false);
                if (channel.pipeline().get(Peer.NAME) instanceof Peer peer) {
                    peer.charge(channel, gone).ifPresent(what -> cut(channel, what));
                }
            } catch (RuntimeException e) {
                // Thrown on, it would end the looking for good.
                LOG.warn("a connection cannot be looked at", e);
            }
        }
    }

    private void cut(Channel channel, String what) {
        LOG.debug("{} is cut off: too slow with its {}", channel.remoteAddress(), what);
        meters.counter("longtake.peers.cut", "slow", what).increment();
        // Not through the handler behind, which would wait until all that is written is taken.
        channel.pipeline().context(Peer.NAME).close();
    }

    @PreDestroy
    void end() {
        looking.forEach(look -> look.cancel(false));
    }
}
