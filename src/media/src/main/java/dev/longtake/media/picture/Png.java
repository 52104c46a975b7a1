package dev.longtake.media.picture;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The chunks of a PNG, as far as they say whether it is whole and how it is held. */
final class Png {
    static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final int OVERHEAD = 12;

    private Png() {}

    /** Whether there is an end: Java's decoder reads over a missing one if the pixels happen to be there. */
    static boolean isWhole(byte[] png) {
        return find(png, "IEND").isPresent();
    }

    static int orientation(byte[] png) {
        return find(png, "eXIf").map(Orientation::ofTiff).orElse(Orientation.UPRIGHT);
    }

    private static Optional<ByteBuffer> find(byte[] png, String type) {
        ByteBuffer all = ByteBuffer.wrap(png);
        long at = SIGNATURE.length;
        while (at + OVERHEAD <= png.length) {
            long length = all.getInt((int) at) & 0xffffffffL;
            if (at + OVERHEAD + length > png.length) {
                return Optional.empty();
            }
            if (new String(png, (int) at + 4, 4, StandardCharsets.US_ASCII).equals(type)) {
                return Optional.of(ByteBuffer.wrap(png, (int) at + 8, (int) length).slice());
            }
            at += OVERHEAD + length;
        }
        return Optional.empty();
    }
}
