package dev.longtake.phenaki.maskgit;

import dev.longtake.engine.Tokens;
import java.util.Arrays;
import java.util.Optional;

/**
 * The tokens of a window while they are being sampled (Phenaki §2.2, after MaskGIT §3.2): a frozen prefix, and positions that are
 * masked until they are known.
 */
public final class MaskedWindow {
    private final int[] codes;
    private final int positions;
    private final int groups;
    private final int maskId;
    private final int latentFrames;
    private final int frozen;

    /** @param prefix the codes to freeze, from the first latent frame on */
    public MaskedWindow(int latentFrames, int positionsPerLatentFrame, int groups, int maskId, Optional<Tokens> prefix) {
        this.latentFrames = latentFrames;
        this.positions = latentFrames * positionsPerLatentFrame;
        this.groups = groups;
        this.maskId = maskId;
        this.codes = new int[positions * groups];
        Arrays.fill(codes, maskId);
        prefix.ifPresent(p -> System.arraycopy(p.codes(), 0, codes, 0, p.codes().length));
        this.frozen = prefix.map(p -> p.latentFrames() * p.positions()).orElse(0);
    }

    /** Positions that are masked now, in order. */
    public int[] masked() {
        int[] found = new int[positions];
        int n = 0;
        for (int i = frozen; i < positions; i++) {
            if (codes[i * groups] == maskId) {
                found[n++] = i;
            }
        }
        return Arrays.copyOf(found, n);
    }

    /** Positions that are not frozen. */
    public int free() {
        return positions - frozen;
    }

    /** All codes, {@code [positions × groups]}, masked ones as the mask id. */
    public int[] codes() {
        return codes;
    }

    /**
     * Takes a step's draws: every masked position gets its codes, then the least confident ones are masked again.
     *
     * @param at         the masked positions, as {@link #masked} gave them
     * @param drawn      {@code [at.length × groups]}
     * @param confidence of each, noise included
     * @param again      how many stay masked
     */
    public void take(int[] at, int[] drawn, double[] confidence, int again) {
        Integer[] order = new Integer[at.length];
        for (int i = 0; i < at.length; i++) {
            order[i] = i;
            System.arraycopy(drawn, i * groups, codes, at[i] * groups, groups);
        }
        // Ties go by position, so that the result does not depend on the sort.
        Arrays.sort(order, (a, b) -> confidence[a] == confidence[b] ? Integer.compare(at[a], at[b]) : Double.compare(confidence[a], confidence[b]));
        for (int i = 0; i < Math.min(again, at.length); i++) {
            Arrays.fill(codes, at[order[i]] * groups, (at[order[i]] + 1) * groups, maskId);
        }
    }

    /** The finished window. */
    public Tokens tokens() {
        return new Tokens(latentFrames, positions / latentFrames, groups, codes.clone());
    }
}
