package dev.longtake.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LoadTest {
    private static final byte[] GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    @Test
    void everyRequestIsAnsweredOnceAndCounted() throws Exception {
        byte[] body = "ä".repeat(20_000).getBytes(StandardCharsets.UTF_8);
        List<String> wrong = new CopyOnWriteArrayList<>();
        AtomicInteger answers = new AtomicInteger();
        try (FloorServer server = new FloorServer(body)) {
            Load.Result result = Load.run(3, Duration.ofMillis(200), n -> Load.http(server.address(), 200, () -> GET, text -> {
                answers.incrementAndGet();
                if (!text.equals("ä".repeat(20_000))) {
                    wrong.add(text);
                }
            }));
            assertThat(wrong).isEmpty();
            assertThat(result.latencies().count()).isEqualTo(answers.get()).isPositive();
            assertThat(result.perSecond()).isPositive();
            assertThat(result.p50()).isLessThanOrEqualTo(result.p99());
        }
    }

    @Test
    void anotherServersAnswersAreReadToo() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", exchange -> {
            byte[] read = exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(read.length == 0 ? 200 : 500, 2);
            exchange.getResponseBody().write("ok".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        server.createContext("/chunks", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            for (int i = 0; i < 10_000; i++) {
                exchange.getResponseBody().write(("piece " + i + "\r\n").getBytes(StandardCharsets.US_ASCII));
                if (i % 7 == 0) {
                    exchange.getResponseBody().flush();
                }
            }
            exchange.close();
        });
        server.start();
        try {
            assertThat(Load.ask(server.getAddress(), GET, 200)).isEqualTo("ok");
            String pieces = java.util.stream.IntStream.range(0, 10_000).mapToObj(i -> "piece " + i + "\r\n").collect(java.util.stream.Collectors.joining());
            assertThat(Load.ask(server.getAddress(), "GET /chunks HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII), 200)).isEqualTo(pieces);
            byte[] post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx".getBytes(StandardCharsets.US_ASCII);
            assertThatThrownBy(() -> Load.run(2, Duration.ofSeconds(20), n -> Load.http(server.getAddress(), 200, () -> post, Load.UNREAD)))
                    .as("a figure of errors is none").isInstanceOf(IOException.class).hasMessageContaining("answered 500: ok");
        } finally {
            server.stop(0);
        }
    }
}
