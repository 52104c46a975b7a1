package dev.longtake.media;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.javacv.FFmpegFrameGrabber;
import org.bytedeco.javacv.FrameGrabber;

/**
 * What a film's container says.
 *
 * @param frames     packets of the video track
 * @param seconds    duration of the track
 * @param fps        frames a second
 * @param monotonic  whether every frame is shown one frame's time after the one before
 * @param fastStart  whether the index stands before the pictures
 */
public record FilmProbe(int frames, double seconds, double fps, int width, int height, boolean monotonic, boolean fastStart) {

    public static FilmProbe of(Path film) throws BadClipException, IOException {
        ClipFormat.quiet();
        try (FFmpegFrameGrabber grabber = new FFmpegFrameGrabber(film.toFile())) {
            grabber.start();
            AVFormatContext in = grabber.getFormatContext();
            AVStream stream = in.streams(0);
            double base = stream.time_base().num() / (double) stream.time_base().den();
            double seconds = stream.duration() * base;
            int frames = 0;
            boolean monotonic = true;
            long before = Long.MIN_VALUE;
            long step = -1;
            for (AVPacket packet = grabber.grabPacket(); packet != null && packet.size() > 0; packet = grabber.grabPacket()) {
                if (frames == 0) {
                    monotonic = packet.pts() == 0;
                } else {
                    step = step < 0 ? packet.pts() - before : step;
                    monotonic &= packet.pts() - before == step && step > 0 && packet.dts() == packet.pts();
                }
                before = packet.pts();
                frames++;
            }
            return new FilmProbe(frames, seconds, grabber.getVideoFrameRate(), grabber.getImageWidth(), grabber.getImageHeight(), monotonic, fastStart(film));
        } catch (FrameGrabber.Exception e) {
            throw new BadClipException("the film cannot be read: " + e.getMessage(), e);
        }
    }

    /** Reads the top-level boxes (ISO 14496-12): is {@code moov} before {@code mdat}? */
    private static boolean fastStart(Path film) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(film.toFile(), "r")) {
            long at = 0;
            while (at + 8 <= file.length()) {
                file.seek(at);
                long size = file.readInt() & 0xffffffffL;
                byte[] type = new byte[4];
                file.readFully(type);
                String name = new String(type, java.nio.charset.StandardCharsets.US_ASCII);
                if (name.equals("moov") || name.equals("mdat")) {
                    return name.equals("moov");
                }
                if (size == 1) {
                    size = file.readLong();
                }
                if (size < 8) {
                    return false;
                }
                at += size;
            }
            return false;
        }
    }
}
