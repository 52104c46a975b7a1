package dev.longtake.media;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
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
 * Joins clips into one film by copying packets: nothing is encoded again, and memory does not grow with the film. The result is an MP4
 * whose index stands at its front ({@code faststart}), so that it plays while it loads. Frame {@code n} of the film is shown at
 * {@code n / fps}, whatever the clips say.
 */
public final class FilmJoiner implements AutoCloseable {
    private final AVFormatContext out = new AVFormatContext(null);
    private final Path target;
    private final int ticks;
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
     * @throws BadClipException if it is damaged, has other frames than that, or was encoded with other settings than the first
     */
    public void append(byte[] clip, int expectedFrames) throws BadClipException {
        try (FFmpegFrameGrabber grabber = new FFmpegFrameGrabber((InputStream) new ByteArrayInputStream(clip), 0)) {
            grabber.start();
            AVFormatContext in = grabber.getFormatContext();
            if (in.nb_streams() != 1) {
                throw new BadClipException("a clip has " + in.nb_streams() + " tracks, not one");
            }
            AVCodecParameters parameters = in.streams(0).codecpar();
            check(parameters);
            int copied = 0;
            for (AVPacket packet = grabber.grabPacket(); packet != null && packet.size() > 0; packet = grabber.grabPacket()) {
                boolean key = (packet.flags() & avcodec.AV_PKT_FLAG_KEY) != 0;
                if (copied == 0 && !key || (packet.flags() & avcodec.AV_PKT_FLAG_CORRUPT) != 0) {
                    throw new BadClipException("a clip is damaged at frame " + copied);
                }
                write(packet);
                copied++;
            }
            if (copied != expectedFrames) {
                throw new BadClipException("a clip has " + copied + " frames, not " + expectedFrames);
            }
        } catch (FrameGrabber.Exception e) {
            throw new BadClipException("a clip cannot be read: " + e.getMessage(), e);
        }
    }

    private void check(AVCodecParameters parameters) throws BadClipException {
        byte[] found = new byte[parameters.extradata_size()];
        new BytePointer(parameters.extradata()).capacity(found.length).get(found);
        if (header == null) {
            header = found;
            begin(parameters);
        } else if (!Arrays.equals(header, found)) {
            throw new BadClipException("a clip was encoded with other settings than the first");
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

    private void write(AVPacket packet) {
        packet.stream_index(stream.index());
        packet.pts(frames * ticks);
        packet.dts(frames * ticks);
        packet.duration(ticks);
        packet.pos(-1);
        avcodec.av_packet_rescale_ts(packet, avutil.av_make_q(1, ClipFormat.TIMESCALE), stream.time_base());
        must(avformat.av_write_frame(out, packet), "write");
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
            String reason = new String(text, java.nio.charset.StandardCharsets.UTF_8).trim();
            throw new IllegalStateException("cannot " + what + " the film " + target + ": " + reason);
        }
    }

    @Override
    public void close() {
        if (!closed && !out.isNull()) {
            closed = true;
            if (out.pb() != null) {
                avformat.avio_closep(out.pb());
            }
            avformat.avformat_free_context(out);
        }
    }
}
