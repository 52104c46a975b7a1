package dev.longtake.gateway.webhooks.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.gateway.webhooks.address.AddressRules;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.JksOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class VertxSenderTest {
    private static final AddressRules PUBLIC = new AddressRules(false);
    private static final AddressRules ALL = new AddressRules(true);
    private static final VertxSender.Limits LIMITS = new VertxSender.Limits(Duration.ofSeconds(2), Duration.ofSeconds(3), 100);
    private static final VertxSender.Resolver LOOPBACK = host -> new InetAddress[] {InetAddress.getByName("127.0.0.1")};

    @TempDir
    Path dir;

    private final Vertx vertx = Vertx.vertx();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable o : open) {
            o.close();
        }
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private VertxSender sender(VertxSender.Resolver resolver, AddressRules rules) {
        VertxSender sender = new VertxSender(vertx, resolver, rules, LIMITS, 8);
        open.add(sender);
        return sender;
    }

    private Receiver receiver() throws Exception {
        Receiver receiver = new Receiver();
        open.add(receiver);
        return receiver;
    }

    /** Reads a request to its end: what is answered before it is asked belongs to no request, and the client is right to refuse it. */
    private static void asked(Socket socket) throws IOException {
        String end = "\r\n\r\n{\"a\":\"\u00e4\"}";
        StringBuilder read = new StringBuilder();
        int next;
        while ((next = socket.getInputStream().read()) >= 0) {
            read.append((char) next);
            if (new String(read.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8).endsWith(end)) {
                return;
            }
        }
        throw new IOException("hung up on before the request was through");
    }

    private static Outcome send(VertxSender sender, String url) throws Exception {
        return sending(sender, url).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static CompletionStage<Outcome> sending(VertxSender sender, String url) {
        return sender.send(new WebhookSender.Request(URI.create(url), Map.of("webhook-id", "evt_1", "content-type", "application/json"), "{\"a\":\"\u00e4\"}", 0));
    }

    @Test
    void whatIsSentIsWhatComesAndTheNameIsTheHosts() throws Exception {
        Receiver receiver = receiver();
        Outcome outcome = send(sender(LOOPBACK, ALL), "http://hooks.example:" + receiver.port() + "/a/b?c=d%20e");
        assertThat(outcome.status()).contains(200);
        assertThat(outcome.response()).isEqualTo("answer 200");
        Receiver.Got got = receiver.got().get(0);
        assertThat(got.path()).isEqualTo("/a/b?c=d%20e");
        assertThat(got.host()).isEqualTo("hooks.example:" + receiver.port());
        assertThat(got.body()).isEqualTo("{\"a\":\"\u00e4\"}");
        assertThat(got.id()).isEqualTo("evt_1");
    }

    @Test
    void aRedirectIsAnAnswerAndIsNotFollowed() throws Exception {
        Receiver receiver = receiver();
        for (int status : new int[] {301, 302, 303, 307, 308}) {
            receiver.answers(g -> status);
            Outcome outcome = send(sender(LOOPBACK, ALL), "http://hooks.example:" + receiver.port() + "/hook");
            assertThat(outcome.status()).contains(status);
            assertThat(outcome.accepted()).isFalse();
            assertThat(outcome.text()).contains("redirects are not followed");
        }
        assertThat(receiver.got("/elsewhere")).isEmpty();
        assertThat(receiver.got()).hasSize(5);
    }

    @Test
    void anAddressOfTheFarmsOwnIsNotConnectedToByWhateverName() throws Exception {
        Receiver receiver = receiver();
        VertxSender sender = sender(LOOPBACK, PUBLIC);
        assertThat(send(sender, "http://hooks.example:" + receiver.port() + "/").failure().orElseThrow()).contains("does not connect to");
        assertThat(send(sender, receiver.url("/")).failure().orElseThrow()).contains("does not connect to");
        assertThat(send(sender, "http://[::1]:" + receiver.port() + "/").failure().orElseThrow()).contains("does not connect to");
        assertThat(send(sender, "http://[::ffff:127.0.0.1]:" + receiver.port() + "/").failure().orElseThrow()).contains("does not connect to");
        VertxSender both = sender(host -> new InetAddress[] {InetAddress.getByName("1.1.1.1"), InetAddress.getByName("127.0.0.1")}, PUBLIC);
        assertThat(send(both, "http://hooks.example:" + receiver.port() + "/").failure().orElseThrow()).as("one bad address is enough").contains("does not connect to");
        assertThat(receiver.got()).isEmpty();
    }

    /** A name that means one thing when it is looked at and another when it is connected to. What was looked at is connected to, so there is no second look. */
    @Test
    void aNameIsLookedUpOnceSoThatItCannotMeanSomethingElseAfterwards() throws Exception {
        Receiver receiver = receiver();
        AtomicInteger looks = new AtomicInteger();
        VertxSender rebinding = sender(host -> new InetAddress[] {InetAddress.getByName(looks.getAndIncrement() == 0 ? "192.0.2.1" : "127.0.0.1")}, new AddressRules(true));
        Outcome first = send(rebinding, "http://rebind.example:" + receiver.port() + "/");
        assertThat(first.status()).as("nobody is at the address that was looked at").isEmpty();
        assertThat(looks).hasValue(1);
        assertThat(receiver.got()).as("and nothing came where the name leads to by then").isEmpty();

        looks.set(0);
        VertxSender strict = sender(host -> new InetAddress[] {InetAddress.getByName(looks.getAndIncrement() == 0 ? "240.0.0.1" : "127.0.0.1")}, PUBLIC);
        for (int i = 0; i < 3; i++) {
            assertThat(send(strict, "http://rebind.example:" + receiver.port() + "/").failure().orElseThrow()).contains("does not connect to");
        }
        assertThat(looks).as("a look for each try").hasValue(3);
        assertThat(receiver.got()).isEmpty();
    }

    @Test
    void aNameThatIsNobodysIsAFailureLikeAnyOther() throws Exception {
        VertxSender sender = sender(host -> {
            throw new UnknownHostException(host);
        }, PUBLIC);
        assertThat(send(sender, "http://nobody.example/").failure()).contains("there is no host nobody.example");
    }

    @Test
    void whoNeverAnswersOrIsNeverThroughIsNotWaitedForLongerThanATryLasts() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1")); ServerSocket dribbling = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"))) {
            List<Socket> sockets = new CopyOnWriteArrayList<>();
            Thread dribbler = new Thread(() -> {
                try {
                    Socket socket = dribbling.accept();
                    sockets.add(socket);
                    asked(socket);
                    OutputStream out = socket.getOutputStream();
                    out.write("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    for (int i = 0; i < 80; i++) {
                        out.write('.');
                        out.flush();
                        Thread.sleep(200);
                    }
                } catch (Exception e) {
                    // Cut off, as it should be.
                }
            });
            dribbler.setDaemon(true);
            dribbler.start();
            VertxSender sender = sender(LOOPBACK, ALL);
            CompletionStage<Outcome> one = sending(sender, "http://silent.example:" + silent.getLocalPort() + "/");
            CompletionStage<Outcome> two = sending(sender, "http://dribbling.example:" + dribbling.getLocalPort() + "/");
            assertThat(one.toCompletableFuture().get(20, TimeUnit.SECONDS).failure()).contains("no whole answer within PT3S");
            assertThat(two.toCompletableFuture().get(20, TimeUnit.SECONDS).failure()).contains("no whole answer within PT3S");
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void ofAnEndlessAnswerOnlyTheBeginningIsRead() throws Exception {
        try (ServerSocket endless = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"))) {
            AtomicInteger blocks = new AtomicInteger();
            Thread talker = new Thread(() -> {
                try (Socket socket = endless.accept()) {
                    asked(socket);
                    OutputStream out = socket.getOutputStream();
                    out.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    byte[] block = "x\u0001y".repeat(20_000).getBytes(StandardCharsets.US_ASCII);
                    while (blocks.incrementAndGet() < 5_000) {
                        out.write(block);
                    }
                } catch (Exception e) {
                    // Cut off, as it should be.
                }
            });
            talker.setDaemon(true);
            talker.start();
            Outcome outcome = send(sender(LOOPBACK, ALL), "http://endless.example:" + endless.getLocalPort() + "/");
            assertThat(outcome.status()).as(outcome.text()).contains(200);
            assertThat(outcome.response()).hasSize(100).startsWith("x?yx?y");
            talker.join(10_000);
            assertThat(blocks.get()).as("nobody reads 300 MB").isLessThan(5_000);
        }
    }

    @Test
    void aSlowLookUpHoldsUpNobodyElse() throws Exception {
        Receiver receiver = receiver();
        VertxSender sender = sender(host -> {
            if (host.equals("slow.example")) {
                sleep();
            }
            return new InetAddress[] {InetAddress.getByName("127.0.0.1")};
        }, ALL);
        List<CompletionStage<Outcome>> slow = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            slow.add(sending(sender, "http://slow.example:" + receiver.port() + "/"));
        }
        assertThat(send(sender, "http://fast.example:" + receiver.port() + "/").status()).contains(200);
        for (CompletionStage<Outcome> s : slow) {
            assertThat(s.toCompletableFuture().get(20, TimeUnit.SECONDS).failure()).contains("no whole answer within PT3S");
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(6_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The connection is made to an address, and still it is the name that the certificate has to be for. */
    @Test
    void theCertificateIsLookedAtByTheName() throws Exception {
        Path keys = dir.resolve("keys.jks");
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", "k", "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2",
                "-dname", "CN=hooks.example", "-ext", "SAN=dns:hooks.example", "-storetype", "JKS", "-keystore", keys.toString(), "-storepass", "changeit", "-keypass", "changeit").redirectErrorStream(true)
                .redirectOutput(dir.resolve("keytool.log").toFile()).start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        JksOptions store = new JksOptions().setPath(keys.toString()).setPassword("changeit");
        List<String> names = new CopyOnWriteArrayList<>();
        HttpServer server = vertx.createHttpServer(new HttpServerOptions().setSsl(true).setSni(true).setKeyCertOptions(store))
                .requestHandler(r -> {
                    names.add(String.valueOf(r.connection().indicatedServerName()));
                    r.response().end("ok");
                }).listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        // The first handshake of a process loads half of its cryptography.
        VertxSender trusting = new VertxSender(vertx, LOOPBACK, ALL, new VertxSender.Limits(Duration.ofSeconds(20), Duration.ofSeconds(30), 100), 8, new HttpClientOptions().setTrustOptions(store));
        open.add(trusting);
        int port = server.actualPort();
        Outcome right = send(trusting, "https://hooks.example:" + port + "/");
        assertThat(right.status()).as(right.toString()).contains(200);
        assertThat(names).containsExactly("hooks.example");
        assertThat(send(trusting, "https://other.example:" + port + "/").status()).as("a certificate for somebody else").isEmpty();
        assertThat(send(sender(LOOPBACK, ALL), "https://hooks.example:" + port + "/").status()).as("a certificate that nobody vouches for").isEmpty();
        assertThat(names).hasSize(1);
    }
}
