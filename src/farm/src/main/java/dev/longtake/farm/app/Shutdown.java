package dev.longtake.farm.app;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The end of the process. On SIGTERM or SIGINT the JVM runs this while the command's own thread may be anywhere: everything that was
 * registered is closed, last first, exactly once, whoever comes first.
 */
public final class Shutdown {
    private static final Duration LONGEST = Duration.ofSeconds(40);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final CountDownLatch begun = new CountDownLatch(1);

    /** Closes everything when the JVM is asked to end. */
    public void hook() {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            // A part that hangs must not keep a process alive that was told to end.
            Thread closer = new Thread(this::run, "shutdown");
            closer.setDaemon(true);
            closer.start();
            try {
                closer.join(LONGEST.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "shutdown-hook"));
    }

    public synchronized <T extends AutoCloseable> T add(T part) {
        if (begun.getCount() == 0) {
            closeQuietly(part);
        } else {
            open.push(part);
        }
        return part;
    }

    public synchronized void run() {
        begun.countDown();
        while (!open.isEmpty()) {
            closeQuietly(open.pop());
        }
    }

    private static void closeQuietly(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            System.err.println("not stopped cleanly: " + e);
        }
    }

    /** Waits until the process is told to end. @return whether it was, within the time */
    public boolean await(Duration patience) throws InterruptedException {
        return begun.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    public boolean begun() {
        return begun.getCount() == 0;
    }
}
