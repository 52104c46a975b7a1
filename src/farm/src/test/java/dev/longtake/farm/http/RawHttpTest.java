package dev.longtake.farm.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** Requests that no HTTP client would send, byte by byte. Each ends with a refusal or a closed connection, soon, and others are served meanwhile. */
@QuarkusTest
@Timeout(120)
class RawHttpTest extends HttpHarness {
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})");
    private static final String HOST = "Host: 127.0.0.1\r\n";
    private static final String CLOSE = "Connection: close\r\n\r\n";
    /** What must never be taken for a request of its own. */
    private static final String SMUGGLED = "GET /v1/films/smuggled HTTP/1.1\r\n" + HOST + "X-Request-Id: smuggled\r\n\r\n";
    private static final List<String> INSIDES = List.of("dev.longtake", "java.lang", "java.io", "io.quarkus", "io.vertx", "io.netty", "\tat ", "quarkus.", "root:");

    private String answer(String request) throws IOException {
        try (RawClient client = new RawClient(root)) {
            return client.send(request).rest();
        }
    }

    private static List<Integer> statuses(String answers) {
        List<Integer> found = new ArrayList<>();
        for (Matcher m = STATUS.matcher(answers); m.find();) {
            found.add(Integer.parseInt(m.group(1)));
        }
        return found;
    }

    /** One refusal, or nothing but the end. */
    private static void assertRefused(String answers) {
        assertThat(statuses(answers)).as(answers).hasSizeLessThanOrEqualTo(1).allMatch(s -> s >= 400 && s < 500 || s == 501 || s == 505);
        // In tests the framework says which of its exceptions a request without a good Host made; it does not otherwise.
        String said = answers.replaceAll("io\\.vertx\\.core\\.VertxException: For HTTP[^\"]*", "");
        INSIDES.forEach(inside -> assertThat(said).doesNotContain(inside));
    }

    @AfterEach
    void othersAreServed() throws Exception {
        HttpResponse<byte[]> answer = HTTP.send(HttpRequest.newBuilder(root.resolve("/v1/models")).timeout(Duration.ofSeconds(5)).build(), HttpResponse.BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    private static Stream<DynamicTest> each(List<String> cases, org.junit.jupiter.api.function.ThrowingConsumer<String> test) {
        return cases.stream().map(c -> DynamicTest.dynamicTest(c.substring(0, Math.min(100, c.length())).replaceAll("\\p{C}", "."), () -> test.accept(c)));
    }

    @TestFactory
    Stream<DynamicTest> headsBeyondAnySizeAreRefused() {
        String many = IntStream.range(0, 20_000).mapToObj(i -> "a" + i + ": b\r\n").reduce(new StringBuilder(), StringBuilder::append, StringBuilder::append).toString();
        return each(List.of(
                "GET /v1/films/" + "a".repeat(100_000) + " HTTP/1.1\r\n" + HOST + CLOSE,
                "GET /v1/films?after=" + "a".repeat(8_000) + " HTTP/1.1\r\n" + HOST + CLOSE,
                "GET /v1/films " + "H".repeat(100_000) + "\r\n" + HOST + CLOSE,
                "A".repeat(100_000),
                "GET /v1/films HTTP/1.1\r\n" + HOST + "X-Long: " + "a".repeat(100_000) + "\r\n" + CLOSE,
                "GET /v1/films HTTP/1.1\r\n" + HOST + "X-" + "a".repeat(100_000) + ": a\r\n" + CLOSE,
                "GET /v1/films HTTP/1.1\r\n" + HOST + many + CLOSE), request -> assertRefused(answer(request)));
    }

    /** Whoever keeps the connection would lose the next request with it. */
    @Test
    void whoeverIsHungUpOnIsToldSo() throws Exception {
        for (String request : List.of("GET /v1/films?after=" + "a".repeat(8_000) + " HTTP/1.1\r\n" + HOST + "\r\n", "GET /v1/films HTTP/1.1\r\n" + HOST + "X-Long: " + "a".repeat(100_000) + "\r\n\r\n")) {
            String answers = answer("GET /v1/models HTTP/1.1\r\n" + HOST + "\r\n" + request);
            assertThat(statuses(answers)).as(answers).hasSize(2).startsWith(200).last().isIn(414, 431);
            assertThat(answers.toLowerCase(java.util.Locale.ROOT)).contains("connection: close");
            assertThat(answer(request).toLowerCase(java.util.Locale.ROOT)).as("as the first on its connection").contains("connection: close");
        }
    }

    /** Where two who read a request differ about its end, the second reads what a stranger wrote as somebody else's request. */
    @TestFactory
    Stream<DynamicTest> aBodysEndIsSaidOnceAndPlainly() {
        List<String> heads = List.of(
                "Content-Length: 5\r\nContent-Length: 6\r\n",
                "Content-Length: 5, 6\r\n",
                "Content-Length: +5\r\n",
                "Content-Length: -1\r\n",
                "Content-Length: 0x5\r\n",
                "Content-Length: 5 5\r\n",
                "Content-Length: 5\u000b\r\n",
                "Content-Length: 99999999999999999999999999\r\n",
                "Content-Length:\r\n",
                "Content-Length : 5\r\n",
                "Transfer-Encoding: xchunked\r\n",
                "Transfer-Encoding: identity\r\n",
                "Transfer-Encoding: chunked, identity\r\n",
                "Transfer-Encoding: gzip, chunked\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
                "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding:\u000bchunked\r\n",
                "Transfer-Encoding : chunked\r\n",
                "Transfer-Encoding: \"chunked\"\r\n",
                "Transfer-Encoding\u0000: chunked\r\n",
                "Transfer_Encoding: chunked\r\nTransfer-Encoding: x\r\n",
                "Foo: bar\r\n Transfer-Encoding: chunked\r\nTransfer-Encoding: cow\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                "Content-Length: 5\r\nTransfer-Encoding: xchunked\r\n");
        return each(heads, head -> {
            String answers = answer("POST /v1/films HTTP/1.1\r\n" + HOST + "Content-Type: text/plain\r\n" + head + "\r\n" + "0\r\n\r\n" + SMUGGLED);
            assertRefused(answers);
            assertThat(answers).doesNotContain("smuggled");
        });
    }

    @TestFactory
    Stream<DynamicTest> chunksThatAreNoneEndTheConnection() {
        return each(List.of("zz\r\nabc\r\n", "-1\r\n", "ffffffffffffffff1\r\n", "7fffffffffffffff\r\nA", "5;" + "x".repeat(100_000) + "\r\nhello\r\n", "3\r\nabcd\r\n0\r\n\r\n", " 3\r\nabc\r\n0\r\n\r\n",
                "0\r\nX: " + "y".repeat(100_000) + "\r\n\r\n"), chunks -> {
                    try (RawClient client = new RawClient(root)) {
                        client.send("POST /v1/films HTTP/1.1\r\n" + HOST + "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks).send(SMUGGLED);
                        client.end();
                        String answers = client.rest();
                        assertRefused(answers);
                        assertThat(answers).doesNotContain("smuggled");
                    }
                });
    }

    @Test
    void afterAChunkedBodyTheConnectionEnds() throws Exception {
        String answers = answer("POST /v1/films HTTP/1.1\r\n" + HOST + "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nA city.\r\n0\r\n\r\n" + SMUGGLED);
        assertThat(statuses(answers)).as(answers).containsExactly(202);
        assertThat(answers.toLowerCase(java.util.Locale.ROOT)).as("who keeps connections is told").contains("connection: close");
        assertThat(answers).doesNotContain("smuggled");
        assertThat(queue.sent).hasSize(1);
    }

    @TestFactory
    Stream<DynamicTest> whatIsNoRequestIsRefused() {
        return each(List.of(
                "GET /v1/models HTTP/1.1\r\n\r\n",
                "GET /v1/models HTTP/1.1\r\n" + HOST + "Host: evil.example\r\n" + CLOSE,
                "GET /v1/models HTTP/1.1\r\nHost: a b\r\n" + CLOSE,
                "GET /v1/models HTTP/1.1\r\nHost: \"><script>\r\n" + CLOSE,
                "GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1:99999999\r\n" + CLOSE,
                "GET /v1/models HTTP/1.1\r\nHost: [::1\r\n" + CLOSE,
                "GET /v1/models HTTP/2.0\r\n" + HOST + CLOSE,
                "GET /v1/models HTTP/9.9\r\n" + HOST + CLOSE,
                "GET /v1/models FTP/1.1\r\n" + HOST + CLOSE,
                "GET /v1/models\r\n\r\n",
                "GET\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003" + "x".repeat(600) + "\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u0000\u0000\u0000\u0004\u0000\u0000\u0000\u0000\u0000",
                "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n" + CLOSE,
                "TRACE /v1/models HTTP/1.1\r\n" + HOST + CLOSE,
                "GET http://evil.example/v1/films HTTP/1.1\r\nHost: evil.example\r\n" + CLOSE,
                "G\u0000T /v1/models HTTP/1.1\r\n" + HOST + CLOSE,
                "GET /v1/mo dels HTTP/1.1\r\n" + HOST + CLOSE,
                "GET /v1/films HTTP/1.1\r\n" + HOST + "X-A: a\u0000b\r\n" + CLOSE,
                "GET /v1/films HTTP/1.1\r\n" + HOST + "X A: b\r\n" + CLOSE,
                "GET /v1/films HTTP/1.1\r\n" + HOST + ": b\r\n" + CLOSE,
                "GET /v1/films HTTP/1.1\r\n" + HOST + "no colon\r\n" + CLOSE), request -> {
                    try (RawClient client = new RawClient(root)) {
                        client.send(request);
                        client.end();
                        assertRefused(client.rest());
                    }
                });
    }

    @TestFactory
    Stream<DynamicTest> noPathLeadsOutOfTheGateway() {
        return each(List.of("/v1/films/../../etc/passwd", "/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/v1/films/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/v1/films/..%2f..%2fkeys",
                "/problems/../application.properties", "/problems/%2e%2e/%2e%2e/application.properties", "/problems/..%2f..%2fapplication.properties", "/problems/..%252f..%252fapplication.properties",
                "/problems/..\\..\\application.properties", "/problems/..%5c..%5capplication.properties", "/problems/....//....//application.properties", "/problems/bad-input.md%00.txt",
                "/problems/%c0%ae%c0%ae/%c0%ae%c0%ae/application.properties", "/problems/%e0%80%ae%e0%80%ae/application.properties", "/problems//application.properties", "/problems/META-INF/MANIFEST.MF",
                "/application.properties", "/META-INF/resources/problems/../../../application.properties", "/v1/films/%00", "/v1/films/a%0d%0aX-Evil:%20b", "/v1/films/a%0aINFO%20forged%20line",
                "/v1/films/%ff%fe", "/v1/films/%zz", "/v1/films/%", "/v1/films/" + "0".repeat(24) + "/content/../../../../etc/passwd", "/q/../../application.properties",
                "/v1/videos/video_..%2f..%2fx/content", "/v1/videos/video_%00/content", "//etc/passwd", "/\\etc\\passwd", "/v1/films/..;/..;/q/metrics%2f..%2f..%2fetc"), path -> {
                    assertThat(statuses(answer("GET " + path + " HTTP/1.1\r\n" + HOST + CLOSE))).as(path).hasSize(1).allMatch(s -> s >= 400 && s < 500);
                    assertRefused(answer("GET " + path + " HTTP/1.1\r\n" + HOST + CLOSE));
                });
    }

    @TestFactory
    Stream<DynamicTest> nothingThatIsSentBecomesAFieldOfAnAnswer() {
        String film = "POST /v1/films%s HTTP/1.1\r\n" + HOST + "%sContent-Type: text/plain\r\nContent-Length: 7\r\n" + CLOSE + "A city.";
        return each(List.of(
                film.formatted("?title=a%0d%0aX-Evil:%20b", ""),
                film.formatted("?title=a%0aX-Evil:%20b", ""),
                film.formatted("?title=a%e5%98%8d%e5%98%8aX-Evil:%20b", ""),
                film.formatted("?seed=1%0d%0aX-Evil:%20b", ""),
                film.formatted("?%0d%0aX-Evil:%20b=1", ""),
                film.formatted("", "X-Request-Id: a%0d%0aX-Evil: b\r\n"),
                film.formatted("", "X-Request-Id: a\rX-Evil: b\r\n"),
                film.formatted("", "X-Request-Id: a\u0085X-Evil: b\r\n"),
                film.formatted("", "Idempotency-Key: a\rX-Evil: b\r\n"),
                film.formatted("", "Idempotency-Key: a\u0085X-Evil: b\r\n"),
                film.formatted("", "Idempotency-Key: a%0d%0aX-Evil:b\r\n"),
                film.formatted("", "X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: evil\r\nForwarded: host=evil.example\r\nX-Original-URL: /v1/keys\r\n"),
                "GET /v1/events?after=a%0d%0aX-Evil:%20b HTTP/1.1\r\n" + HOST + "Last-Event-ID: a%0d%0aX-Evil: b\r\n" + CLOSE,
                "GET /v1/models HTTP/1.1\r\n" + HOST + "Origin: http://evil.example\r\nAccess-Control-Request-Method: X-Evil\r\n" + CLOSE,
                "OPTIONS /v1/films HTTP/1.1\r\n" + HOST + "Origin: http://evil.example\r\nAccess-Control-Request-Headers: X-Evil\r\n" + CLOSE), request -> {
                    String answers = answer(request);
                    assertThat(statuses(answers)).as(answers).hasSize(1).allMatch(s -> s < 500);
                    String head = answers.substring(0, answers.indexOf("\r\n\r\n"));
                    assertThat(head.toLowerCase(java.util.Locale.ROOT)).doesNotContain("evil");
                    assertThat(head.replace("\r\n", "")).as("a line's end of its own").doesNotContain("\r").doesNotContain("\n");
                });
    }

    @Test
    void aFileNameOfAFormStaysInItsField() throws Exception {
        String form = "--b\r\nContent-Disposition: form-data; name=\"story\"; filename=\"..%2f..\\\\evil\\r\\nX-Evil: b.txt\"\r\nX-Evil: c\r\n\r\nA city.\r\n--b--\r\n";
        String answers = answer("POST /v1/films HTTP/1.1\r\n" + HOST + "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: " + form.length() + "\r\n" + CLOSE + form);
        assertThat(statuses(answers)).as(answers).hasSize(1).allMatch(s -> s < 500);
        assertThat(answers).doesNotContain("X-Evil");
        assertThat(objects.list("")).allMatch(key -> key.matches("tenants/default/films/[0-9a-f]{24}/r1/plan\\.json"));
    }

    @Test
    void anOldClientIsAnsweredAndHungUpOn() throws Exception {
        String answers = answer("GET /v1/models HTTP/1.0\r\n\r\n");
        assertThat(statuses(answers)).as(answers).hasSize(1).allMatch(s -> s == 200 || s == 403 || s == 400);
        assertThat(statuses(answer("GET /v1/models HTTP/1.0\r\n" + HOST + "\r\n"))).containsExactly(200);
    }

    @Test
    void aTargetInFullIsReadAsTheHostItNames() throws Exception {
        assertThat(statuses(answer("GET http://127.0.0.1:" + root.getPort() + "/v1/models HTTP/1.1\r\nHost: 127.0.0.1:" + root.getPort() + "\r\n" + CLOSE))).containsExactly(200);
        // The target goes before the field (RFC 9112, section 3.2.2).
        assertRefused(answer("GET http://evil.example/v1/films HTTP/1.1\r\n" + HOST + CLOSE));
        assertThat(statuses(answer("OPTIONS * HTTP/1.1\r\n" + HOST + CLOSE))).hasSize(1).allMatch(s -> s < 500);
    }

    @TestFactory
    Stream<DynamicTest> aConnectionStaysHttp1() {
        return each(List.of("Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n",
                "Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nConnection: Upgrade\r\n\r\n",
                "Upgrade: TLS/1.3\r\nConnection: Upgrade\r\n\r\n"), upgrade -> {
                    String answers = answer("GET /v1/models HTTP/1.1\r\n" + HOST + upgrade + "GET /v1/models HTTP/1.1\r\n" + HOST + CLOSE);
                    assertThat(statuses(answers)).as(answers).doesNotContain(101).isNotEmpty().allMatch(s -> s < 500);
                });
    }

    @Test
    void requestsInARowAreAnsweredInTheirOrder() throws Exception {
        StringBuilder row = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            row.append("GET /v1/films").append(i % 3 == 0 ? "/none" : "").append(" HTTP/1.1\r\n" + HOST + "X-Request-Id: row-").append(i).append("\r\n\r\n");
            row.append("POST /v1/films?seed=").append(i).append(" HTTP/1.1\r\n" + HOST + "X-Request-Id: post-").append(i).append("\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\nA city.");
        }
        String answers = answer(row + "GET /v1/models HTTP/1.1\r\n" + HOST + CLOSE);
        assertThat(statuses(answers)).hasSize(201);
        List<String> ids = Pattern.compile("(?i)X-Request-Id: ((?:row|post)-\\d+)").matcher(answers).results().map(m -> m.group(1)).toList();
        assertThat(ids).isEqualTo(IntStream.range(0, 100).boxed().flatMap(i -> Stream.of("row-" + i, "post-" + i)).toList());
        assertThat(queue.sent).hasSize(100);
    }

    @Test
    void aBodyThatSaysItIsHugeIsRefusedWhateverComesOfIt() throws Exception {
        for (String length : List.of("1000000000000000", "100000000000")) {
            try (RawClient client = new RawClient(root)) {
                client.send("POST /v1/films HTTP/1.1\r\n" + HOST + "Content-Type: text/plain\r\nContent-Length: " + length + "\r\n\r\n");
                byte[] megabyte = "A".repeat(1 << 20).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
                for (int i = 0; i < 80 && client.trickle(megabyte); i++) {
                    Thread.onSpinWait();
                }
                client.end();
                assertRefused(client.rest());
            }
        }
        assertThat(objects.list("")).isEmpty();
    }

    @Test
    void nobodyIsToldToSendABodyThatIsTooLarge() throws Exception {
        try (RawClient client = new RawClient(root)) {
            client.send("POST /v1/films HTTP/1.1\r\n" + HOST + "Content-Type: text/plain\r\nExpect: 100-continue\r\nContent-Length: 7\r\n" + CLOSE);
            client.until("100 Continue\r\n\r\n");
            assertThat(statuses(client.send("A city.").rest())).containsExactly(202);
        }
    }
}
