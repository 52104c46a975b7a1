package dev.longtake.bench.load;

import dev.longtake.bench.figures.Latencies;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** A closed loop: so many clients, each of which asks as soon as it was answered. */
public final class Load {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Load() {}

    /** What one client does over and over. */
    public interface Client extends AutoCloseable {
        /** Once. @throws IOException if it did not go well */
        void run() throws IOException;

        @Override
        void close() throws IOException;
    }

    /** @param perSecond over all clients. @param latencies of all */
    public record Result(double perSecond, Latencies latencies) {
        public double p50() {
            return latencies.millis(0.5);
        }

        public double p99() {
            return latencies.millis(0.99);
        }
    }

    /**
     * Runs the clients for a while, each in a thread of its own.
     *
     * @param each makes client number n
     * @throws IOException if one was answered otherwise than it should be: a figure of errors is none
     */
    public static Result run(int clients, Duration time, IntFunction<Client> each) throws IOException, InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try {
            long begin = System.nanoTime();
            long until = begin + time.toNanos();
            List<Future<Latencies>> running = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                int number = i;
                running.add(threads.submit(() -> loop(each.apply(number), until)));
            }
            Latencies all = new Latencies();
            for (Future<Latencies> one : running) {
                all.addAll(one.get());
            }
            return new Result(all.count() / ((System.nanoTime() - begin) / 1e9), all);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private static Latencies loop(Client client, long until) throws IOException {
        Latencies times = new Latencies();
        try (client) {
            for (long now = System.nanoTime(); now < until;) {
                client.run();
                long after = System.nanoTime();
                times.add(after - now);
                now = after;
            }
        }
        return times;
    }

    /** Of answers whose text nobody wants: making it costs. */
    public static final Consumer<String> UNREAD = text -> {};

    /**
     * A client of an HTTP server, on one connection.
     *
     * @param status   that is expected
     * @param answered is told what was answered
     */
    public static Client http(InetSocketAddress server, int status, Supplier<byte[]> requests, Consumer<String> answered) {
        Connection connection;
        try {
            connection = new Connection(server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Client() {
            @Override
            public void run() throws IOException {
                String text = ask(connection, requests.get(), status, answered != UNREAD);
                if (answered != UNREAD) {
                    answered.accept(text);
                }
            }

            @Override
            public void close() throws IOException {
                connection.close();
            }
        };
    }

    private static String ask(Connection connection, byte[] request, int status, boolean read) throws IOException {
        Connection.Answer answer = connection.ask(request);
        if (answer.status() != status) {
            throw new IOException("answered " + answer.status() + ": " + answer.text());
        }
        return read ? answer.text() : "";
    }

    /** Asks once. @return the answer's text */
    public static String ask(InetSocketAddress server, byte[] request, int status) throws IOException {
        try (Connection connection = new Connection(server)) {
            return ask(connection, request, status, true);
        }
    }

    /** Asks until it is answered as it should be. @throws IOException if that takes too long */
    public static void awaitAnswer(InetSocketAddress server, byte[] request, int status) throws IOException, InterruptedException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                ask(server, request, status);
                return;
            } catch (IOException e) {
                if (System.nanoTime() > until) {
                    throw e;
                }
            }
            Thread.sleep(50);
        }
    }
}
