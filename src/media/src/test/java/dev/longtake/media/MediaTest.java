package dev.longtake.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.longtake.engine.Frames;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MediaTest {
    private static final double FPS = 8;

    @TempDir
    Path dir;

    /** Moving shapes, a different colour for each seed. */
    static Frames frames(int count, int seed) {
        byte[] rgb = new byte[count * 128 * 128 * 3];
        for (int t = 0; t < count; t++) {
            for (int y = 0; y < 128; y++) {
                for (int x = 0; x < 128; x++) {
                    int at = ((t * 128 + y) * 128 + x) * 3;
                    boolean inside = Math.hypot(x - 20 - 5 * t, y - 64 - seed) < 18;
                    rgb[at] = (byte) (inside ? 230 : 40 + seed * 20);
                    rgb[at + 1] = (byte) (inside ? 200 - seed * 30 : y);
                    rgb[at + 2] = (byte) (inside ? 40 : 120 + x / 2);
                }
            }
        }
        return new Frames(count, 128, 128, rgb);
    }

    private static double psnr(Frames a, Frames b) {
        double sum = 0;
        for (int i = 0; i < a.rgb().length; i++) {
            double d = (a.rgb()[i] & 0xff) - (b.rgb()[i] & 0xff);
            sum += d * d;
        }
        return 10 * Math.log10(255 * 255 / (sum / a.rgb().length));
    }

    @Test
    void theSameFramesGiveTheSameBytesAndLookTheSame() throws Exception {
        byte[] clip = ClipEncoder.encode(frames(11, 1), FPS);
        assertThat(ClipEncoder.encode(frames(11, 1), FPS)).isEqualTo(clip);
        Frames back = ClipReader.read(clip);
        assertThat(back.count()).isEqualTo(11);
        assertThat(psnr(frames(11, 1), back)).as("hard colour edges lose most to halved chroma").isGreaterThan(28);
    }

    @Test
    void aFilmIsItsClipsPixelForPixel() throws Exception {
        Path film = dir.resolve("film.mp4");
        int[] counts = {11, 6, 6, 1, 11, 2};
        List<byte[]> clips = java.util.stream.IntStream.range(0, counts.length).mapToObj(i -> ClipEncoder.encode(frames(counts[i], i), FPS)).toList();
        try (FilmJoiner joiner = new FilmJoiner(film, FPS)) {
            for (int i = 0; i < counts.length; i++) {
                joiner.append(clips.get(i), counts[i]);
            }
            assertThat(joiner.finish()).isEqualTo(37);
        }
        FilmProbe probe = FilmProbe.of(film);
        assertThat(probe.frames()).isEqualTo(37);
        assertThat(probe.seconds()).isEqualTo(37 / FPS, within(1e-6));
        assertThat(probe.fps()).isEqualTo(FPS);
        assertThat(probe.monotonic()).isTrue();
        assertThat(probe.fastStart()).isTrue();
        Frames whole = ClipReader.read(film);
        int from = 0;
        for (int i = 0; i < counts.length; i++) {
            assertThat(whole.slice(from, from + counts[i])).as("clip %d", i).isEqualTo(ClipReader.read(clips.get(i)));
            from += counts[i];
        }
    }

    @Test
    void joiningTheSameClipsGivesTheSameBytes() throws Exception {
        byte[][] films = new byte[2][];
        for (int k = 0; k < 2; k++) {
            Path film = dir.resolve("film" + k + ".mp4");
            try (FilmJoiner joiner = new FilmJoiner(film, FPS)) {
                joiner.append(ClipEncoder.encode(frames(11, 0), FPS), 11);
                joiner.append(ClipEncoder.encode(frames(6, 1), FPS), 6);
                joiner.finish();
            }
            films[k] = java.nio.file.Files.readAllBytes(film);
        }
        assertThat(films[0]).isEqualTo(films[1]);
    }

    @Test
    void badClipsAreRefusedByName() throws Exception {
        byte[] clip = ClipEncoder.encode(frames(11, 1), FPS);
        try (FilmJoiner joiner = new FilmJoiner(dir.resolve("film.mp4"), FPS)) {
            joiner.append(clip, 11);
            assertThatThrownBy(() -> joiner.append(clip, 6)).isInstanceOf(BadClipException.class).hasMessageContaining("11 frames, not 6");
            assertThatThrownBy(() -> joiner.append(Arrays.copyOf(clip, clip.length / 2), 11)).isInstanceOf(BadClipException.class);
            assertThatThrownBy(() -> joiner.append(new byte[100], 11)).isInstanceOf(BadClipException.class);
            Frames other = new Frames(5, 64, 64, new byte[5 * 64 * 64 * 3]);
            assertThatThrownBy(() -> joiner.append(ClipEncoder.encode(other, FPS), 5)).isInstanceOf(BadClipException.class).hasMessageContaining("other settings");
        }
    }

    @Test
    void stillsAreTheFramesTheyShow() throws Exception {
        Frames f = frames(6, 2);
        var poster = ImageIO.read(new ByteArrayInputStream(Stills.poster(f, 3, 2)));
        assertThat(poster.getWidth()).isEqualTo(256);
        int at = 3 * f.frameBytes() + (10 * 128 + 20) * 3;
        assertThat(poster.getRGB(41, 21) & 0xffffff).isEqualTo((f.rgb()[at] & 0xff) << 16 | (f.rgb()[at + 1] & 0xff) << 8 | f.rgb()[at + 2] & 0xff);
        var sheet = ImageIO.read(new ByteArrayInputStream(Stills.contactSheet(List.of(f, frames(3, 1)))));
        assertThat(sheet.getWidth()).isEqualTo(6 * 132 + 4);
        assertThat(sheet.getHeight()).isEqualTo(2 * 132 + 4);
    }
}
