package dev.longtake.media;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.engine.Frames;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipTest {
    private static final double FPS = 8;
    private static final int TICKS = 11_250;

    @TempDir
    Path dir;

    private static Clip clip(int frames, int seed) throws BadClipException {
        return Clip.parse(ClipEncoder.encode(MediaTest.frames(frames, seed), FPS));
    }

    @Test
    void aFragmentForEachSecond() throws Exception {
        for (int frames : new int[] {1, 6, 8, 9, 11, 24}) {
            assertThat(clip(frames, 1).frames()).isEqualTo(frames);
            assertThat(clip(frames, 1).fragmentCount()).isEqualTo((frames + 7) / 8);
            assertThat(clip(frames, 1).ticks()).isEqualTo(TICKS);
        }
    }

    @Test
    void allHeadersAreTheSame() throws Exception {
        byte[] header = clip(1, 0).header();
        assertThat(clip(24, 3).header()).isEqualTo(header);
        assertThat(Clip.parse(ClipEncoder.encode(new Frames(5, 128, 128, new byte[5 * 128 * 128 * 3]), FPS)).header()).isEqualTo(header);
    }

    @Test
    void coloursAreTagged() throws Exception {
        // ISO 14496-12, section 12.1.5: BT.601 primaries, transfer and matrix; not full range.
        String tags = "colrnclx\0\6\0\6\0\6\0";
        byte[] clip = ClipEncoder.encode(MediaTest.frames(6, 1), FPS);
        assertThat(new String(Clip.parse(clip).header(), StandardCharsets.ISO_8859_1)).contains(tags);
        Path film = dir.resolve("film.mp4");
        try (FilmJoiner joiner = new FilmJoiner(film, FPS)) {
            joiner.append(clip, 6);
            joiner.finish();
        }
        assertThat(Files.readString(film, StandardCharsets.ISO_8859_1)).contains(tags);
    }

    @Test
    void oneClipAtTwoPlacesDiffersOnlyInItsPlace() throws Exception {
        Clip clip = clip(11, 1);
        byte[] early = clip.fragments(0, 1);
        byte[] late = clip.fragments(1_000_000, 70_000);
        assertThat(early).isEqualTo(Arrays.copyOfRange(clip.bytes(), clip.header().length, clip.header().length + early.length));
        assertThat(late).hasSameSizeAs(early);
        int differing = 0;
        for (int i = 0; i < early.length; i++) {
            differing += early[i] == late[i] ? 0 : 1;
        }
        // Two fragments, each with a number of 4 bytes and a time of 8.
        assertThat(differing).isBetween(1, 2 * 12);
        assertThat(clip.fragments(0, 1)).as("moving a clip leaves it as it was").isEqualTo(early);
    }

    @Test
    void fragmentsOfAFilmPlayAfterOneHeader() throws Exception {
        Clip a = clip(11, 1);
        Clip b = clip(6, 2);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.writeBytes(a.header());
        stream.writeBytes(a.fragments(0, 1));
        stream.writeBytes(b.fragments(11, 3));
        stream.writeBytes(a.fragments(17, 4));
        Path file = Files.write(dir.resolve("stream.mp4"), stream.toByteArray());
        FilmProbe probe = FilmProbe.of(file);
        assertThat(probe.frames()).isEqualTo(28);
        assertThat(probe.monotonic()).isTrue();
        Frames whole = ClipReader.read(file);
        assertThat(whole.slice(0, 11)).isEqualTo(ClipReader.read(a.bytes()));
        assertThat(whole.slice(11, 17)).isEqualTo(ClipReader.read(b.bytes()));
        assertThat(whole.slice(17, 28)).isEqualTo(ClipReader.read(a.bytes()));
    }

    /** Whatever a damaged clip says, it is refused or read: no other exception, and no crash of native code, which would take the process. */
    @Test
    void damageIsRefusedOrHarmless() throws Exception {
        long seed = Long.getLong("longtake.seed", System.nanoTime());
        System.out.println("longtake.seed=" + seed);
        Random random = new Random(seed);
        byte[] whole = ClipEncoder.encode(MediaTest.frames(11, 1), FPS);
        int mfra = whole.length - 86;
        int refused = 0;
        for (int round = 0; round < 150; round++) {
            byte[] cut = Arrays.copyOf(whole, random.nextInt(mfra - 1));
            byte[] hurt = whole.clone();
            hurt[random.nextInt(round % 2 == 0 ? 1_000 : hurt.length)] = (byte) random.nextInt(256);
            assertThat(accepts(cut)).as("cut to %d bytes", cut.length).isFalse();
            refused += accepts(hurt) ? 0 : 1;
        }
        assertThat(refused).isPositive();
    }

    private static boolean accepts(byte[] bytes) {
        try {
            return ClipReader.read(bytes).count() == 11;
        } catch (BadClipException e) {
            return false;
        }
    }
}
