package dev.longtake.engine;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Uncompressed frames: RGB, 8 bits a channel, frame after frame, row after row ({@code [count][height][width][3]}). What a tail
 * is stored as: lossless, because a tail is encoded again and every rounding would add up over a film.
 */
public final class Frames {
    private static final int MAGIC = 0x4c544631; // "LTF1"
    private static final int HEADER = 16;

    private final int count;
    private final int width;
    private final int height;
    private final byte[] rgb;

    /** @param rgb {@code count*height*width*3} bytes, not copied: do not change them afterwards */
    public Frames(int count, int width, int height, byte[] rgb) {
        if (count < 0 || width < 1 || height < 1 || rgb.length != Math.multiplyExact(count, Math.multiplyExact(width, height * 3))) {
            throw new IllegalArgumentException(rgb.length + " bytes are not " + count + " frames of " + width + "x" + height);
        }
        this.count = count;
        this.width = width;
        this.height = height;
        this.rgb = rgb;
    }

    public int count() {
        return count;
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /** Bytes of one frame. */
    public int frameBytes() {
        return width * height * 3;
    }

    /** The bytes themselves; read only. */
    public byte[] rgb() {
        return rgb;
    }

    /** Frames {@code from} (inclusive) to {@code to} (exclusive). */
    public Frames slice(int from, int to) {
        if (from < 0 || to > count || from > to) {
            throw new IndexOutOfBoundsException("frames " + from + ".." + to + " of " + count);
        }
        return new Frames(to - from, width, height, Arrays.copyOfRange(rgb, from * frameBytes(), to * frameBytes()));
    }

    /** Serialised: magic, count, width, height (big-endian ints), then the bytes. */
    public byte[] toBytes() {
        return ByteBuffer.allocate(HEADER + rgb.length).putInt(MAGIC).putInt(count).putInt(width).putInt(height).put(rgb).array();
    }

    /** @throws IllegalArgumentException if the bytes are not frames, or are cut short */
    public static Frames fromBytes(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (bytes.length < HEADER || in.getInt() != MAGIC) {
            throw new IllegalArgumentException("not a frames file");
        }
        return new Frames(in.getInt(), in.getInt(), in.getInt(), Arrays.copyOfRange(bytes, HEADER, bytes.length));
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Frames f && f.count == count && f.width == width && f.height == height && Arrays.equals(f.rgb, rgb);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(rgb);
    }

    @Override
    public String toString() {
        return count + " frames of " + width + "x" + height;
    }
}
