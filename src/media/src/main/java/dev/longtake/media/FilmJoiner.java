package dev.longtake.media;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacv.FFmpegFrameGrabber;
import org.bytedeco.javacv.FrameGrabber;

/**
 * Joins clips into one film by copying packets: nothing is encoded again, and memory does not grow with the film, but for FFmpeg's
 * index of its frames. The result is an MP4 whose index stands at its front ({@code faststart}), so that it plays while it loads. Frame
 * {@code n} of the film is shown at {@code n / fps}.
 *
 * <p>A file that cannot be written (a full disk) is an {@link UncheckedIOException}: no clip's fault.
 */
public final class FilmJoiner implements AutoCloseable {
    private final AVFormatContext out = new AVFormatContext(null);
    private final Path target;
    private final int ticks;
    private final AVPacket packet = avcodec.av_packet_alloc();
    private AVStream stream;
    private byte[] header;
    private long frames;
    private boolean closed;

    /** @param target the film's file; replaced if it exists */
    public FilmJoiner(Path target, double fps) {
        this.target = target;
        this.ticks = ClipFormat.ticks(fps);
    }

    /**
     * Appends a clip.
     *
     * @param expectedFrames frames it must have
     * @throws BadClipException if it is damaged, has other frames than that, or was encoded with other settings than the first. Nothing
     *                          was appended then
     */
    public void append(byte[] bytes, int expectedFrames) throws BadClipException {
        Clip clip = Clip.parse(bytes);
        if (clip.frames() != expectedFrames) {
            throw new BadClipException("a clip has " + clip.frames() + " frames, not " + expectedFrames);
        }
        if (clip.ticks() != ticks) {
            throw new BadClipException("a clip does not run at the film's speed");
        }
        byte[] found = clip.header();
        if (header == null) {
            begin(bytes);
            header = found;
        } else if (!Arrays.equals(header, found)) {
            throw BadClipException.unlikeTheFirst();
        }
        for (Clip.Sample sample : clip.samples()) {
            write(bytes, sample);
        }
    }

    /** Takes size, parameter sets and colours from the first clip. */
    private void begin(byte[] clip) throws BadClipException {
        try (FFmpegFrameGrabber grabber = new FFmpegFrameGrabber((InputStream) new ByteArrayInputStream(clip), 0)) {
            grabber.start();
            begin(grabber.getFormatContext().streams(0).codecpar());
        } catch (FrameGrabber.Exception e) {
            throw new BadClipException("a clip cannot be read: " + e.getMessage(), e);
        }
    }

    private void begin(AVCodecParameters parameters) {
        must(avformat.avformat_alloc_output_context2(out, null, "mp4", target.toString()), "make");
        out.flags(out.flags() | AVFormatContext.AVFMT_FLAG_BITEXACT);
        stream = avformat.avformat_new_stream(out, null);
        must(avcodec.avcodec_parameters_copy(stream.codecpar(), parameters), "describe");
        stream.codecpar().codec_tag(0);
        stream.time_base(avutil.av_make_q(1, ClipFormat.TIMESCALE));
        AVIOContext file = new AVIOContext(null);
        must(avformat.avio_open(file, target.toString(), avformat.AVIO_FLAG_WRITE), "open");
        out.pb(file);
        AVDictionary options = new AVDictionary(null);
        avutil.av_dict_set(options, "movflags", "faststart", 0);
        avutil.av_dict_set(options, "video_track_timescale", Integer.toString(ClipFormat.TIMESCALE), 0);
        must(avformat.avformat_write_header(out, options), "begin");
        avutil.av_dict_free(options);
    }

    private void write(byte[] clip, Clip.Sample sample) {
        must(avcodec.av_new_packet(packet, sample.size()), "hold a frame of");
        packet.data().capacity(sample.size()).put(clip, sample.offset(), sample.size());
        packet.flags(sample.key() ? avcodec.AV_PKT_FLAG_KEY : 0);
        packet.stream_index(stream.index());
        packet.pts(frames * ticks);
        packet.dts(frames * ticks);
        packet.duration(ticks);
        avcodec.av_packet_rescale_ts(packet, avutil.av_make_q(1, ClipFormat.TIMESCALE), stream.time_base());
        must(avformat.av_write_frame(out, packet), "write");
        avcodec.av_packet_unref(packet);
        frames++;
    }

    /** Writes the index to the front. @return frames of the film */
    public long finish() {
        if (stream == null) {
            throw new IllegalStateException("a film without clips");
        }
        must(avformat.av_write_trailer(out), "finish");
        return frames;
    }

    private void must(int result, String what) {
        if (result < 0) {
            byte[] text = new byte[256];
            avutil.av_strerror(result, text, text.length);
            String reason = new String(text, StandardCharsets.UTF_8).trim();
            throw new UncheckedIOException(new IOException("cannot " + what + " the film " + target + ": " + reason));
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        avcodec.av_packet_free(packet);
        if (!out.isNull()) {
            if (out.pb() != null) {
                avformat.avio_closep(out.pb());
            }
            avformat.avformat_free_context(out);
        }
    }
}
