package dev.longtake.scheduler.streams;

import dev.longtake.platform.store.ObjectMissingException;
import dev.longtake.platform.store.ObjectStore;
import dev.longtake.platform.store.StoreUnavailableException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The object store for whoever cannot wait: every call is given up in time, and after one that failed the store is left alone for a
 * while. A thread that decides for all films must not hang on the plan of one.
 */
public final class BriefStore {
    private static final int THREADS = 2;
    /** Calls that were given up lie there for as long as the threads hang in others. */
    private static final int WAITING = 64;

    private final ObjectStore store;
    private final Duration patience;
    private final ThreadPoolExecutor threads;
    private volatile long awayUntil = System.nanoTime();
    private volatile String reason = "";

    /** @param patience how long a call may take, and how long the store is left alone after one that failed */
    public BriefStore(ObjectStore store, Duration patience) {
        this.store = store;
        this.patience = patience;
        this.threads = new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), r -> {
            Thread t = new Thread(r, "scheduler-store");
            t.setDaemon(true);
            return t;
        });
        threads.allowCoreThreadTimeOut(true);
    }

    /** @throws StoreUnavailableException if it was not there in time */
    byte[] get(String key) throws ObjectMissingException {
        return soon(() -> store.get(key));
    }

    /** @throws StoreUnavailableException if it was not there in time; it may still come to be written */
    void put(String key, byte[] bytes, String contentType) {
        try {
            soon(() -> {
                store.put(key, bytes, contentType);
                return key;
            });
        } catch (ObjectMissingException e) {
            throw new IllegalStateException("putting asks for nothing", e);
        }
    }

    private <T> T soon(Callable<T> call) throws ObjectMissingException {
        if (awayUntil - System.nanoTime() > 0) {
            throw new StoreUnavailableException(reason, null);
        }
        Future<T> result;
        try {
            result = threads.submit(call);
        } catch (RejectedExecutionException e) {
            throw away("the object store has not answered " + WAITING + " calls", e);
        }
        try {
            return result.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ObjectMissingException missing) {
                throw missing;
            }
            if (e.getCause() instanceof StoreUnavailableException away) {
                throw away(away.getMessage(), away);
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            result.cancel(true);
            throw away("the object store did not answer within " + patience.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException("interrupted", e);
        }
    }

    private StoreUnavailableException away(String why, Exception cause) {
        reason = why;
        awayUntil = System.nanoTime() + patience.toNanos();
        return new StoreUnavailableException(why, cause);
    }
}
