package dev.longtake.gateway.webhooks.delivery;

import dev.longtake.gateway.webhooks.address.AddressRules;
import dev.longtake.gateway.webhooks.address.Targets;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Sends over HTTP to where somebody else says, and nowhere that only this process can reach.
 *
 * <p>A name is looked up once, every address it has is looked at, and the connection is made to one of these addresses and not to the name: a second
 * look-up could say something else. The name still is what the receiver's certificate and the {@code Host} header are about. Redirects are answers like
 * any other. No connection is used twice, none lasts longer than a try, and of an answer only the beginning is read.
 */
public final class VertxSender implements WebhookSender, AutoCloseable {
    /** Look-ups for each try at once. */
    private static final int LOOKUPS = 4;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Vertx vertx;
    private final HttpClient http;
    private final Resolver resolver;
    private final AddressRules rules;
    private final Limits limits;
    private final ExecutorService lookups;

    /** Looks names up. */
    @FunctionalInterface
    public interface Resolver {
        /** The Java platform's. */
        Resolver SYSTEM = InetAddress::getAllByName;

        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /**
     * @param connect  until there is a connection
     * @param whole    until the whole answer, or as much as is read of it, is there; the look-up included
     * @param response bytes of an answer that are read
     */
    public record Limits(Duration connect, Duration whole, int response) {}

    public VertxSender(Vertx vertx, Resolver resolver, AddressRules rules, Limits limits, int atOnce) {
        this(vertx, resolver, rules, limits, atOnce, new HttpClientOptions());
    }

    /** @param options trust, for tests; what matters to safety is set here */
    VertxSender(Vertx vertx, Resolver resolver, AddressRules rules, Limits limits, int atOnce, HttpClientOptions options) {
        this.vertx = vertx;
        this.resolver = resolver;
        this.rules = rules;
        this.limits = limits;
        this.http = vertx.createHttpClient(options.setKeepAlive(false).setVerifyHost(true).setTrustAll(false).setDecompressionSupported(false)
                .setConnectTimeout((int) limits.connect().toMillis()).setSslHandshakeTimeout(limits.connect().toMillis()).setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS),
                new PoolOptions().setHttp1MaxSize(atOnce));
        // A look-up cannot be interrupted, and may go on after its try is over: none may wait behind another.
        this.lookups = new ThreadPoolExecutor(0, LOOKUPS * atOnce, 1, TimeUnit.MINUTES, new SynchronousQueue<>(), r -> {
            Thread t = new Thread(r, "webhook-lookup");
            t.setDaemon(true);
            return t;
        });
    }

    /** One try under way. */
    private final class Try {
        private final Request request;
        private final long began = System.nanoTime();
        private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private volatile HttpClientRequest sent;

        Try(Request request) {
            this.request = request;
        }

        long millis() {
            return (System.nanoTime() - began) / NANOS_PER_MILLI;
        }

        void fail(String why) {
            outcome.complete(Outcome.failed(why, millis()));
            HttpClientRequest under = sent;
            if (under != null) {
                under.reset();
            }
        }

        void lookUp() {
            String host = request.url().getHost();
            InetAddress[] addresses;
            try {
                Optional<InetAddress> literal = Targets.literal(host);
                addresses = literal.isPresent() ? new InetAddress[] {literal.get()} : resolver.resolve(host);
            } catch (UnknownHostException e) {
                fail("there is no host " + host);
                return;
            }
            if (addresses.length == 0 || !Arrays.stream(addresses).allMatch(rules::allow)) {
                fail("its host has an address that this farm does not connect to");
                return;
            }
            if (!outcome.isDone()) {
                connect(addresses[request.tries() % addresses.length]);
            }
        }

        private void connect(InetAddress address) {
            URI url = request.url();
            String path = (url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath()) + (url.getRawQuery() == null ? "" : "?" + url.getRawQuery());
            String host = url.getHost().startsWith("[") ? url.getHost().substring(1, url.getHost().length() - 1) : url.getHost();
            RequestOptions options = new RequestOptions().setMethod(HttpMethod.POST).setHost(host).setPort(Targets.port(url)).setSsl(url.getScheme().equalsIgnoreCase("https")).setURI(path)
                    .setServer(SocketAddress.inetSocketAddress(Targets.port(url), address.getHostAddress())).setFollowRedirects(false);
            request.headers().forEach(options::putHeader);
            http.request(options).onFailure(this::failed).onSuccess(r -> {
                sent = r;
                if (outcome.isDone()) {
                    r.reset();
                    return;
                }
                r.response().onFailure(this::failed).onSuccess(this::read);
                r.end(request.body()).onFailure(this::failed);
            });
        }

        private void failed(Throwable failure) {
            String text = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage().lines().findFirst().orElse("");
            fail("no answer: " + text);
        }

        private void read(HttpClientResponse response) {
            response.exceptionHandler(this::failed);
            response.handler(buffer -> {
                body.write(buffer.getBytes(), 0, Math.min(buffer.length(), limits.response() - body.size()));
                if (body.size() >= limits.response()) {
                    answered(response);
                    // Whatever follows: nobody reads it.
                    sent.reset();
                }
            });
            response.endHandler(end -> answered(response));
        }

        private void answered(HttpClientResponse response) {
            outcome.complete(Outcome.answered(response.statusCode(), printable(body.toString(StandardCharsets.UTF_8)), millis()));
        }

        private static String printable(String text) {
            return text.replaceAll("[\\p{C}&&[^\\n\\t]]", "?");
        }
    }

    @Override
    public CompletionStage<Outcome> send(Request request) {
        Try attempt = new Try(request);
        long timer = vertx.setTimer(limits.whole().toMillis(), t -> attempt.fail("no whole answer within " + limits.whole()));
        attempt.outcome.whenComplete((o, e) -> vertx.cancelTimer(timer));
        try {
            lookups.execute(() -> {
                try {
                    attempt.lookUp();
                } catch (RuntimeException e) {
                    // Such as a client that is closed meanwhile: the try is over, and nothing is left behind.
                    attempt.failed(e);
                }
            });
        } catch (RejectedExecutionException e) {
            attempt.fail("too many names are being looked up");
        }
        return attempt.outcome;
    }

    @Override
    public void close() {
        lookups.shutdownNow();
        http.close();
    }
}
