package dev.longtake.media;

import dev.longtake.engine.Frames;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.javacv.FFmpegFrameRecorder;
import org.bytedeco.javacv.Frame;

/**
 * Encodes a segment's new frames as a clip: H.264 in closed-GOP fragments (CMAF), from frame 0, knowing nothing of its film. The same
 * frames give the same bytes.
 */
public final class ClipEncoder {
    private ClipEncoder() {}

    /** @return an MP4 of {@code frames.count()} frames */
    public static byte[] encode(Frames frames, double fps) {
        ClipFormat.ticks(fps);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (FFmpegFrameRecorder recorder = new FFmpegFrameRecorder(out, frames.width(), frames.height())) {
            recorder.setFormat("mp4");
            recorder.setVideoCodec(avcodec.AV_CODEC_ID_H264);
            recorder.setVideoCodecName(ClipFormat.CODEC);
            recorder.setPixelFormat(avutil.AV_PIX_FMT_YUV420P);
            recorder.setFrameRate(fps);
            recorder.setGopSize((int) Math.max(1, Math.round(fps)));
            recorder.setVideoBitrate((int) Math.min(50_000_000, Math.max(400_000, frames.width() * frames.height() * fps * ClipFormat.BITS_PER_PIXEL)));
            // The conversion to YUV, too, gives the same on every processor.
            recorder.setImageScalingFlags(swscale.SWS_BICUBIC | swscale.SWS_ACCURATE_RND | swscale.SWS_BITEXACT | swscale.SWS_FULL_CHR_H_INP);
            recorder.setVideoOption("threads", "1");
            recorder.setVideoOption("flags", "+bitexact+cgop");
            recorder.setVideoOption("allow_skip_frames", "0");
            // Untagged video is drawn by guesswork: small pictures as BT.601, which is what the conversion below makes.
            recorder.setVideoOption("colorspace", "smpte170m");
            recorder.setVideoOption("color_primaries", "smpte170m");
            recorder.setVideoOption("color_trc", "smpte170m");
            recorder.setVideoOption("color_range", "tv");
            recorder.setOption("fflags", "+bitexact");
            recorder.setOption("movflags", "frag_keyframe+empty_moov+default_base_moof+cmaf");
            recorder.setOption("use_editlist", "0");
            recorder.setOption("avoid_negative_ts", "disabled");
            recorder.setOption("video_track_timescale", Integer.toString(ClipFormat.TIMESCALE));
            recorder.start();
            ByteBuffer pixels = ByteBuffer.allocateDirect(frames.frameBytes());
            for (int i = 0; i < frames.count(); i++) {
                pixels.clear();
                pixels.put(frames.rgb(), i * frames.frameBytes(), frames.frameBytes()).flip();
                recorder.recordImage(frames.width(), frames.height(), Frame.DEPTH_UBYTE, 3, frames.width() * 3, avutil.AV_PIX_FMT_RGB24, pixels);
            }
            recorder.stop();
        } catch (org.bytedeco.javacv.FrameRecorder.Exception e) {
            throw new IllegalStateException("cannot encode a clip: " + e.getMessage(), e);
        }
        return out.toByteArray();
    }
}
