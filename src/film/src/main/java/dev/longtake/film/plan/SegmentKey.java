package dev.longtake.film.plan;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What a segment is: SHA-256 over everything that decides its content. Fields are written with their length before them, so that no
 * two different lists of fields give the same bytes.
 *
 * @param hex lower-case hex
 */
public record SegmentKey(String hex) {
    private static final String DOMAIN = "longtake-segment-1";
    private static final String START = "start";

    static SegmentKey of(FilmSettings s, String prompt, Optional<String> negative, long seed, int newFrames, Optional<String> startImage, Optional<SegmentKey> parent) {
        Digest d = new Digest(DOMAIN);
        d.text(s.bundle()).number(s.engineRevision()).text(prompt).optional(negative).number(seed);
        d.number(s.steps()).real(s.guidance()).real(s.temperature());
        d.number(s.tailFrames()).number(s.windowFrames()).number(newFrames).number(s.width()).number(s.height()).real(s.fps());
        d.optional(startImage).text(parent.map(SegmentKey::hex).orElse(START));
        return new SegmentKey(d.hex());
    }

    /**
     * Segment seed: does not depend on the scene's place in the film, so that a scene inserted elsewhere changes no seed.
     *
     * @param window index of the window within its scene
     */
    static long seed(long filmSeed, java.util.OptionalLong sceneSeed, int window) {
        Digest d = new Digest("longtake-seed-1").number(filmSeed);
        d.optional(sceneSeed.isPresent() ? Optional.of(Long.toString(sceneSeed.getAsLong())) : Optional.empty()).number(window);
        byte[] sum = d.sum();
        long seed = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            seed = seed << 8 | (sum[i] & 0xff);
        }
        return seed;
    }

    /** SHA-256 over length-prefixed fields. */
    private static final class Digest {
        private final MessageDigest sha;

        Digest(String domain) {
            try {
                sha = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has SHA-256", e);
            }
            text(domain);
        }

        Digest text(String value) {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            number(bytes.length);
            sha.update(bytes);
            return this;
        }

        Digest optional(Optional<String> value) {
            sha.update((byte) (value.isPresent() ? 1 : 0));
            value.ifPresent(this::text);
            return this;
        }

        Digest number(long value) {
            for (int shift = 56; shift >= 0; shift -= 8) {
                sha.update((byte) (value >>> shift));
            }
            return this;
        }

        Digest real(double value) {
            return number(Double.doubleToLongBits(value));
        }

        byte[] sum() {
            return sha.digest();
        }

        String hex() {
            return HexFormat.of().formatHex(sum());
        }
    }
}
