package dev.longtake.servers;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import redis.embedded.RedisExecProvider;

/**
 * A real Redis server as a child process, on loopback. It keeps nothing on disk: everything in Redis can be lost. A hard kill of this
 * JVM orphans it, so its process id is kept in a file and an orphan is ended at the next start.
 */
public final class EmbeddedRedis implements AutoCloseable {
    private static final long START_MILLIS = 10_000;
    private static final long STOP_MILLIS = 5_000;

    private final Process process;
    private final Path pidFile;
    private final int port;

    private EmbeddedRedis(Process process, Path pidFile, int port) {
        this.process = process;
        this.pidFile = pidFile;
        this.port = port;
    }

    /** Starts it on the port it had last. */
    public static EmbeddedRedis start(Path directory) throws IOException {
        Files.createDirectories(directory);
        Path binary = binary(directory);
        Path pidFile = directory.resolve("redis.pid");
        endOrphan(pidFile, binary);
        int claimed = Ports.kept("Redis", directory.resolve("port"));
        Process process = new ProcessBuilder(List.of(binary.toString(), "--bind", "127.0.0.1", "--port", Integer.toString(claimed), "--save", "",
                "--appendonly", "no", "--dir", directory.toString(), "--maxmemory", "256mb", "--maxmemory-policy", "allkeys-lru", "--daemonize", "no"))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("redis.log").toFile())
                .start();
        Files.writeString(pidFile, Long.toString(process.pid()));
        EmbeddedRedis redis = new EmbeddedRedis(process, pidFile, claimed);
        try {
            redis.awaitReady();
        } catch (IOException e) {
            redis.close();
            throw e;
        }
        return redis;
    }

    /** The server's binary, unpacked once beside its data, so that an orphan can be told by its path. */
    private static Path binary(Path directory) throws IOException {
        Path binary = directory.resolve("redis-server").toAbsolutePath();
        if (!Files.isExecutable(binary)) {
            Path unpacked = RedisExecProvider.defaultProvider().get().toPath();
            Path part = directory.resolve("redis-server.part");
            Files.copy(unpacked, part, StandardCopyOption.REPLACE_EXISTING);
            if (!part.toFile().setExecutable(true)) {
                throw new IOException("cannot make " + part + " executable");
            }
            Files.move(part, binary, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        return binary;
    }

    private static void endOrphan(Path pidFile, Path binary) throws IOException {
        if (!Files.exists(pidFile)) {
            return;
        }
        try {
            Optional<ProcessHandle> orphan = ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip()))
                    // A process id is used again: only our own binary on our own directory is an orphan of ours.
                    .filter(p -> p.info().command().map(c -> c.equals(binary.toString())).orElse(false));
            if (orphan.isPresent()) {
                orphan.get().destroyForcibly();
                orphan.get().onExit().get(STOP_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (NumberFormatException e) {
            // A pid file cut short by a crash names nobody.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while ending an old redis-server", e);
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new IOException("an old redis-server does not end", e);
        }
        Files.deleteIfExists(pidFile);
    }

    private void awaitReady() throws IOException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_MILLIS);
        while (true) {
            if (!process.isAlive()) {
                throw new IOException("redis-server ended with " + process.exitValue());
            }
            if (ping()) {
                return;
            }
            if (System.nanoTime() > until) {
                throw new IOException("redis-server does not answer on port " + port);
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    private boolean ping() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 500);
            socket.setSoTimeout(500);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            return socket.getInputStream().read() == '+';
        } catch (IOException e) {
            return false;
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public int port() {
        return port;
    }

    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(pidFile);
    }
}
