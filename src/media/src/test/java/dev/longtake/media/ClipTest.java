package dev.longtake.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longtake.engine.Frames;
import dev.longtake.media.fragment.Label;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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

    @Test
    void piecesOfClipsBehindOneHeaderAreTheJoinedFilm() throws Exception {
        int[] counts = {11, 6, 1, 40, 9, 24};
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        Path joined = dir.resolve("joined.mp4");
        long frame = 0;
        int pieces = 0;
        try (FilmJoiner joiner = new FilmJoiner(joined, FPS)) {
            for (int i = 0; i < counts.length; i++) {
                byte[] bytes = ClipEncoder.encode(MediaTest.frames(counts[i], i), FPS);
                Clip clip = Clip.parse(bytes);
                if (i == 0) {
                    stream.writeBytes(clip.header());
                }
                joiner.append(bytes, counts[i]);
                for (Clip.Piece piece : clip.pieces(frame, Label.LONGEST_FRAGMENT)) {
                    assertThat((long) piece.frames() * TICKS).isLessThanOrEqualTo(Label.LONGEST_FRAGMENT);
                    // What stands in front of a fragment in the store is passed over by players.
                    stream.writeBytes(Label.first(TICKS, piece.frames(), "0".repeat(16), true).toBytes());
                    stream.writeBytes(piece.bytes());
                    pieces++;
                }
                frame += counts[i];
            }
            joiner.finish();
        }
        assertThat(pieces).isEqualTo(1 + 1 + 1 + 3 + 1 + 2);
        Path file = Files.write(dir.resolve("stream.mp4"), stream.toByteArray());
        FilmProbe probe = FilmProbe.of(file);
        assertThat(probe.frames()).isEqualTo(91);
        assertThat(probe.monotonic()).isTrue();
        assertThat(ClipReader.read(file)).isEqualTo(ClipReader.read(joined));
    }

    @Test
    void fragmentNumbersRiseThroughAFilmAndFollowFromTheFrame() throws Exception {
        byte[] piece = clip(11, 1).pieces(1_000, Label.LONGEST_FRAGMENT).get(0).bytes();
        String text = new String(piece, StandardCharsets.ISO_8859_1);
        ByteBuffer fields = ByteBuffer.wrap(piece);
        int first = text.indexOf("mfhd");
        assertThat(fields.getInt(first + 8)).isEqualTo(1_001);
        assertThat(fields.getInt(text.indexOf("mfhd", first + 1) + 8)).as("eight frames are a second").isEqualTo(1_009);
        assertThat(fields.getLong(text.indexOf("tfdt") + 8)).isEqualTo(1_000L * TICKS);
    }

    @Test
    void whatDescribesAClipIsTwoBoxesAndWhatBelongsToAFileIsLeftOut() throws Exception {
        byte[] bytes = ClipEncoder.encode(MediaTest.frames(11, 1), FPS);
        Clip clip = Clip.parse(bytes);
        assertThat(types(clip.header())).containsExactly("ftyp", "moov");
        assertThat(types(bytes)).contains("mfra");
        assertThat(types(clip.pieces(0, Label.LONGEST_FRAGMENT).get(0).bytes())).containsExactly("moof", "mdat", "moof", "mdat");
        byte[] styp = {0, 0, 0, 8, 's', 't', 'y', 'p'};
        ByteArrayOutputStream with = new ByteArrayOutputStream();
        with.writeBytes(clip.header());
        with.writeBytes(styp);
        with.write(bytes, clip.header().length, bytes.length - clip.header().length);
        assertThat(Clip.parse(with.toByteArray()).pieces(5, Label.LONGEST_FRAGMENT).get(0).bytes()).isEqualTo(clip.pieces(5, Label.LONGEST_FRAGMENT).get(0).bytes());
        ByteArrayOutputStream before = new ByteArrayOutputStream();
        before.writeBytes(styp);
        before.writeBytes(bytes);
        assertThatThrownBy(() -> Clip.parse(before.toByteArray())).isInstanceOf(BadClipException.class).hasMessageContaining("does not begin");
    }

    private static List<String> types(byte[] boxes) throws BadClipException {
        return Box.in(ByteBuffer.wrap(boxes), 0, boxes.length).stream().map(Box::type).toList();
    }

    /** Taking a clip apart is Java alone, and takes what strangers send: it refuses by name, whatever is in it. */
    @Test
    void damagedClipsAreTakenApartOrRefusedByName() throws Exception {
        long seed = Long.getLong("longtake.seed", System.nanoTime());
        System.out.println("longtake.seed=" + seed);
        Random random = new Random(seed);
        byte[] whole = ClipEncoder.encode(MediaTest.frames(11, 1), FPS);
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] hurt = whole.clone();
            for (int k = random.nextInt(4); k >= 0; k--) {
                // Most of a clip is pictures, and boxes are what matters here.
                hurt[random.nextInt(random.nextInt(4) == 0 ? hurt.length : 1_200)] = (byte) (random.nextBoolean() ? random.nextInt(256) : random.nextInt(3) - 1);
            }
            try {
                List<Clip.Piece> pieces = Clip.parse(hurt).pieces(100, Label.LONGEST_FRAGMENT);
                assertThat(pieces.stream().mapToInt(p -> p.bytes().length).sum()).isLessThanOrEqualTo(whole.length);
            } catch (BadClipException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1_000);
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
