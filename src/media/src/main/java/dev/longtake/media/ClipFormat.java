package dev.longtake.media;

import org.bytedeco.ffmpeg.global.avutil;

/** What all clips have in common, so that they can be joined packet by packet. */
final class ClipFormat {
    /** Ticks of the video track in a second; every usual frame rate divides it. */
    static final int TIMESCALE = 90_000;
    static final String CODEC = "libopenh264";
    /**
     * Bits for each pixel of each frame, as the encoder is told: far more than small pictures need, so that what is seen is the model and not
     * the codec. A fixed fine quantiser would be finer still, but the encoder fails when it meets noise with it.
     */
    static final double BITS_PER_PIXEL = 6;

    static {
        // FFmpeg writes to the process's standard error, past every logger; what fails arrives as an exception.
        avutil.av_log_set_level(avutil.AV_LOG_FATAL);
    }

    private ClipFormat() {}

    /** Makes sure of the above before FFmpeg is called. */
    static void quiet() {}

    /** Ticks of one frame. @throws IllegalArgumentException if the rate does not divide the time scale */
    static int ticks(double fps) {
        double ticks = TIMESCALE / fps;
        if (ticks < 1 || ticks != Math.rint(ticks)) {
            throw new IllegalArgumentException(fps + " frames a second do not divide " + TIMESCALE);
        }
        return (int) ticks;
    }
}
