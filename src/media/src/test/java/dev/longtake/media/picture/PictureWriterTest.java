package dev.longtake.media.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longtake.engine.Frames;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PictureWriterTest {
    @Test
    void whatIsWrittenIsReadAgainPixelByPixel() throws Exception {
        byte[] rgb = new byte[13 * 7 * 3];
        new Random(1).nextBytes(rgb);
        Frames frame = new Frames(1, 13, 7, rgb);
        assertThat(PictureReader.read(PictureWriter.png(frame), 13, 7, PictureLimits.DEFAULT)).isEqualTo(frame);
    }

    @Test
    void severalFramesAreNoPicture() {
        assertThatThrownBy(() -> PictureWriter.png(new Frames(2, 1, 1, new byte[6]))).isInstanceOf(IllegalArgumentException.class);
    }
}
