package dev.longtake.bench.gateway;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One process of the farm that is measured. It ends with this one, however this one ends: its standard input is a pipe that it listens to. */
final class FarmProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(120);
    private static final Duration STOP = Duration.ofSeconds(30);
    private static final int LAST_LINES = 20;
    private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private final String name;
    private final Path log;
    private final Process process;

    private FarmProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    static FarmProcess start(String name, Path logs, List<String> command, Map<String, String> environment) throws IOException {
        Path log = logs.resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        // Whoever measures has a farm of his own configured, perhaps; this one must not follow it.
        builder.environment().keySet().removeIf(k -> k.startsWith("LONGTAKE_") || k.startsWith("QUARKUS_"));
        builder.environment().putAll(environment);
        return new FarmProcess(name, log, builder.start());
    }

    /** Waits until it says by itself that it is ready. */
    void awaitReady(int port) throws IOException, InterruptedException {
        HttpRequest ask = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/q/health/ready")).timeout(Duration.ofSeconds(5)).build();
        await(() -> {
            try {
                return HTTP.send(ask, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
            } catch (IOException e) {
                return false;
            }
        });
    }

    void awaitFile(Path file) throws IOException, InterruptedException {
        await(() -> Files.exists(file));
    }

    @FunctionalInterface
    private interface Condition {
        boolean holds() throws InterruptedException;
    }

    private void await(Condition condition) throws IOException, InterruptedException {
        long until = System.nanoTime() + START.toNanos();
        while (!condition.holds()) {
            if (!process.isAlive() || System.nanoTime() > until) {
                throw new IOException(name + (process.isAlive() ? " is not ready after " + START : " ended") + "\n" + lastWords());
            }
            Thread.sleep(50);
        }
    }

    private String lastWords() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    }

    @Override
    public void close() {
        process.toHandle().destroy();
        try {
            if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
