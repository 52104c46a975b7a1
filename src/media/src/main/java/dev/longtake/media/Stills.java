package dev.longtake.media;

import dev.longtake.engine.Frames;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import javax.imageio.ImageIO;

/** PNGs: a single frame, or a contact sheet with a row for each scene. Draws no text, so it needs no fonts. */
public final class Stills {
    private static final int GAP = 4;
    private static final int GROUND = 0x181818;

    private Stills() {}

    /** One frame as a PNG, {@code scale} times as large. */
    public static byte[] poster(Frames frames, int index, int scale) {
        BufferedImage image = new BufferedImage(frames.width() * scale, frames.height() * scale, BufferedImage.TYPE_INT_RGB);
        draw(image, frames, index, 0, 0, scale);
        return png(image);
    }

    /** @param rows each scene's frames, left to right; all of one size */
    public static byte[] contactSheet(List<Frames> rows) {
        int columns = rows.stream().mapToInt(Frames::count).max().orElseThrow(() -> new IllegalArgumentException("no rows"));
        int width = rows.get(0).width();
        int height = rows.get(0).height();
        BufferedImage sheet = new BufferedImage(columns * (width + GAP) + GAP, rows.size() * (height + GAP) + GAP, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < sheet.getHeight(); y++) {
            for (int x = 0; x < sheet.getWidth(); x++) {
                sheet.setRGB(x, y, GROUND);
            }
        }
        for (int row = 0; row < rows.size(); row++) {
            for (int i = 0; i < rows.get(row).count(); i++) {
                draw(sheet, rows.get(row), i, GAP + i * (width + GAP), GAP + row * (height + GAP), 1);
            }
        }
        return png(sheet);
    }

    private static void draw(BufferedImage image, Frames frames, int index, int left, int top, int scale) {
        byte[] rgb = frames.rgb();
        int from = index * frames.frameBytes();
        for (int y = 0; y < frames.height() * scale; y++) {
            for (int x = 0; x < frames.width() * scale; x++) {
                int at = from + ((y / scale) * frames.width() + x / scale) * 3;
                image.setRGB(left + x, top + y, (rgb[at] & 0xff) << 16 | (rgb[at + 1] & 0xff) << 8 | rgb[at + 2] & 0xff);
            }
        }
    }

    private static byte[] png(BufferedImage image) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
