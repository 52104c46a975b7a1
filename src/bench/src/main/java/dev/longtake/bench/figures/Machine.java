package dev.longtake.bench.figures;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** On what is measured. */
public final class Machine {
    private static final Path CPU = Path.of("/proc/cpuinfo");
    private static final Path MEMORY = Path.of("/proc/meminfo");
    private static final int KIB_IN_GIB = 1 << 20;

    private Machine() {}

    /** Lines for people: processor, memory, system, JVM; and how busy it was before. */
    public static List<String> describe() {
        return List.of(
                "machine: " + value(CPU, "model name", "unknown processor") + ", " + Runtime.getRuntime().availableProcessors() + " cores, " + memory() + ", "
                        + System.getProperty("os.name") + " " + System.getProperty("os.version"),
                "java: " + System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                String.format(Locale.ROOT, "load before: %.2f (average of a minute)", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
    }

    private static String memory() {
        String kib = value(MEMORY, "MemTotal", "").replaceAll("\\D", "");
        return kib.isEmpty() ? "unknown memory" : Math.round(Double.parseDouble(kib) / KIB_IN_GIB) + " GiB";
    }

    private static String value(Path file, String key, String otherwise) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(l -> l.startsWith(key)).map(l -> l.substring(l.indexOf(':') + 1).strip()).findFirst().orElse(otherwise);
        } catch (IOException | java.io.UncheckedIOException e) {
            return otherwise;
        }
    }
}
