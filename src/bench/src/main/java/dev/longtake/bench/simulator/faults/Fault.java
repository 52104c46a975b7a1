package dev.longtake.bench.simulator.faults;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What can go wrong, or be asked for at a bad moment, in a simulated farm. */
public enum Fault {
    WORKER_CRASH_BEFORE_TOKENS,
    WORKER_CRASH_AFTER_TOKENS,
    WORKER_CRASH_BEFORE_TAIL,
    WORKER_CRASH_AFTER_TAIL,
    WORKER_CRASH_BEFORE_REPORT,
    WORKER_CRASH_AFTER_REPORT,
    WORKER_CRASH_BEFORE_ANSWER,
    WORKER_CRASH_AFTER_ANSWER,
    WORKER_CRASH_BEFORE_CLIP,
    WORKER_CRASH_AFTER_CLIP,
    WORKER_CRASH_BEFORE_CLIP_ANSWER,
    WORKER_CRASH_AFTER_CLIP_ANSWER,
    /** A worker stands still past its locks and deadlines, and then goes on where it was. */
    WORKER_ZOMBIE,
    /** It shows a job as running, and nothing comes of it. */
    WORKER_HANGS,
    /** An attempt fails for a reason of the worker's own. */
    WORKER_FAILS,
    /** A machine on which nearly everything fails. */
    WORKER_BROKEN,
    /** A worker is asked to leave. */
    WORKER_DRAIN,
    MESSAGE_LOST,
    MESSAGE_DUPLICATED,
    /** The whole topic stands still for a while. */
    MESSAGE_DELAYED,
    /** One message is overtaken by later ones. */
    MESSAGE_REORDERED,
    /** Decisions that were not committed are gone; another scheduler takes them again from the committed state. */
    SCHEDULER_CRASH,
    /** A scheduler takes over with state that is behind what was already said aloud. */
    SCHEDULER_STALE_STANDBY,
    /** Two schedulers own one partition; of what the fenced one says, some becomes visible. */
    SCHEDULER_SPLIT,
    /** The clock of a scheduler or a worker jumps. */
    CLOCK_JUMP,
    REDIS_WIPED,
    STORE_PUT_FAILS,
    STORE_GET_FAILS,
    STORE_LIST_FAILS,
    /** A clip is damaged in the store. */
    CLIP_DAMAGED,
    STITCHER_CRASH,
    /** No film can be joined. */
    STITCHER_BROKEN,
    /** A segment that no engine can render. */
    POISON_SEGMENT,
    /** A segment that ends the process of whoever renders it. */
    DEADLY_SEGMENT,
    /** The queue does not know how often it has handed a job out, and so never drops one. */
    QUEUE_FORGETS_DELIVERIES,
    /** A film whose plan is not there. */
    PLAN_MISSING,
    CANCEL,
    PAUSE,
    RESUME,
    RETRY,
    REVISE,
    /** A user deletes a film. */
    FILM_DELETED,
    /** Films are kept for a moment only. */
    FILM_EXPIRES,
    /** What nobody asked for is looked for, and removed. */
    LATE_OBJECTS_SWEPT,
    /** The janitor ends, with all that it waits for. */
    JANITOR_CRASH,
    /** One tenant submits many films at once. */
    TENANT_FLOOD,
    REPRIORITISE;

    /** As the command line says it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<Fault> of(String label) {
        return Arrays.stream(values()).filter(f -> f.label().equals(label)).findFirst();
    }

    public static Set<Fault> all() {
        return EnumSet.allOf(Fault.class);
    }

    public static String labels() {
        return Arrays.stream(values()).map(Fault::label).collect(Collectors.joining(", "));
    }
}
