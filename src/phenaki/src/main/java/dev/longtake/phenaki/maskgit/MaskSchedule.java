package dev.longtake.phenaki.maskgit;

/** The cosine mask schedule (MaskGIT, arXiv 2202.04200, §3.2): how many tokens are masked again after each step. */
public final class MaskSchedule {
    private MaskSchedule() {}

    /**
     * @param step steps taken before this one, from 0
     * @param free tokens that are not frozen
     * @return tokens masked again after this step; 0 after the last
     */
    public static int maskedAfter(int step, int steps, int free) {
        return step + 1 >= steps ? 0 : (int) Math.floor(free * Math.cos(Math.PI / 2 * (step + 1) / steps));
    }
}
