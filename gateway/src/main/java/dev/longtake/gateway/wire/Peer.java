package dev.longtake.gateway.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.Optional;

/**
 * Keeps account of one HTTP/1 connection, between the codec and whoever answers: what is under way, and how much of it has moved. All of it on the connection's own event
 * loop. Time is given to it ({@link #charge}), so that only time in which the other side could have moved is counted.
 */
final class Peer extends ChannelDuplexHandler {
    static final String NAME = "longtake-peer";

    private final PeerLimits limits;
    /** Requests that came and were not answered to their end. */
    private int open;
    private boolean body;
    /** No request is taken after the one whose body is coming, or came. */
    private boolean last;
    private long received;
    private long written;
    private long idle;
    private long sending;
    private long taking;
    private long taken;
    private long still;

    /** @param asked whether a request's head was read already, whose body may be still to come */
    Peer(PeerLimits limits, boolean asked) {
        this.limits = limits;
        this.open = asked ? 1 : 0;
        this.body = asked;
    }

    /** After the request that was read last nothing on this connection is taken for another, and it ends with the answer. */
    void isLast() {
        last = true;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (last && !body) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof HttpRequest request) {
            open++;
            body = true;
            received = 0;
            sending = 0;
            idle = 0;
            // What cannot be read as a request (a line or fields too long, for example) leaves the decoder without a place to go on from.
            last = request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING) || request.decoderResult().isFailure();
        }
        if (message instanceof HttpContent content) {
            received += content.content().readableBytes();
        }
        if (message instanceof LastHttpContent) {
            body = false;
        }
        context.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpContent content) {
            written += content.content().readableBytes();
        } else if (message instanceof ByteBuf bytes) {
            written += bytes.readableBytes();
        } else if (message instanceof FileRegion file) {
            written += file.count();
        }
        boolean interim = message instanceof HttpResponse response && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        if (last && !interim && message instanceof HttpResponse response) {
            // Unannounced, the end of a connection would take the next request on it with it: clients keep connections, and send a POST no second time.
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        if (message instanceof LastHttpContent && !interim) {
            open = Math.max(0, open - 1);
            if (last && open == 0) {
                context.write(message, promise.unvoid().addListener(ChannelFutureListener.CLOSE));
                return;
            }
        }
        context.write(message, promise);
    }

    /** So much time has gone by. @return why the other side is too slow, if it is */
    Optional<String> charge(Channel channel, long nanos) {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        long pending = out == null ? 0 : out.totalPendingWriteBytes();
        if (pending == 0) {
            taking = 0;
            still = 0;
        } else {
            // What the system's buffers swallowed before nobody has taken yet.
            written = taking == 0 ? pending : written;
            taking += nanos;
            // And what they swallow afterwards must not buy time for whoever takes nothing at all.
            still = written - pending == taken ? still + nanos : 0;
            taken = written - pending;
        }
        // While the gateway itself does not read, nobody else can be slow.
        sending += body && channel.config().isAutoRead() ? nanos : 0;
        idle = open == 0 && !body && pending == 0 ? idle + nanos : 0;
        if (idle > limits.request()) {
            return Optional.of("request");
        }
        if (body && limits.isBodyTooSlow(sending, received)) {
            return Optional.of("body");
        }
        return still > limits.answer() || limits.isAnswerTooSlow(taking, Math.max(0, taken)) ? Optional.of("answer") : Optional.empty();
    }
}
