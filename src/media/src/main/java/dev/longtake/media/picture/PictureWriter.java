package dev.longtake.media.picture;

import dev.longtake.engine.Frames;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Frames as pictures, without native code: for the process that faces strangers. */
public final class PictureWriter {
    private PictureWriter() {}

    /**
     * @param frame one
     * @return a PNG of the same pixels
     * @throws IllegalArgumentException if there is not exactly one
     */
    public static byte[] png(Frames frame) {
        if (frame.count() != 1) {
            throw new IllegalArgumentException(frame + " are not one picture");
        }
        BufferedImage image = new BufferedImage(frame.width(), frame.height(), BufferedImage.TYPE_INT_RGB);
        int[] row = new int[frame.width()];
        byte[] rgb = frame.rgb();
        for (int y = 0, i = 0; y < frame.height(); y++) {
            for (int x = 0; x < frame.width(); x++, i += 3) {
                row[x] = (rgb[i] & 0xff) << 16 | (rgb[i + 1] & 0xff) << 8 | rgb[i + 2] & 0xff;
            }
            image.setRGB(0, y, frame.width(), 1, row, 0, frame.width());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        // The stream in memory: ImageIO's own writes a temporary file.
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
            if (!ImageIO.write(image, "png", stream)) {
                throw new IllegalStateException("no writer of PNG");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("into memory", e);
        }
        return out.toByteArray();
    }
}
