package dev.longtake.worker;

import dev.longtake.contract.SegmentJob;
import dev.longtake.engine.BadSegmentException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Places where a fault test may end the process. {@code point:segment} does so by name and by segment, on a job's first delivery: the same
 * test always dies in the same place, and the next delivery lives. {@code abort:word} does so natively, whenever a prompt with that word is
 * to be rendered, as an engine does that cannot bear it. {@code refuse:word} refuses such a prompt, as an engine may that knows that it cannot be
 * rendered. {@code fail:tenant} fails whatever of that tenant is to be rendered, as a broken device does. {@code freeze:tenant} stops the process once, with a rendered segment of that
 * tenant in hand and nothing of it stored yet, until somebody continues it.
 */
final class FaultPoints {
    static final String BEFORE_TOKENS = "before-tokens";
    static final String AFTER_TOKENS = "after-tokens";
    static final String BEFORE_REPORT = "before-report";
    static final String AFTER_REPORT = "after-report";
    static final String BEFORE_CLIP = "before-clip";
    static final String AFTER_CLIP = "after-clip";

    private static final String ABORT = "abort:";
    private static final String REFUSE = "refuse:";
    private static final String FAIL = "fail:";
    private static final String FREEZE = "freeze:";

    private final Set<String> armed;
    private final Process process;
    private final AtomicBoolean frozen = new AtomicBoolean();

    /** What can be done to a process. */
    interface Process {
        /** Ends it. */
        void halt();

        /** Ends it by a signal, as a failed assertion in native code does. */
        void abort();

        /** Stops it until it is continued. */
        void freeze();
    }

    /** This very process. */
    private record Own() implements Process {
        @Override
        public void halt() {
            Runtime.getRuntime().halt(137);
        }

        @Override
        public void abort() {
            signal("ABRT");
            while (true) {
                LockSupport.park();
            }
        }

        @Override
        public void freeze() {
            signal("STOP");
        }
    }

    FaultPoints(Optional<List<String>> armed, Process process) {
        this.armed = armed.map(Set::copyOf).orElse(Set.of());
        this.process = process;
    }

    /** Of this very process. */
    static FaultPoints armed(Optional<List<String>> armed) {
        return new FaultPoints(armed, new Own());
    }

    private static void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(ProcessHandle.current().pid())).start().waitFor();
        } catch (IOException e) {
            throw new IllegalStateException("a fault was asked for and cannot be had", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Before the engine gets a prompt. */
    void beforePrompt(String tenant, String prompt) throws BadSegmentException {
        if (names(ABORT, prompt)) {
            process.abort();
        }
        if (names(REFUSE, prompt)) {
            throw new BadSegmentException("the engine refuses this prompt");
        }
        if (armed.contains(FAIL + tenant)) {
            throw new IllegalStateException("this worker fails on purpose");
        }
    }

    private boolean names(String fault, String prompt) {
        return armed.stream().anyMatch(a -> a.startsWith(fault) && prompt.contains(a.substring(fault.length())));
    }

    void at(String point, SegmentJob job, int deliveries) {
        if (deliveries == 1 && armed.contains(point + ":" + job.index())) {
            process.halt();
        }
        if (point.equals(BEFORE_TOKENS) && armed.contains(FREEZE + job.film().tenant()) && frozen.compareAndSet(false, true)) {
            process.freeze();
        }
    }
}
