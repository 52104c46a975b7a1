package dev.longtake.phenaki.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * ONNX Runtime's native libraries, unpacked once into the engine's cache. Left to itself it unpacks 20 MB into a temporary directory at
 * every start and removes them at an orderly end only, so that every worker that was killed would leave its copy behind.
 */
public final class OnnxLibraries {
    private static final String PROPERTY = "onnxruntime.native.path";
    private static final List<String> NAMES = List.of("onnxruntime", "onnxruntime4j_jni");

    private OnnxLibraries() {}

    /** Leads ONNX Runtime to its libraries, unless somebody else has. Before its first use. */
    public static synchronized void prepare(Path cache) throws IOException {
        if (System.getProperty(PROPERTY) != null) {
            return;
        }
        Path folder = null;
        for (String name : NAMES) {
            String file = System.mapLibraryName(name);
            byte[] library = read("/ai/onnxruntime/native/" + platform() + "/" + file);
            if (library.length == 0) {
                // A platform that is named otherwise: it can still help itself.
                return;
            }
            folder = folder == null ? Files.createDirectories(cache.resolve("onnxruntime-" + digest(library))) : folder;
            Path target = folder.resolve(file);
            if (!Files.exists(target) || Files.size(target) != library.length) {
                Path part = Files.createTempFile(folder, file, ".part");
                Files.write(part, library);
                Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        System.setProperty(PROPERTY, folder.toString());
    }

    private static byte[] read(String resource) throws IOException {
        try (InputStream in = OnnxLibraries.class.getResourceAsStream(resource)) {
            return in == null ? new byte[0] : in.readAllBytes();
        }
    }

    /** As ONNX Runtime names its folders. */
    private static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac") ? "osx" : "linux";
        String arch = System.getProperty("os.arch");
        return os + "-" + (arch.equals("amd64") || arch.equals("x86_64") ? "x64" : arch);
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)).substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
