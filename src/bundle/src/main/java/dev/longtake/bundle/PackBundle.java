package dev.longtake.bundle;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * Makes an exported bundle ready to travel: compresses its archives, cuts them into pieces of at most 16 MiB and says so in the
 * manifest. {@code java -cp … dev.longtake.bundle.PackBundle EXPORTED TARGET}
 */
public final class PackBundle {
    private static final ObjectMapper MAPPER = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private PackBundle() {}

    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            System.err.println("usage: PackBundle EXPORTED TARGET");
            System.exit(2);
        }
        pack(Path.of(args[0]), Path.of(args[1]));
    }

    static void pack(Path exported, Path target) throws IOException {
        Files.createDirectories(target);
        ObjectNode manifest = (ObjectNode) MAPPER.readTree(exported.resolve("manifest.json").toFile());
        for (var node : (ArrayNode) manifest.get("files")) {
            ObjectNode file = (ObjectNode) node;
            String name = file.get("name").asText();
            byte[] bytes = Files.readAllBytes(exported.resolve(name));
            file.put("bytes", bytes.length);
            file.put("sha256", HexFormat.of().formatHex(Bundle.sha256().digest(bytes)));
            boolean archive = name.endsWith(".pt");
            byte[] stored = archive ? gzip(bytes) : bytes;
            String storedName = archive ? name + BundleParts.COMPRESSED : name;
            int pieces = (stored.length + BundleParts.LARGEST - 1) / BundleParts.LARGEST;
            file.put("parts", Math.max(1, pieces));
            for (int i = 0; i < Math.max(1, pieces); i++) {
                Path piece = target.resolve(BundleParts.name(storedName, i, Math.max(1, pieces)));
                try (OutputStream out = Files.newOutputStream(piece)) {
                    out.write(stored, i * BundleParts.LARGEST, Math.min(BundleParts.LARGEST, stored.length - i * BundleParts.LARGEST));
                }
            }
        }
        Files.write(target.resolve("manifest.json"), (MAPPER.writeValueAsString(manifest) + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /** Compressed as tightly as Java can; without a time stamp, so that the same bytes give the same file. */
    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out) {
            {
                def.setLevel(Deflater.BEST_COMPRESSION);
            }
        }) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }
}
