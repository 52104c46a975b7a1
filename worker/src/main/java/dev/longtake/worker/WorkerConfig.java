package dev.longtake.worker;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The worker's settings. */
@ConfigMapping(prefix = "longtake.worker")
public interface WorkerConfig {
    /** The pool it belongs to. */
    @WithDefault("cpu")
    String pool();

    /** The lanes it serves. */
    @WithDefault("interactive,batch")
    List<String> lanes();

    /** Segments that run together. More than one makes sense on a GPU, where small batches are free. */
    @WithDefault("1")
    int slots();

    /** {@code auto}, {@code cpu} or {@code cuda}. */
    @WithDefault("auto")
    String device();

    /** {@code auto}, {@code float32} or {@code bfloat16}. */
    @WithDefault("auto")
    String precision();

    /** Threads of one matrix product; the library's choice if absent. */
    Optional<Integer> threads();

    /** A bundle's folder; the shipped bundle if absent. */
    Optional<Path> bundle();

    /** Where archives and native libraries are unpacked (about 600 MB); a folder under the temporary directory if absent. */
    Optional<Path> cache();

    /** A file to be written once jobs are taken, for whoever supervises this process; none if absent. */
    Optional<Path> readyFile();

    /** How often it says that it lives. */
    @WithDefault("PT1S")
    Duration heartbeat();

    /** How long a SIGTERM may take: what is not finished by then is given back. */
    @WithDefault("PT20S")
    Duration grace();

    /** Clips that may wait to be encoded; the next segment waits when there are more, so that memory is bounded. */
    @WithDefault("8")
    int clipQueue();

    /**
     * The delivery of one job with which it counts as poison: all before it ended without an answer, so it is one more than the workers that the
     * scheduler allows ({@code longtake.scheduler.deadly-workers}), which keeps its own count, since the queue's begins anew when a broker restarts.
     * Fewer, and two machines that are switched off one after the other would cost a film.
     */
    @WithDefault("4")
    int deadlyDeliveries();

    /**
     * For fault tests: {@code point:segment} at which the process halts, on a job's first delivery; {@code abort:word} of prompts that kill
     * it; {@code refuse:word} of prompts that its engine refuses; {@code fail:tenant} whose segments it fails on; {@code freeze:tenant} whose segment it stops with, once.
     */
    Optional<List<String>> faults();
}
