package dev.longtake.media.picture;

import dev.longtake.engine.Frames;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * A PNG or JPEG from a stranger as one frame: its middle, cut to the film's proportions, upright, on white where it is transparent.
 * Size is judged by the header; only the middle is decoded, and only as finely as the frame needs, so memory is bounded whatever the
 * file claims. Other formats are refused by their first bytes and never reach a decoder.
 */
public final class PictureReader {
    /** Source pixels decoded for a frame's side, at least and at most twice: what is finer than this is left out while decoding. */
    private static final int OVERSAMPLING = 8;
    private static final int WHITE = 255;
    private static final String FIX = "send a PNG or a JPEG";

    private PictureReader() {}

    /**
     * @return one frame of {@code width × height}
     * @throws BadPictureException with what to do about it
     */
    public static Frames read(byte[] file, int width, int height, PictureLimits limits) throws BadPictureException {
        if (file.length > limits.bytes()) {
            throw tooManyBytes(limits);
        }
        boolean png = startsWith(file, Png.SIGNATURE);
        if (!png && !startsWith(file, new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff})) {
            throw new BadPictureException(file.length == 0 ? "the picture is empty" : "not a PNG or JPEG", FIX);
        }
        if (png && !Png.isWhole(file)) {
            throw cutShort();
        }
        int orientation = png ? Png.orientation(file) : Orientation.ofJpeg(file);
        boolean side = Orientation.onItsSide(orientation);
        BufferedImage middle = decode(file, png ? "png" : "jpeg", side ? height : width, side ? width : height, limits);
        float[] upright = upright(rgbOnWhite(middle), middle.getWidth(), middle.getHeight(), orientation);
        return frame(Scaling.resize(upright, side ? middle.getHeight() : middle.getWidth(), side ? middle.getWidth() : middle.getHeight(), width, height), width, height);
    }

    /** What is said of a picture that has too many bytes, wherever that is noticed. */
    public static BadPictureException tooManyBytes(PictureLimits limits) {
        int mebi = limits.bytes() >> 20;
        return new BadPictureException("the picture is over " + (mebi > 0 ? mebi + " MiB" : limits.bytes() + " bytes"), "send a smaller one, a JPEG for example");
    }

    private static BadPictureException cutShort() {
        return new BadPictureException("the picture is cut short", "send the whole file");
    }

    private static boolean startsWith(byte[] file, byte[] first) {
        return file.length >= first.length && java.util.Arrays.equals(file, 0, first.length, first, 0, first.length);
    }

    private static BufferedImage decode(byte[] file, String format, int width, int height, PictureLimits limits) throws BadPictureException {
        ImageReader reader = ImageIO.getImageReadersByFormatName(format).next();
        boolean[] short_ = {false};
        try (MemoryCacheImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            // Without metadata: compressed text and profiles in a PNG can be bombs of their own.
            reader.setInput(in, true, true);
            // A JPEG without its end is only warned of, and its rest is grey.
            reader.addIIOReadWarningListener((source, warning) -> short_[0] |= warning.toLowerCase(Locale.ROOT).contains("premature"));
            int fullWidth = reader.getWidth(0);
            int fullHeight = reader.getHeight(0);
            if ((long) fullWidth * fullHeight > limits.pixels()) {
                throw new BadPictureException("the picture has " + fullWidth + "x" + fullHeight + " pixels, over " + limits.pixels(), "send a smaller one; a frame has " + width + "x" + height);
            }
            ImageReadParam param = reader.getDefaultReadParam();
            Rectangle middle = middle(fullWidth, fullHeight, width, height);
            param.setSourceRegion(middle);
            int step = Math.max(1, Math.min(middle.width / (width * OVERSAMPLING), middle.height / (height * OVERSAMPLING)));
            param.setSourceSubsampling(step, step, 0, 0);
            BufferedImage image = reader.read(0, param);
            if (short_[0]) {
                throw cutShort();
            }
            return image;
        } catch (IOException | RuntimeException e) {
            // Decoders answer nonsense with all kinds of exceptions.
            throw new BadPictureException("the picture cannot be read: it is damaged, or of a rare kind", "open and save it again as PNG or JPEG");
        } finally {
            reader.dispose();
        }
    }

    /** The largest part of the picture with the frame's proportions, from its middle. */
    private static Rectangle middle(int fullWidth, int fullHeight, int width, int height) {
        int cutWidth = (int) Math.max(1, Math.min(fullWidth, Math.round((double) fullHeight * width / height)));
        int cutHeight = (int) Math.max(1, Math.min(fullHeight, Math.round((double) fullWidth * height / width)));
        return new Rectangle((fullWidth - cutWidth) / 2, (fullHeight - cutHeight) / 2, cutWidth, cutHeight);
    }

    private static float[] rgbOnWhite(BufferedImage image) {
        int pixels = image.getWidth() * image.getHeight();
        float[] rgb = new float[pixels * 3];
        boolean grey = image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY && !(image.getColorModel() instanceof IndexColorModel);
        if (grey) {
            // Java takes grey values for linear light and would brighten them; files mean sRGB.
            Raster raster = image.getRaster();
            double full = (1L << image.getColorModel().getComponentSize(0)) - 1;
            double[] samples = raster.getPixels(0, 0, image.getWidth(), image.getHeight(), (double[]) null);
            int bands = raster.getNumBands();
            for (int i = 0; i < pixels; i++) {
                double alpha = bands > 1 ? samples[i * bands + 1] / full : 1;
                float value = (float) (samples[i * bands] / full * WHITE * alpha + WHITE * (1 - alpha));
                rgb[3 * i] = value;
                rgb[3 * i + 1] = value;
                rgb[3 * i + 2] = value;
            }
            return rgb;
        }
        BufferedImage plain = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_ARGB);
        Graphics2D graphics = plain.createGraphics();
        graphics.drawImage(image, 0, 0, null);
        graphics.dispose();
        int[] argb = plain.getRGB(0, 0, plain.getWidth(), plain.getHeight(), null, 0, plain.getWidth());
        for (int i = 0; i < pixels; i++) {
            float alpha = (argb[i] >>> 24) / (float) WHITE;
            for (int c = 0; c < 3; c++) {
                rgb[3 * i + c] = (argb[i] >> 16 - 8 * c & 0xff) * alpha + WHITE * (1 - alpha);
            }
        }
        return rgb;
    }

    /** Turns a stored picture as its orientation says. For 5 to 8 the result is {@code width} high. */
    private static float[] upright(float[] rgb, int width, int height, int orientation) {
        if (orientation == Orientation.UPRIGHT) {
            return rgb;
        }
        boolean side = Orientation.onItsSide(orientation);
        int toWidth = side ? height : width;
        int toHeight = side ? width : height;
        float[] out = new float[rgb.length];
        for (int y = 0; y < toHeight; y++) {
            for (int x = 0; x < toWidth; x++) {
                int fromX = switch (orientation) {
                    case 2, 3 -> width - 1 - x;
                    case 4 -> x;
                    case 5, 6 -> y;
                    default -> width - 1 - y;
                };
                int fromY = switch (orientation) {
                    case 2 -> y;
                    case 3, 4 -> height - 1 - y;
                    case 5, 8 -> x;
                    default -> height - 1 - x;
                };
                System.arraycopy(rgb, (fromY * width + fromX) * 3, out, (y * toWidth + x) * 3, 3);
            }
        }
        return out;
    }

    private static Frames frame(float[] rgb, int width, int height) {
        byte[] bytes = new byte[rgb.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Math.max(0, Math.min(WHITE, Math.round(rgb[i])));
        }
        return new Frames(1, width, height, bytes);
    }
}
