package dev.longtake.farm.screen;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/** A picture as characters: the upper half of each is one pixel, its lower half another (ISO 8613-6 colours). Pure. */
public final class HalfBlocks {
    private static final String RESET = "\033[0m";

    private HalfBlocks() {}

    /** @param columns of the result; it has half as many lines for a square picture */
    public static List<String> of(BufferedImage picture, int columns) {
        int rows = Math.max(2, Math.round((float) columns * picture.getHeight() / picture.getWidth())) / 2;
        List<String> lines = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                line.append("\033[38;2;").append(colour(picture, column, 2 * row, columns, 2 * rows)).append("m\033[48;2;").append(colour(picture, column, 2 * row + 1, columns, 2 * rows)).append("m▀");
            }
            lines.add(line.append(RESET).toString());
        }
        return lines;
    }

    /** The mean of what lies under one half of a character. */
    private static String colour(BufferedImage picture, int x, int y, int columns, int rows) {
        int left = x * picture.getWidth() / columns;
        int right = Math.max(left + 1, (x + 1) * picture.getWidth() / columns);
        int top = y * picture.getHeight() / rows;
        int bottom = Math.max(top + 1, (y + 1) * picture.getHeight() / rows);
        long red = 0;
        long green = 0;
        long blue = 0;
        for (int j = top; j < bottom; j++) {
            for (int i = left; i < right; i++) {
                int rgb = picture.getRGB(i, j);
                red += rgb >> 16 & 0xff;
                green += rgb >> 8 & 0xff;
                blue += rgb & 0xff;
            }
        }
        int n = (right - left) * (bottom - top);
        return red / n + ";" + green / n + ";" + blue / n;
    }
}
