package dev.longtake.gateway.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Patience of 10, 20 and 30 seconds for a request, a body and an answer; 1,000 bytes are worth one more. */
class PeerTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final PeerLimits LIMITS = new PeerLimits(10 * SECOND, 20 * SECOND, 30 * SECOND, 1_000);

    private final Peer peer = new Peer(LIMITS, false);
    private final EmbeddedChannel channel = new EmbeddedChannel(peer);

    @AfterEach
    void end() {
        channel.finishAndReleaseAll();
    }

    private static Object head() {
        return new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/");
    }

    private static Object bytes(int n) {
        return new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[n]));
    }

    private static Object answer(HttpResponseStatus status) {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status);
    }

    /** Seconds go by one by one. @return after how many it was too slow, or 0 */
    private int until(Peer of, EmbeddedChannel on, int seconds, String what) {
        for (int i = 1; i <= seconds; i++) {
            var slow = of.charge(on, SECOND);
            if (slow.isPresent()) {
                assertThat(slow).contains(what);
                return i;
            }
        }
        return 0;
    }

    private int until(int seconds, String what) {
        return until(peer, channel, seconds, what);
    }

    @Test
    void aConnectionWithoutARequestIsCutOff() {
        assertThat(until(60, "request")).isEqualTo(11);
    }

    @Test
    void betweenTwoRequestsTheTimeBeginsAnew() {
        for (int i = 0; i < 5; i++) {
            assertThat(until(9, "request")).isZero();
            channel.writeInbound(head(), LastHttpContent.EMPTY_LAST_CONTENT);
            assertThat(until(100, "request")).as("it is the gateway's turn").isZero();
            channel.writeOutbound(answer(HttpResponseStatus.OK));
            channel.checkException();
        }
        assertThat(until(60, "request")).isEqualTo(11);
    }

    @Test
    void aRequestThatIsOverBeforeAnybodyLooksCountsToo() {
        for (int i = 0; i < 5; i++) {
            assertThat(until(9, "request")).isZero();
            channel.writeInbound(head(), LastHttpContent.EMPTY_LAST_CONTENT);
            channel.writeOutbound(answer(HttpResponseStatus.OK));
        }
    }

    @Test
    void afterAChunkedBodyNothingIsTakenAndTheConnectionEnds() {
        DefaultHttpRequest chunked = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/");
        chunked.headers().set("Transfer-Encoding", "chunked");
        channel.writeInbound(chunked, bytes(3), LastHttpContent.EMPTY_LAST_CONTENT, head(), LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat(channel.inboundMessages()).hasSize(3);
        assertThat(channel.isOpen()).isTrue();
        channel.writeOutbound(answer(HttpResponseStatus.OK));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aBodyHasTimeInProportionToItsBytes() {
        channel.writeInbound(head(), bytes(5_000));
        assertThat(until(60, "body")).isEqualTo(26);
        channel.writeInbound(LastHttpContent.EMPTY_LAST_CONTENT, head(), bytes(1));
        assertThat(until(60, "body")).as("the next one begins anew").isEqualTo(21);
    }

    @Test
    void aBodyThatComesSteadilyMayTakeLong() {
        channel.writeInbound(head());
        for (int i = 0; i < 1_000; i++) {
            channel.writeInbound(bytes(1_000));
            assertThat(until(1, "body")).isZero();
        }
    }

    @Test
    void whatTheGatewayDoesNotReadNobodyIsSlowWith() {
        channel.writeInbound(head(), bytes(1));
        channel.config().setAutoRead(false);
        assertThat(until(100, "body")).isZero();
        channel.config().setAutoRead(true);
        assertThat(until(60, "body")).isEqualTo(21);
    }

    @Test
    void anInterimAnswerIsNone() {
        channel.writeInbound(head(), LastHttpContent.EMPTY_LAST_CONTENT);
        channel.writeOutbound(answer(HttpResponseStatus.CONTINUE));
        assertThat(until(100, "request")).isZero();
    }

    @Test
    void aRequestThatWasThereBeforeIsUnderWay() {
        Peer late = new Peer(LIMITS, true);
        EmbeddedChannel other = new EmbeddedChannel(late);
        other.writeInbound(LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat(until(late, other, 100, "request")).isZero();
        other.writeOutbound(answer(HttpResponseStatus.OK));
        assertThat(until(late, other, 60, "request")).isEqualTo(11);
        other.finishAndReleaseAll();
    }

    /** Below the peer the socket takes nothing. */
    private static final class Stuck extends ChannelOutboundHandlerAdapter {
        private boolean stuck = true;

        @Override
        public void flush(ChannelHandlerContext context) {
            if (!stuck) {
                context.flush();
            }
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            context.write(message instanceof DefaultHttpContent content ? content.content() : message, promise);
        }
    }

    @Test
    void anAnswerThatNobodyTakesIsCutOff() {
        Stuck below = new Stuck();
        Peer above = new Peer(LIMITS, true);
        EmbeddedChannel other = new EmbeddedChannel(below, above);
        other.writeInbound(LastHttpContent.EMPTY_LAST_CONTENT);
        other.writeOneOutbound(bytes(5_000));
        assertThat(until(above, other, 60, "answer")).isEqualTo(31);
        below.stuck = false;
        other.flush();
        assertThat(until(above, other, 100, "answer")).as("all is taken, and the rest is the gateway's turn").isZero();
        below.stuck = true;
        other.writeOneOutbound(bytes(5_000));
        assertThat(until(above, other, 60, "answer")).isEqualTo(31);
        other.finishAndReleaseAll();
    }
}
