package dev.longtake.phenaki;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The native library: where it unpacks, which threads and which number format it uses. */
final class Torch {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final Pattern HALF_PRODUCTS = Pattern.compile("\\b(amx_bf16|avx512_bf16)\\b");

    private Torch() {}

    /** Must run before anything else of DJL does: it reads these once. */
    static void configure(PhenakiOptions options) {
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("DJL_CACHE_DIR", options.cache().toString());
        System.setProperty("ENGINE_CACHE_DIR", options.cache().toString());
        options.threads().ifPresent(n -> System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(n)));
        if (System.getProperty("org.slf4j.simpleLogger.log.ai.djl") == null) {
            System.setProperty("org.slf4j.simpleLogger.log.ai.djl", "warn");
        }
    }

    static Device device(PhenakiOptions options) {
        int gpus = Engine.getEngine("PyTorch").getGpuCount();
        return switch (options.device()) {
            case CPU -> Device.cpu();
            case CUDA -> {
                if (gpus == 0) {
                    throw new IllegalStateException("device cuda was asked for, and there is none");
                }
                yield Device.gpu();
            }
            case AUTO -> gpus > 0 ? Device.gpu() : Device.cpu();
        };
    }

    static boolean halfPrecision(PhenakiOptions options, Device device) {
        return switch (options.precision()) {
            case FLOAT32 -> false;
            case BFLOAT16 -> true;
            case AUTO -> device.isGpu() || multipliesHalf();
        };
    }

    /**
     * Whether the processor has instructions for bfloat16 products (AMX, or AVX-512 BF16); without them bfloat16 is slower than float32.
     * Asked of the processor and not of a stopwatch, so that all workers of one machine choose the same and make the same tokens.
     */
    private static boolean multipliesHalf() {
        try {
            return Files.exists(CPU_INFO) && HALF_PRODUCTS.matcher(Files.readString(CPU_INFO)).find();
        } catch (IOException e) {
            return false;
        }
    }

    /** Settings that belong to a thread; gradients are on by default in a new one. */
    static void prepareThread() {
        JniUtils.setGradMode(false);
        // The graph optimiser costs 350 ms for each of the first calls and gains nothing measurable.
        JniUtils.setGraphExecutorOptimize(false);
    }
}
