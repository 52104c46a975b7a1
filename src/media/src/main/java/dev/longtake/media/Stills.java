package dev.longtake.media;

import dev.longtake.engine.Frames;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** Single frames as PNGs. */
public final class Stills {
    private static final int POSTER_WIDTH = 512;

    private Stills() {}

    /** One frame, enlarged by a whole number if it is small. */
    public static byte[] poster(Frames frames, int index) {
        int scale = Math.max(1, POSTER_WIDTH / frames.width());
        BufferedImage image = new BufferedImage(frames.width() * scale, frames.height() * scale, BufferedImage.TYPE_INT_RGB);
        byte[] rgb = frames.rgb();
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                int at = index * frames.frameBytes() + (y / scale * frames.width() + x / scale) * 3;
                image.setRGB(x, y, (rgb[at] & 0xff) << 16 | (rgb[at + 1] & 0xff) << 8 | rgb[at + 2] & 0xff);
            }
        }
        return png(image);
    }

    /** The mean colour of a square of a frame. @param side in pixels */
    static int mean(Frames frames, int index, int left, int top, int side) {
        int[] sum = new int[3];
        for (int y = top; y < top + side; y++) {
            for (int x = left; x < left + side; x++) {
                int at = index * frames.frameBytes() + (Math.min(y, frames.height() - 1) * frames.width() + x) * 3;
                for (int c = 0; c < 3; c++) {
                    sum[c] += frames.rgb()[at + c] & 0xff;
                }
            }
        }
        int pixels = side * side;
        return sum[0] / pixels << 16 | sum[1] / pixels << 8 | sum[2] / pixels;
    }

    static byte[] png(BufferedImage image) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
