package dev.longtake.media;

import dev.longtake.engine.Frames;
import java.awt.image.BufferedImage;
import java.util.Arrays;

/**
 * A picture of a whole film: a row for each scene, its number and prompt above its frames. Frames are drawn as they come, so that none
 * need be kept, and large ones are made smaller.
 */
public final class ContactSheet {
    static final int GAP = 4;
    static final int CAPTION = BitmapFont.HEIGHT + GAP;
    private static final int WIDEST = 160;
    private static final int GROUND = 0x181818;
    private static final int INK = 0xd0d0d0;

    private final BufferedImage sheet;
    private final int shrink;
    private final int cellWidth;
    private final int cellHeight;

    /**
     * @param columns frames in a row, at most
     * @param width   of a frame, in pixels
     */
    public ContactSheet(int rows, int columns, int width, int height) {
        this.shrink = (width + WIDEST - 1) / WIDEST;
        this.cellWidth = width / shrink;
        this.cellHeight = Math.max(1, height / shrink);
        this.sheet = new BufferedImage(columns * (cellWidth + GAP) + GAP, rows * rowHeight() + GAP, BufferedImage.TYPE_INT_RGB);
        int[] line = new int[sheet.getWidth()];
        Arrays.fill(line, GROUND);
        for (int y = 0; y < sheet.getHeight(); y++) {
            sheet.setRGB(0, y, line.length, 1, line, 0, line.length);
        }
    }

    private int rowHeight() {
        return CAPTION + cellHeight + GAP;
    }

    /** @param scene the scene's number, as people count */
    public void caption(int row, int scene, String prompt) {
        BitmapFont.draw(sheet, (scene + "  " + BitmapFont.drawable(prompt)).strip(), GAP, GAP + row * rowHeight(), sheet.getWidth() - 2 * GAP, INK);
    }

    /** Draws frame {@code index} of {@code frames}. */
    public void frame(int row, int column, Frames frames, int index) {
        int left = GAP + column * (cellWidth + GAP);
        int top = GAP + row * rowHeight() + CAPTION;
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
