package dev.longtake.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.longtake.engine.Frames;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
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
        List<byte[]> clips = IntStream.range(0, counts.length).mapToObj(i -> ClipEncoder.encode(frames(counts[i], i), FPS)).toList();
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
    void aClipThatFailsLeavesTheFilmAsItWas() throws Exception {
        Path film = dir.resolve("film.mp4");
        byte[] clip = ClipEncoder.encode(frames(6, 1), FPS);
        try (FilmJoiner joiner = new FilmJoiner(film, FPS)) {
            joiner.append(clip, 6);
            assertThatThrownBy(() -> joiner.append(clip, 5)).isInstanceOf(BadClipException.class);
            assertThatThrownBy(() -> joiner.append(ClipEncoder.encode(frames(6, 1), 10), 6)).isInstanceOf(BadClipException.class).hasMessageContaining("speed");
            joiner.append(clip, 6);
            assertThat(joiner.finish()).isEqualTo(12);
        }
        assertThat(FilmProbe.of(film).frames()).isEqualTo(12);
    }

    @Test
    void aFileThatCannotBeWrittenIsNoClipsFault() {
        byte[] clip = ClipEncoder.encode(frames(6, 1), FPS);
        try (FilmJoiner joiner = new FilmJoiner(dir.resolve("no/such/folder/film.mp4"), FPS)) {
            assertThatThrownBy(() -> joiner.append(clip, 6)).isInstanceOf(UncheckedIOException.class);
        }
    }

    @Test
    void noiseCanBeEncodedToo() throws Exception {
        byte[] rgb = new byte[11 * 128 * 128 * 3];
        for (boolean blackAndWhite : new boolean[] {false, true}) {
            Random random = new Random(1);
            random.nextBytes(rgb);
            if (blackAndWhite) {
                for (int i = 0; i < rgb.length; i += 3) {
                    rgb[i] = rgb[i + 1] = rgb[i + 2] = (byte) (rgb[i] < 0 ? 0 : 255);
                }
            }
            assertThat(ClipReader.read(ClipEncoder.encode(new Frames(11, 128, 128, rgb), FPS)).count()).isEqualTo(11);
        }
    }

    @Test
    void aPosterIsTheFrameItShows() throws Exception {
        Frames f = frames(6, 2);
        BufferedImage poster = ImageIO.read(new ByteArrayInputStream(Stills.poster(f, 3)));
        assertThat(poster.getWidth()).isEqualTo(512);
        assertThat(poster.getRGB(20 * 4 + 3, 10 * 4)).isEqualTo(pixel(f, 3, 20, 10));
    }

    @Test
    void aContactSheetShowsItsFramesUnderTheirPrompts() throws Exception {
        Frames f = frames(6, 2);
        ContactSheet drawn = new ContactSheet(2, 6, 128, 128);
        for (int i = 0; i < 6; i++) {
            drawn.frame(1, i, f, i);
        }
        drawn.caption(1, 2, "The last scene, of which there is much more to say than there is room for above six small frames, which is why it is cut");
        BufferedImage sheet = ImageIO.read(new ByteArrayInputStream(drawn.png()));
        assertThat(sheet.getWidth()).isEqualTo(4 + 6 * 132);
        assertThat(sheet.getHeight()).isEqualTo(4 + 2 * (12 + 132));
        assertThat(sheet.getRGB(4 + 5 * 132 + 20, 4 + 144 + 12 + 10)).isEqualTo(pixel(f, 5, 20, 10));
        assertThat(inked(sheet, 4, 12)).as("the first row has no caption").isZero();
        assertThat(inked(sheet, 148, 156)).isPositive();
    }

    @Test
    void aSpriteSheetHasItsFramesSideBySide() throws Exception {
        Frames f = frames(6, 2);
        SpriteSheet drawn = new SpriteSheet(6, 128, 128);
        for (int i = 0; i < 6; i++) {
            drawn.frame(i, f, i);
        }
        BufferedImage sheet = ImageIO.read(new ByteArrayInputStream(drawn.png()));
        assertThat(sheet.getWidth()).isEqualTo(4 * 128);
        assertThat(sheet.getHeight()).isEqualTo(2 * 128);
        assertThat(sheet.getRGB(3 * 128 + 20, 10)).isEqualTo(pixel(f, 3, 20, 10));
        assertThat(sheet.getRGB(128 + 20, 128 + 10)).isEqualTo(pixel(f, 5, 20, 10));
        assertThat(sheet.getRGB(3 * 128, 255)).as("behind the last").isEqualTo(0xff000000);
        BufferedImage one = ImageIO.read(new ByteArrayInputStream(new SpriteSheet(1, 512, 512).png()));
        assertThat(one.getWidth()).as("large frames are made smaller").isEqualTo(128);
    }

    @Test
    void largeFramesAreMadeSmaller() throws Exception {
        byte[] grey = new byte[512 * 512 * 3];
        Arrays.fill(grey, (byte) 100);
        ContactSheet drawn = new ContactSheet(1, 1, 512, 512);
        drawn.frame(0, 0, new Frames(1, 512, 512, grey), 0);
        BufferedImage sheet = ImageIO.read(new ByteArrayInputStream(drawn.png()));
        assertThat(sheet.getWidth()).isEqualTo(8 + 128);
        assertThat(sheet.getRGB(4 + 127, 16 + 127) & 0xffffff).isEqualTo(0x646464);
    }

    @Test
    void captionsAreDrawnAsFarAsTheFontGoes() {
        assertThat(BitmapFont.drawable("Une cr\u00eape \u201cbelle\u201d\u2026")).isEqualTo("Une crepe \"belle\"...");
        assertThat(BitmapFont.drawable("\u4e00\u6761\u9c7c\u5728\u6d77\u91cc\u6e38\u3002")).as("a number alone says more than gaps").isEmpty();
        Set<Long> shapes = new HashSet<>();
        for (char c = ' '; c <= '~'; c++) {
            BufferedImage cell = new BufferedImage(6, 8, BufferedImage.TYPE_INT_RGB);
            BitmapFont.draw(cell, String.valueOf(c), 0, 0, 6, 0xffffff);
            shapes.add(IntStream.range(0, 48).filter(i -> (cell.getRGB(i % 6, i / 6) & 1) == 1).mapToLong(i -> 1L << i).sum());
        }
        assertThat(shapes).as("no two characters look the same").hasSize('~' - ' ' + 1);
    }

    private static int pixel(Frames f, int frame, int x, int y) {
        int at = frame * f.frameBytes() + (y * f.width() + x) * 3;
        return 0xff000000 | (f.rgb()[at] & 0xff) << 16 | (f.rgb()[at + 1] & 0xff) << 8 | f.rgb()[at + 2] & 0xff;
    }

    private static long inked(BufferedImage sheet, int from, int to) {
        int ground = sheet.getRGB(0, 0);
        return IntStream.range(from * sheet.getWidth(), to * sheet.getWidth()).filter(i -> sheet.getRGB(i % sheet.getWidth(), i / sheet.getWidth()) != ground).count();
    }
}
