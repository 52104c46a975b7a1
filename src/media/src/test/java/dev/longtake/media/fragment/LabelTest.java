package dev.longtake.media.fragment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longtake.media.BadClipException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LabelTest {
    /** Of 8 frames a second. */
    private static final int TICKS = 11_250;
    private static final String INIT = "0123456789abcdef";
    private static final String OTHER = "fedcba9876543210";

    /** Labels of a film of such fragments, each a segment. */
    private static List<Label> film(int... frames) {
        List<Label> all = new ArrayList<>();
        for (int f : frames) {
            all.add(all.isEmpty() ? Label.first(TICKS, f, INIT, true) : all.get(all.size() - 1).next(f, INIT, true));
        }
        return all;
    }

    /** All entries of a film, by walking back from its newest fragment. */
    private static List<Entry> entries(List<Label> film, int newest) {
        List<Entry> all = new ArrayList<>();
        for (Label block = film.get(newest); ; block = film.get(block.first() - 1)) {
            List<Entry> laid = new ArrayList<>(block.laidOut());
            if (block.number() != newest) {
                laid.set(laid.size() - 1, laid.get(laid.size() - 1).closed());
            }
            assertThat(all.isEmpty() || block.entries() + laid.size() == film.get(all.get(0).first()).entries()).as("entries are counted through").isTrue();
            all.addAll(0, laid);
            if (block.first() == 0) {
                return all;
            }
        }
    }

    @Test
    void theFirstSecondsComeOneByOneAndLaterOnesAreGathered() {
        int[] frames = new int[30];
        Arrays.fill(frames, 6);
        frames[0] = 11;
        List<Entry> entries = entries(film(frames), 29);
        // The first ends at 11 frames, the next four begin before 32 (4 s), the sixth at 35; from there on six are 36 frames, 4.5 s.
        assertThat(entries).extracting(Entry::first).containsExactly(0, 1, 2, 3, 4, 5, 11, 17, 23, 29);
        assertThat(entries).extracting(Entry::frames).containsExactly(11, 6, 6, 6, 6, 36, 36, 36, 36, 6);
        assertThat(entries).extracting(Entry::open).containsExactly(false, false, false, false, false, false, false, false, false, true);
    }

    @Test
    void whatIsClosedNeverChangesHoweverAFilmGrows() throws Exception {
        long seed = Long.getLong("longtake.seed", System.nanoTime());
        System.out.println("longtake.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            List<Label> film = new ArrayList<>();
            List<Entry> before = List.of();
            String init = INIT;
            for (int n = 0; n < 900; n++) {
                int frames = 1 + random.nextInt(16);
                init = random.nextInt(100) == 0 ? (init.equals(INIT) ? OTHER : INIT) : init;
                boolean whole = random.nextInt(10) > 0;
                Label label = n == 0 ? Label.first(TICKS, frames, init, whole) : film.get(n - 1).next(frames, init, whole);
                assertThat(label.number()).isEqualTo(n);
                assertThat(label.toBytes().length).isLessThan(4_096);
                assertThat(Label.parse(label.toBytes())).isEqualTo(label);
                film.add(label);
                if (n % 50 == 49) {
                    List<Entry> now = entries(film, n);
                    for (int i = 0; i < before.size(); i++) {
                        assertThat(now.get(i).first()).isEqualTo(before.get(i).first());
                        if (!before.get(i).open()) {
                            assertThat(now.get(i)).isEqualTo(before.get(i));
                        }
                    }
                    for (int i = 0; i < now.size(); i++) {
                        Entry e = now.get(i);
                        assertThat((long) e.frames() * TICKS).isLessThan(Label.LONG_ENOUGH + Label.LONGEST_FRAGMENT);
                        boolean cutShort = i + 1 == now.size() || now.get(i + 1).anew();
                        assertThat(e.firstFrame() * TICKS < Label.LONG_ENOUGH || (long) e.frames() * TICKS >= Label.LONG_ENOUGH || cutShort).as("entry %s", e).isTrue();
                        assertThat(i == 0 || e.first() == now.get(i - 1).last() + 1 && e.firstFrame() == now.get(i - 1).endFrame()).isTrue();
                    }
                    before = now;
                }
            }
        }
    }

    @Test
    void aLabelOfALongFilmIsAsSmallAsThatOfAShortOne() {
        int[] frames = new int[10_000];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = i % 4 == 0 ? 11 : 6;
        }
        List<Label> film = film(frames);
        assertThat(film.stream().mapToInt(l -> l.toBytes().length).max().orElseThrow()).isLessThan(1_500);
        assertThat(entries(film, 9_999)).hasSizeBetween(1_900, 2_100);
    }

    @Test
    void damagedLabelsAreRefused() throws Exception {
        Label whole = film(11, 6, 6, 6).get(3).next(6, OTHER, false);
        byte[] bytes = whole.toBytes();
        assertThat(Label.parse(bytes)).isEqualTo(whole);
        assertThat(new String(bytes, StandardCharsets.US_ASCII)).endsWith("longtake-fragments-1 11250 4 1 0 0 0 =0123456789abcdef 11 6*3 !fedcba9876543210 6");
        long seed = Long.getLong("longtake.seed", System.nanoTime());
        System.out.println("longtake.seed=" + seed);
        Random random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < 5_000; round++) {
            byte[] hurt = Arrays.copyOf(bytes, random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length);
            for (int k = random.nextInt(3); k >= 0 && hurt.length > 0; k--) {
                hurt[random.nextInt(hurt.length)] = (byte) random.nextInt(256);
            }
            try {
                Label.parse(hurt).laidOut();
            } catch (BadClipException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(2_000);
        for (String bad : new String[] {"=0123456789abcdef 6*100001", "=0123456789abcdef 0", "6", "=0123456789abcdef", "=0123456789abcdef 6*99999 6*99999", "=0123456789abcdef 999999999999"}) {
            byte[] text = ("0000free" + "longtake-fragments-1 11250 4 1 0 0 0 " + bad).getBytes(StandardCharsets.US_ASCII);
            java.nio.ByteBuffer.wrap(text).putInt(text.length);
            assertThatThrownBy(() -> Label.parse(text)).as(bad).isInstanceOf(BadClipException.class);
        }
    }

    @Test
    void aLongLabelIsReadWhole() throws Exception {
        Label label = Label.first(900, 1, INIT, true);
        for (int i = 0; i < 3_000; i++) {
            label = label.next(1 + i % 2, INIT, true);
        }
        byte[] bytes = Arrays.copyOf(label.toBytes(), label.toBytes().length + 100_000);
        AtomicInteger asked = new AtomicInteger();
        assertThat(Label.<RuntimeException>read(count -> {
            asked.addAndGet(count);
            return Arrays.copyOf(bytes, count);
        })).isEqualTo(label);
        assertThat(asked.get()).isLessThan(20_000);
    }

    @Test
    void theNewestIsFoundInFewQuestions() {
        for (int there : new int[] {0, 1, 2, 3, 7, 64, 9_999, 115_000}) {
            AtomicInteger asked = new AtomicInteger();
            assertThat(Newest.from(-1, n -> {
                asked.incrementAndGet();
                return n < there;
            })).isEqualTo(there - 1);
            assertThat(asked.get()).isLessThanOrEqualTo(36);
            asked.set(0);
            assertThat(Newest.from(Math.max(-1, there - 2), n -> {
                asked.incrementAndGet();
                return n < there;
            })).isEqualTo(there - 1);
            assertThat(asked.get()).isLessThanOrEqualTo(3);
        }
    }
}
