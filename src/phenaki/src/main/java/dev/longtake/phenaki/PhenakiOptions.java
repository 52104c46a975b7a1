package dev.longtake.phenaki;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How an engine runs.
 *
 * @param device    {@code auto}: a CUDA device if there is one
 * @param precision of the networks' insides; inputs, outputs and every draw stay float32
 * @param threads   of one matrix product, or empty for the library's choice
 * @param slots     segments that run together; more than one makes sense on a GPU, where small batches are free
 * @param cache     where archives and native libraries are unpacked
 */
public record PhenakiOptions(Device device, Precision precision, Optional<Integer> threads, int slots, Path cache) {
    /** Where the networks run. */
    public enum Device {
        AUTO,
        CPU,
        CUDA
    }

    /** Number format inside the networks. */
    public enum Precision {
        /** bfloat16 where the processor multiplies it (AMX, AVX-512 BF16), or on a GPU; else float32. */
        AUTO,
        FLOAT32,
        BFLOAT16
    }

    public PhenakiOptions {
        if (slots < 1) {
            throw new IllegalArgumentException("slots must be at least 1, not " + slots);
        }
    }

    public static PhenakiOptions defaults(Path cache) {
        return new PhenakiOptions(Device.AUTO, Precision.AUTO, Optional.empty(), 1, cache);
    }
}
