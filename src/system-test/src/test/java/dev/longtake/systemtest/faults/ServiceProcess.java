package dev.longtake.systemtest.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One process of the farm, that is killed, frozen and started again under the same name. */
final class ServiceProcess implements AutoCloseable {
    static final Duration START = Duration.ofSeconds(120);
    private static final Duration STOP = Duration.ofSeconds(60);
    private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private final String name;
    private final List<String> command;
    private final Map<String, String> environment;
    private final Path log;
    private Process process;

    /** @param command of the process, which listens for health on the port that it names */
    ServiceProcess(String name, List<String> command, Map<String, String> environment, Path log) {
        this.name = name;
        this.command = command;
        this.environment = new HashMap<>(environment);
        this.log = log;
    }

    String name() {
        return name;
    }

    void start() throws IOException {
        start(Map.of());
    }

    /** @param more of the environment, for this start only */
    synchronized void start(Map<String, String> more) throws IOException {
        if (isAlive()) {
            throw new IllegalStateException(name + " runs already");
        }
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        builder.environment().putAll(more);
        process = builder.start();
    }

    synchronized boolean isAlive() {
        return process != null && process.isAlive();
    }

    synchronized long pid() {
        return process.pid();
    }

    synchronized int exitStatus() {
        return process.exitValue();
    }

    /** Waits until it says by itself that it is ready. */
    void awaitReady(int port) throws IOException, InterruptedException {
        HttpRequest ask = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/q/health/ready")).timeout(Duration.ofSeconds(5)).build();
        long until = System.nanoTime() + START.toNanos();
        while (System.nanoTime() < until) {
            if (!isAlive()) {
                throw new IllegalStateException(name + " ended with " + exitStatus() + "\n" + lastWords());
            }
            try {
                if (HTTP.send(ask, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                // Not there yet.
            }
            Thread.sleep(50);
        }
        throw new IllegalStateException(name + " is not ready after " + START + "\n" + lastWords());
    }

    /** kill -9. */
    synchronized void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Whether it stands still after SIGSTOP, and keeps all its connections. */
    boolean isFrozen() {
        try {
            Process ps = new ProcessBuilder("ps", "-o", "state=", "-p", Long.toString(pid())).start();
            String state = new String(ps.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            return state.startsWith("T");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGCONT. */
    void thaw() throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-CONT", Long.toString(pid())).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IllegalStateException("kill -CONT answered " + status);
        }
    }

    /** SIGTERM, and waits for the end. */
    synchronized void terminate() throws InterruptedException {
        process.toHandle().destroy();
        if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new IllegalStateException(name + " did not stop within " + STOP);
        }
    }

    String lastWords() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return name + ":\n" + String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    }

    @Override
    public void close() throws InterruptedException {
        if (isAlive()) {
            terminate();
        }
    }
}
