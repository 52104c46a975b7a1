package dev.longtake.farm.embedded;

import dev.longtake.worker.WorkerService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker as a child process, started again when it dies: the engine is native code, and a crash of it must take nothing else down.
 * The child ends when its standard input does, so it never outlives this process, however that dies.
 */
public final class WorkerProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);
    /** A little more than the grace that a worker gives itself ({@code longtake.worker.grace}). */
    private static final Duration PATIENCE = Duration.ofSeconds(25);
    private static final long LOG_BYTES = 4L << 20;

    private final Command command;
    private final BoundedLog log;
    private final Path logFile;
    private final Backoff backoff;
    private final Thread supervisor;
    private Process process;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile String gaveUp;

    /**
     * What to run.
     *
     * @param environment added to this process's own: what must not be seen in a list of processes goes here
     * @param readyFile   written by the worker once it takes jobs. One that got so far died of what it was given, and not of being what it
     *                    is: prompts that kill their engine fail after their tries, and must not take the farm with them
     */
    public record Command(List<String> arguments, Map<String, String> environment, Path readyFile) {}

    /**
     * How often a dying worker is started again.
     *
     * @param first   pause after the first death; doubles with each
     * @param longest pause at most
     * @param tries   deaths in a row, before it was ready, after which it is given up
     */
    public record Backoff(Duration first, Duration longest, int tries) {
        public static final Backoff DEFAULT = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(5), 10);

        Duration pause(int deaths) {
            Duration pause = first.multipliedBy(1L << Math.min(20, deaths - 1));
            return pause.compareTo(longest) > 0 ? longest : pause;
        }
    }

    private WorkerProcess(Command command, Path logFile, Backoff backoff) throws IOException {
        this.command = command;
        this.logFile = logFile;
        this.log = new BoundedLog(logFile, LOG_BYTES);
        this.backoff = backoff;
        this.supervisor = new Thread(this::supervise, "worker-supervisor");
        supervisor.setDaemon(true);
    }

    public static WorkerProcess start(Command command, Path logFile, Backoff backoff) throws IOException {
        WorkerProcess worker = new WorkerProcess(command, logFile, backoff);
        worker.supervisor.start();
        return worker;
    }

    private void supervise() {
        int deaths = 0;
        while (stopping.getCount() > 0) {
            String end = runOnce();
            if (stopping.getCount() == 0) {
                return;
            }
            if (end.equals("ended with " + WorkerService.BAD_BUNDLE)) {
                // Trying again would find the same bundle.
                gaveUp = "the worker refuses its model: " + lastRefusal() + "; see " + logFile;
                LOG.error("{}", gaveUp);
                return;
            }
            deaths = Files.exists(command.readyFile()) ? 0 : deaths + 1;
            if (deaths >= backoff.tries()) {
                gaveUp = "the worker " + end + " before it was ready, " + deaths + " times in a row; see " + logFile;
                LOG.error("{}", gaveUp);
                return;
            }
            Duration pause = backoff.pause(Math.max(1, deaths));
            LOG.warn("the worker {}; starting it again in {} ms", end, pause.toMillis());
            try {
                stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private String lastRefusal() {
        try {
            List<String> lines = Files.readAllLines(logFile).stream().filter(l -> l.contains(WorkerService.REFUSED)).toList();
            return lines.isEmpty() ? "it does not say why" : lines.get(lines.size() - 1).substring(lines.get(lines.size() - 1).indexOf(WorkerService.REFUSED) + WorkerService.REFUSED.length());
        } catch (IOException e) {
            return "its log cannot be read";
        }
    }

    /** @return how it ended */
    private String runOnce() {
        Process started;
        synchronized (this) {
            if (stopping.getCount() == 0) {
                return "";
            }
            try {
                Files.deleteIfExists(command.readyFile());
                ProcessBuilder builder = new ProcessBuilder(command.arguments()).redirectErrorStream(true);
                builder.environment().putAll(command.environment());
                process = builder.start();
            } catch (IOException e) {
                return "cannot be started (" + e.getMessage() + ")";
            }
            started = process;
        }
        log.drain(started.getInputStream());
        try {
            return "ended with " + started.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "was interrupted";
        }
    }

    /** Why there is no worker any more, once it has been given up. */
    public Optional<String> gaveUp() {
        return Optional.ofNullable(gaveUp);
    }

    /** Asks the worker to give back what it holds and to end; ends it after the patience. */
    public void stop(Duration patience) {
        Process last;
        synchronized (this) {
            stopping.countDown();
            last = process;
        }
        try {
            if (last != null) {
                // Process.destroy would close the pipe as well, and lose the worker's last words.
                last.toHandle().destroy();
                if (!last.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                    LOG.warn("the worker does not end within {}, killing it", patience);
                    last.destroyForcibly().waitFor();
                }
            }
            supervisor.join(1_000);
            log.close();
        } catch (InterruptedException e) {
            last.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warn("{} does not close: {}", logFile, e.getMessage());
        }
    }

    @Override
    public void close() {
        stop(PATIENCE);
    }
}
