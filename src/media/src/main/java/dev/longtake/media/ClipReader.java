package dev.longtake.media;

import dev.longtake.engine.Frames;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacv.FFmpegFrameGrabber;
import org.bytedeco.javacv.Frame;
import org.bytedeco.javacv.FrameGrabber;

/** Decodes clips and films. */
public final class ClipReader {
    private ClipReader() {}

    /** All frames of a clip. */
    public static Frames read(byte[] clip) throws BadClipException {
        int expected = Clip.parse(clip).frames();
        Frames frames = read(new FFmpegFrameGrabber((InputStream) new ByteArrayInputStream(clip), 0));
        if (frames.count() != expected) {
            throw new BadClipException("only " + frames.count() + " of a clip's " + expected + " frames can be decoded");
        }
        return frames;
    }

    /** All frames of a film; for tests and short films, since all are in memory at once. */
    public static Frames read(Path film) throws BadClipException {
        return read(new FFmpegFrameGrabber(film.toFile()));
    }

    private static Frames read(FFmpegFrameGrabber source) throws BadClipException {
        ClipFormat.quiet();
        ByteArrayOutputStream rgb = new ByteArrayOutputStream();
        int count = 0;
        try (FFmpegFrameGrabber grabber = source) {
            grabber.setPixelFormat(avutil.AV_PIX_FMT_RGB24);
            grabber.start();
            int width = grabber.getImageWidth();
            int height = grabber.getImageHeight();
            byte[] row = new byte[width * 3];
            for (Frame frame = grabber.grabImage(); frame != null; frame = grabber.grabImage()) {
                ByteBuffer pixels = (ByteBuffer) frame.image[0];
                for (int y = 0; y < height; y++) {
                    pixels.position(y * frame.imageStride);
                    pixels.get(row);
                    rgb.write(row, 0, row.length);
                }
                count++;
            }
            grabber.stop();
            if (count == 0) {
                throw new BadClipException("a clip without frames");
            }
            return new Frames(count, width, height, rgb.toByteArray());
        } catch (FrameGrabber.Exception e) {
            throw new BadClipException("a clip cannot be read: " + e.getMessage(), e);
        }
    }
}
