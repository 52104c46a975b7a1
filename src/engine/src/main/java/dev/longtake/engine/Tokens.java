package dev.longtake.engine;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The discrete codes of one window: {@code [latentFrames][positions][groups]}, each in {@code 0..vocabulary-1}; position =
 * row × columns + column of the latent grid. The first latent frame stands for one frame, each later one for two (Phenaki §2.1).
 */
public final class Tokens {
    private static final int MAGIC = 0x4c545431; // "LTT1"
    private static final int HEADER = 16;

    private final int latentFrames;
    private final int positions;
    private final int groups;
    private final int[] codes;

    /** @param codes {@code latentFrames*positions*groups} codes of at most 65,535, not copied: do not change them afterwards */
    public Tokens(int latentFrames, int positions, int groups, int[] codes) {
        if (latentFrames < 1 || positions < 1 || groups < 1
                || codes.length != Math.multiplyExact(latentFrames, Math.multiplyExact(positions, groups))) {
            throw new IllegalArgumentException(codes.length + " codes are not " + latentFrames + "x" + positions + "x" + groups);
        }
        for (int code : codes) {
            if (code < 0 || code > 0xffff) {
                throw new IllegalArgumentException("code " + code + " is not in 0..65535");
            }
        }
        this.latentFrames = latentFrames;
        this.positions = positions;
        this.groups = groups;
        this.codes = codes;
    }

    public int latentFrames() {
        return latentFrames;
    }

    public int positions() {
        return positions;
    }

    public int groups() {
        return groups;
    }

    /** The codes themselves; read only. */
    public int[] codes() {
        return codes;
    }

    /** Serialised: magic, latent frames, positions, groups (big-endian ints), then each code as an unsigned short. */
    public byte[] toBytes() {
        ByteBuffer out = ByteBuffer.allocate(HEADER + 2 * codes.length).putInt(MAGIC).putInt(latentFrames).putInt(positions).putInt(groups);
        for (int code : codes) {
            out.putShort((short) code);
        }
        return out.array();
    }

    /** @throws IllegalArgumentException if the bytes are not tokens, or are cut short */
    public static Tokens fromBytes(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (bytes.length < HEADER || (bytes.length & 1) != 0 || in.getInt() != MAGIC) {
            throw new IllegalArgumentException("not a tokens file");
        }
        int latentFrames = in.getInt();
        int positions = in.getInt();
        int groups = in.getInt();
        int[] codes = new int[in.remaining() / 2];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = in.getShort() & 0xffff;
        }
        return new Tokens(latentFrames, positions, groups, codes);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Tokens t && t.latentFrames == latentFrames && t.positions == positions && t.groups == groups
                && Arrays.equals(t.codes, codes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(codes);
    }

    @Override
    public String toString() {
        return latentFrames + "x" + positions + "x" + groups + " tokens";
    }
}
