package dev.longtake.media.picture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * How a picture is held (Exif 2.32, tag 0x0112): 1 upright; 2 mirrored; 3 upside down; 4 both; 5 to 8 lie on their side. What cannot be
 * read is upright: a broken tag is no reason to refuse a picture.
 */
final class Orientation {
    static final int UPRIGHT = 1;
    private static final int TAG = 0x0112;
    private static final int SHORT = 3;
    private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);
    private static final int MARKER = 0xff;
    private static final int APP1 = 0xe1;
    private static final int START_OF_SCAN = 0xda;
    private static final int FIRST_ON_ITS_SIDE = 5;
    private static final int LAST = 8;

    private Orientation() {}

    static boolean onItsSide(int orientation) {
        return orientation >= FIRST_ON_ITS_SIDE;
    }

    /** Of a JPEG: its first Exif segment. */
    static int ofJpeg(byte[] jpeg) {
        int at = 2;
        while (at + 4 <= jpeg.length && (jpeg[at] & 0xff) == MARKER) {
            int kind = jpeg[at + 1] & 0xff;
            int length = (jpeg[at + 2] & 0xff) << 8 | jpeg[at + 3] & 0xff;
            int from = at + 4;
            int to = Math.min(jpeg.length, at + 2 + length);
            if (kind == START_OF_SCAN || length < 2) {
                return UPRIGHT;
            }
            if (kind == APP1 && to - from > EXIF.length && ByteBuffer.wrap(jpeg, from, EXIF.length).equals(ByteBuffer.wrap(EXIF))) {
                return ofTiff(ByteBuffer.wrap(jpeg, from + EXIF.length, to - from - EXIF.length).slice());
            }
            at += 2 + length;
        }
        return UPRIGHT;
    }

    /** Of Exif data in its TIFF wrapping. */
    static int ofTiff(ByteBuffer tiff) {
        if (tiff.remaining() < 8) {
            return UPRIGHT;
        }
        tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        long directory = tiff.getInt(4) & 0xffffffffL;
        if (directory + 2 > tiff.limit()) {
            return UPRIGHT;
        }
        int entries = tiff.getShort((int) directory) & 0xffff;
        for (int i = 0; i < entries; i++) {
            long at = directory + 2 + 12L * i;
            if (at + 12 > tiff.limit()) {
                return UPRIGHT;
            }
            if ((tiff.getShort((int) at) & 0xffff) == TAG && tiff.getShort((int) at + 2) == SHORT) {
                int value = tiff.getShort((int) at + 8) & 0xffff;
                return value >= UPRIGHT && value <= LAST ? value : UPRIGHT;
            }
        }
        return UPRIGHT;
    }
}
