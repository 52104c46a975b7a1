package dev.longtake.bundle;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * {@code manifest.json} of a bundle: what the model is, and the digest of every file, so that the digest of the manifest's own bytes
 * names the whole bundle. Unknown fields are ignored; a missing one is refused.
 *
 * @param engine         which engine runs it
 * @param engineRevision raised when the sampler's results change
 */
public record BundleManifest(String format, String name, String engine, int engineRevision, Video video, Codes codes, Transformer transformer,
                             TextEncoder textEncoder, Sampler sampler, List<FileEntry> files, Golden golden) {
    public static final String FORMAT = "longtake-bundle-1";

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    /** @param windowFrames frames of one window. @param prefixFrames K, the frames of the tail that condition a window */
    public record Video(int width, int height, double fps, int windowFrames, int prefixFrames) {}

    /**
     * Codes of one latent frame: {@code rows × columns} places, {@code groups} codes each, from {@code vocabulary}.
     *
     * @param maskId stands for a masked place, in all groups at once
     * @param levels of the quantizer
     */
    public record Codes(int groups, int vocabulary, int maskId, int rows, int columns, String quantizer, List<Integer> levels) {}

    /** @param textWidth width of a text state. @param textTokens text states at most */
    public record Transformer(int width, int heads, int layers, int textWidth, int textTokens) {}

    /** The frozen text encoder, by the digests of its files. @param artifact Maven coordinates that carry them */
    public record TextEncoder(String name, String artifact, String modelFile, String modelSha256, String tokenizerFile, String tokenizerSha256,
                              int maxTokens) {}

    /**
     * The sampler's defaults.
     *
     * @param steps           of the preset {@code best}. @param stepsFast of the preset {@code fast}
     * @param guidanceRamp    guidance at step i is {@code guidance · min(1, (i + 1) / steps + ramp)}
     * @param confidenceNoise weight of the Gumbel noise that anneals to nothing
     */
    public record Sampler(int steps, int stepsFast, double guidance, double guidanceRamp, double temperature, double confidenceNoise, String schedule) {}

    /** @param parts in how many parts {@code name.part0 …} the shipped bundle holds it; 1 for the file itself */
    public record FileEntry(String name, long bytes, String sha256, int parts) {}

    /** What a freshly loaded bundle must reproduce. @param codeMismatches codes that may differ, of the golden video's */
    public record Golden(String file, double logitTolerance, double pixelTolerance, int codeMismatches) {}

    /** @throws BadBundleException if the bytes are not such a manifest */
    public static BundleManifest read(byte[] bytes) throws BadBundleException {
        BundleManifest manifest;
        try {
            manifest = MAPPER.readValue(bytes, BundleManifest.class);
        } catch (JsonMappingException e) {
            String field = e.getPath().stream().map(JsonMappingException.Reference::getFieldName).filter(Objects::nonNull).collect(Collectors.joining("."));
            throw new BadBundleException("the manifest's field " + field + " is missing or wrong: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new BadBundleException("the manifest is not JSON", e);
        }
        if (!FORMAT.equals(manifest.format())) {
            throw new BadBundleException("the manifest's format is " + manifest.format() + ", this build reads " + FORMAT);
        }
        return manifest;
    }

    /** The bundle's digest: lower-case hex SHA-256 of the manifest's bytes as stored. */
    public static String digest(byte[] manifest) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(manifest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
