package dev.longtake.media;

import dev.longtake.engine.Frames;
import java.awt.image.BufferedImage;

/**
 * Frames of a whole film, side by side and without gaps, in rows of four: what a player shows while somebody drags along its bar. Frames are drawn as they
 * come, so that none need be kept, and large ones are made smaller. Places behind the last frame stay black.
 */
public final class SpriteSheet {
    public static final int COLUMNS = 4;
    /** As many as a sheet has places for. */
    public static final int MOST = COLUMNS * COLUMNS;
    private static final int WIDEST = 160;

    private final BufferedImage sheet;
    private final int shrink;
    private final int cellWidth;
    private final int cellHeight;

    /**
     * @param frames how many it will show, 1 to {@link #MOST}
     * @param width  of a frame, in pixels
     */
    public SpriteSheet(int frames, int width, int height) {
        this.shrink = (width + WIDEST - 1) / WIDEST;
        this.cellWidth = width / shrink;
        this.cellHeight = Math.max(1, height / shrink);
        this.sheet = new BufferedImage(Math.min(COLUMNS, frames) * cellWidth, (frames + COLUMNS - 1) / COLUMNS * cellHeight, BufferedImage.TYPE_INT_RGB);
    }

    /** Draws frame {@code index} of {@code frames}. @param place from 0, row by row */
    public void frame(int place, Frames frames, int index) {
        int left = place % COLUMNS * cellWidth;
        int top = place / COLUMNS * cellHeight;
        for (int y = 0; y < cellHeight; y++) {
            for (int x = 0; x < cellWidth; x++) {
                sheet.setRGB(left + x, top + y, Stills.mean(frames, index, x * shrink, y * shrink, shrink));
            }
        }
    }

    public byte[] png() {
        return Stills.png(sheet);
    }
}
