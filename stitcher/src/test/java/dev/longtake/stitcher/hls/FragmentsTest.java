package dev.longtake.stitcher.hls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.Digests;
import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.engine.Frames;
import dev.longtake.media.Clip;
import dev.longtake.media.ClipEncoder;
import dev.longtake.media.ClipReader;
import dev.longtake.media.FilmJoiner;
import dev.longtake.media.FilmProbe;
import dev.longtake.media.fragment.Label;
import dev.longtake.platform.memory.MemoryObjectStore;
import dev.longtake.platform.queue.QueueUnavailableException;
import dev.longtake.platform.store.ObjectStore;
import dev.longtake.platform.store.StoreUnavailableException;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FragmentsTest {
    private static final FilmRef FILM = new FilmRef("default", "film_a", 1);
    private static final int[] COUNTS = {11, 6, 6, 24, 1, 11, 6, 5};
    private static final List<byte[]> CLIPS = clips();

    @TempDir
    Path dir;

    private final MemoryObjectStore store = new MemoryObjectStore();

    private static List<byte[]> clips() {
        List<byte[]> clips = new ArrayList<>();
        for (int i = 0; i < COUNTS.length; i++) {
            clips.add(ClipEncoder.encode(frames(COUNTS[i], 128, i), 8));
        }
        return clips;
    }

    private static Frames frames(int count, int size, int seed) {
        byte[] rgb = new byte[count * size * size * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (40 + seed * 20 + i / (size * size * 3) * 4 + i % size / 4);
        }
        return new Frames(count, size, size, rgb);
    }

    private static AttemptRef attempt(int segment) {
        return new AttemptRef("key" + segment, "attempt" + segment);
    }

    private static Fragments.Source source(int segment) {
        return new Fragments.Source(attempt(segment), Optional.of(Digests.sha256(CLIPS.get(segment))));
    }

    private void putClips(ObjectStore into) {
        for (int i = 0; i < COUNTS.length; i++) {
            into.put(ObjectKeys.clip("default", attempt(i)), CLIPS.get(i), "video/mp4");
        }
    }

    private static List<Integer> order(Random random) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < COUNTS.length; i++) {
            order.add(i);
        }
        Collections.shuffle(order, random);
        return order;
    }

    private int published(ObjectStore in) throws Exception {
        FilmFragments fragments = new FilmFragments(in, FILM, Optional.empty());
        fragments.look();
        return fragments.next();
    }

    /** All fragments of a store behind what describes them. */
    private byte[] stream(ObjectStore in) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int n = 0; in.head(ObjectKeys.fragment(FILM, n)).isPresent(); n++) {
            byte[] fragment = in.get(ObjectKeys.fragment(FILM, n));
            if (n == 0) {
                out.writeBytes(in.get(ObjectKeys.fragmentInit(FILM, Label.parse(fragment).init())));
            }
            assertThat(Label.parse(fragment).number()).isEqualTo(n);
            out.writeBytes(fragment);
        }
        return out.toByteArray();
    }

    private byte[] inOrder() throws Exception {
        MemoryObjectStore other = new MemoryObjectStore();
        putClips(other);
        Fragments fragments = new Fragments(other);
        for (int i = 0; i < COUNTS.length; i++) {
            fragments.clipped(FILM, i, source(i));
        }
        return stream(other);
    }

    @Test
    void whateverOrderClipsComeInOnlyTheBeginningWithoutAGapIsThereAndInTheEndTheWholeFilm() throws Exception {
        long seed = Long.getLong("longtake.seed", System.nanoTime());
        System.out.println("longtake.seed=" + seed);
        Random random = new Random(seed);
        byte[] expected = inOrder();
        for (int round = 0; round < 30; round++) {
            MemoryObjectStore fresh = new MemoryObjectStore();
            putClips(fresh);
            Fragments fragments = new Fragments(fresh);
            boolean[] told = new boolean[COUNTS.length];
            for (int segment : order(random)) {
                told[segment] = true;
                for (int times = random.nextInt(3); times >= 0; times--) {
                    fragments.clipped(FILM, segment, source(segment));
                }
                int gap = 0;
                while (gap < told.length && told[gap]) {
                    gap++;
                }
                assertThat(published(fresh)).isEqualTo(gap);
            }
            assertThat(stream(fresh)).isEqualTo(expected);
            assertThat(fresh.list(ObjectKeys.revision(FILM) + "hls/waiting/")).as("notes of what has been published").isEmpty();
            assertThat(fresh.list(ObjectKeys.revision(FILM))).as("nothing lies where removing a revision does not find it").hasSize(fresh.list("tenants/default/films/").size());
        }
    }

    @Test
    void whatIsPublishedIsTheJoinedFilm() throws Exception {
        Path joined = dir.resolve("joined.mp4");
        try (FilmJoiner joiner = new FilmJoiner(joined, 8)) {
            for (int i = 0; i < COUNTS.length; i++) {
                joiner.append(CLIPS.get(i), COUNTS[i]);
            }
            joiner.finish();
        }
        Path file = Files.write(dir.resolve("stream.mp4"), inOrder());
        assertThat(FilmProbe.of(file).monotonic()).isTrue();
        assertThat(ClipReader.read(file)).isEqualTo(ClipReader.read(joined));
    }

    /** The store ends at its n-th change, before or after it is made, and with it the stitcher; another begins with the same inputs. */
    @Test
    void aStitcherThatDiesAtAnyChangeLosesNothing() throws Exception {
        byte[] expected = inOrder();
        int[] order = {0, 2, 3, 1, 6, 5, 4, 7};
        for (int dies = 1; ; dies++) {
            boolean died = false;
            for (boolean made : new boolean[] {false, true}) {
                MemoryObjectStore fresh = new MemoryObjectStore();
                putClips(fresh);
                AtomicInteger left = new AtomicInteger(dies);
                ObjectStore dying = changing(fresh, made, name -> left.decrementAndGet() == 0);
                Fragments first = new Fragments(dying);
                int told = 0;
                try {
                    for (; told < order.length; told++) {
                        first.clipped(FILM, order[told], source(order[told]));
                    }
                } catch (StoreUnavailableException e) {
                    died = true;
                }
                Fragments second = new Fragments(fresh);
                for (int i = Math.min(told, order.length - 1); i < order.length; i++) {
                    second.clipped(FILM, order[i], source(order[i]));
                }
                assertThat(stream(fresh)).as("died at change %d, made %s", dies, made).isEqualTo(expected);
            }
            if (!died) {
                assertThat(dies).isGreaterThan(COUNTS.length);
                return;
            }
        }
    }

    /** A store one of whose changes fails, before or after it is made. */
    private static ObjectStore changing(ObjectStore real, boolean made, Predicate<String> fails) {
        return (ObjectStore) Proxy.newProxyInstance(FragmentsTest.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
            boolean change = method.getName().startsWith("put") || method.getName().equals("delete");
            boolean failing = change && fails.test(method.getName());
            try {
                Object result = failing && !made ? null : method.invoke(real, arguments);
                if (failing) {
                    throw new StoreUnavailableException("the store ended", null);
                }
                return result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    @Test
    void stitchersThatTakeOneAnotherForDeadMakeOneFilm() throws Exception {
        long seed = Long.getLong("longtake.seed", System.nanoTime());
        System.out.println("longtake.seed=" + seed);
        Random random = new Random(seed);
        byte[] expected = inOrder();
        for (int round = 0; round < 50; round++) {
            MemoryObjectStore fresh = new MemoryObjectStore();
            putClips(fresh);
            CountDownLatch go = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            List<Throwable> thrown = Collections.synchronizedList(new ArrayList<>());
            for (int s = 0; s < 3; s++) {
                Fragments fragments = new Fragments(fresh);
                List<Integer> order = order(random);
                // Each is told of most; together they are told of all.
                int not = random.nextInt(COUNTS.length);
                int mine = s;
                Thread thread = new Thread(() -> {
                    try {
                        go.await();
                        for (int segment : order) {
                            if (mine == 0 || segment != not) {
                                fragments.clipped(FILM, segment, source(segment));
                            }
                        }
                    } catch (Throwable e) {
                        thrown.add(e);
                    }
                });
                thread.start();
                threads.add(thread);
            }
            go.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(thrown).isEmpty();
            assertThat(stream(fresh)).isEqualTo(expected);
        }
    }

    /** Each segment is told to only one of two: whoever closes the gap must see what the other noted, or the other what was put. */
    @Test
    void noGapStaysWhenEachIsToldHalf() throws Exception {
        byte[] expected = inOrder();
        for (int round = 0; round < 200; round++) {
            MemoryObjectStore fresh = new MemoryObjectStore();
            putClips(fresh);
            CountDownLatch go = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            for (int half = 0; half < 2; half++) {
                int mine = half;
                Fragments fragments = new Fragments(fresh);
                Thread thread = new Thread(() -> {
                    try {
                        go.await();
                    } catch (InterruptedException e) {
                        return;
                    }
                    for (int i = mine; i < COUNTS.length; i += 2) {
                        fragments.clipped(FILM, i, source(i));
                    }
                });
                thread.start();
                threads.add(thread);
            }
            go.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(stream(fresh)).isEqualTo(expected);
        }
    }

    @Test
    void aClipThatIsNotTheReportedOneIsWaitedFor() throws Exception {
        putClips(store);
        String key = ObjectKeys.clip("default", attempt(1));
        byte[] damaged = CLIPS.get(1).clone();
        damaged[damaged.length / 2] ^= 4;
        store.put(key, damaged, "video/mp4");
        Fragments fragments = new Fragments(store);
        for (int i = 0; i < COUNTS.length; i++) {
            fragments.clipped(FILM, i, source(i));
        }
        assertThat(published(store)).isEqualTo(1);
        store.delete(key);
        fragments.clipped(FILM, 1, source(1));
        assertThat(published(store)).isEqualTo(1);
        store.put(key, CLIPS.get(1), "video/mp4");
        fragments.clipped(FILM, 1, source(1));
        assertThat(stream(store)).isEqualTo(inOrder());
    }

    @Test
    void whoeverJoinsTheFilmPublishesWhatNobodyWasToldOf() throws Exception {
        putClips(store);
        Fragments fragments = new Fragments(store);
        fragments.clipped(FILM, 0, source(0));
        fragments.clipped(FILM, 3, source(3));
        Fragments joining = new Fragments(store);
        for (int i = 0; i < COUNTS.length; i++) {
            joining.joined(FILM, i, CLIPS.get(i));
        }
        assertThat(stream(store)).isEqualTo(inOrder());
        fragments.clipped(FILM, 1, source(1));
        assertThat(stream(store)).as("a stitcher that is far behind").isEqualTo(inOrder());
    }

    @Test
    void clipsOfTwoEncodersStandSideBySide() throws Exception {
        putClips(store);
        byte[] other = ClipEncoder.encode(frames(6, 64, 1), 8);
        store.put(ObjectKeys.clip("default", attempt(1)), other, "video/mp4");
        Fragments fragments = new Fragments(store);
        fragments.clipped(FILM, 0, source(0));
        fragments.clipped(FILM, 1, new Fragments.Source(attempt(1), Optional.empty()));
        fragments.clipped(FILM, 2, source(2));
        Label label = Label.parse(store.get(ObjectKeys.fragment(FILM, 2)));
        assertThat(label.shown()).extracting(Label.Shown::anew).containsExactly(false, true, true);
        assertThat(store.get(ObjectKeys.fragmentInit(FILM, label.shown().get(1).init()))).isEqualTo(Clip.parse(other).header());
        // Another speed would need another clock.
        store.put(ObjectKeys.clip("default", attempt(3)), ClipEncoder.encode(frames(6, 128, 1), 10), "video/mp4");
        fragments.clipped(FILM, 3, new Fragments.Source(attempt(3), Optional.empty()));
        assertThat(published(store)).isEqualTo(3);
    }

    @Test
    void aLongFilmCostsAsMuchForEachOfItsSegmentsAsAShortOne() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        ObjectStore counting = (ObjectStore) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
            calls.incrementAndGet();
            try {
                return method.invoke(store, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
        store.put(ObjectKeys.clip("default", attempt(1)), CLIPS.get(1), "video/mp4");
        Fragments fragments = new Fragments(counting);
        int segments = 10_000;
        for (int i = 0; i < segments; i++) {
            fragments.clipped(FILM, i, source(1));
        }
        assertThat(calls.get()).as("a clip, a fragment, and whether the next is waiting").isLessThan(3 * segments + 10);
        assertThat(published(store)).isEqualTo(segments);
        calls.set(0);
        new Fragments(counting).clipped(FILM, segments, source(1));
        assertThat(calls.get()).as("found again by a stitcher that knows nothing").isLessThan(40);
        assertThat(published(store)).isEqualTo(segments + 1);
    }

    @Test
    void oneFilmThatCannotBePublishedKeepsNoOtherWaitingAndAStoreThatIsAwayIsWaitedFor() throws Exception {
        putClips(store);
        FilmRef bad = new FilmRef("default", "film_b", 1);
        ObjectStore failing = (ObjectStore) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
            if (arguments[0].toString().contains("film_b")) {
                throw new IllegalStateException("a mistake");
            }
            if (arguments[0].toString().contains("film_c")) {
                throw new StoreUnavailableException("away", null);
            }
            try {
                return method.invoke(store, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
        try (FragmentReader reader = new FragmentReader("127.0.0.1:1", new Fragments(failing), 2, Duration.ofSeconds(10))) {
            reader.on(List.of(event(bad, 0), event(FILM, 0), new FilmEvent.FilmChanged(1, bad, "rendering", "failed", Optional.empty(), Instant.EPOCH), event(FILM, 1)));
            assertThat(published(store)).isEqualTo(2);
            assertThatThrownBy(() -> reader.on(List.of(event(new FilmRef("default", "film_c", 1), 0), event(FILM, 2)))).isInstanceOf(QueueUnavailableException.class);
            assertThat(published(store)).isEqualTo(3);
        }
    }

    private static FilmEvent event(FilmRef film, int segment) {
        return new FilmEvent.SegmentChanged(1, film, segment, 0, "accepted", "clipped", Optional.of(attempt(segment)), Optional.of("w"), false, Instant.EPOCH, source(segment).digest());
    }
}
