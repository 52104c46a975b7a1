package dev.longtake.gateway.hls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.FilmRef;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.media.fragment.Label;
import dev.longtake.platform.memory.MemoryObjectStore;
import dev.longtake.platform.store.ObjectStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Playlists of films whose labels lie in a store. */
class PlaylistTest {
    private static final FilmRef FILM = new FilmRef("default", "film_a", 2);
    private static final String INIT = "0123456789abcdef";
    private static final String OTHER = "fedcba9876543210";
    /** Of 8 frames a second. */
    private static final int TICKS = 11_250;

    private final MemoryObjectStore store = new MemoryObjectStore();
    private final AtomicInteger calls = new AtomicInteger();
    private final PublishedFragments fragments = new PublishedFragments((ObjectStore) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
        calls.incrementAndGet();
        try {
            return method.invoke(store, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }));
    private Optional<Label> newest = Optional.empty();

    private void publish(int frames, String init) {
        newest = Optional.of(newest.map(l -> l.next(frames, init, true)).orElseGet(() -> Label.first(TICKS, frames, init, true)));
        store.put(ObjectKeys.fragment(FILM, newest.get().number()), newest.get().toBytes(), "video/mp4");
    }

    private void publish(int... frames) {
        for (int f : frames) {
            publish(f, INIT);
        }
    }

    private String playlist(boolean over, boolean skip) {
        Label last = fragments.newest(FILM).orElseThrow();
        PlaylistText text = new PlaylistText("2/", last.ticks(), over);
        long from = skip ? text.skipBoundary(last) : 0;
        return text.grouped(fragments.blocks(FILM, last, from), from);
    }

    /** A playlist as a player sees it. @param entries address, duration and what is said before it of each. @param parts addresses at the growing end */
    private record Seen(int skipped, List<String> entries, List<String> parts, double longest, double seconds) {
        static Seen of(String playlist) {
            int skipped = 0;
            List<String> entries = new ArrayList<>();
            List<String> parts = new ArrayList<>();
            StringBuilder said = new StringBuilder();
            double longest = 0;
            double seconds = 0;
            for (String line : playlist.lines().toList()) {
                if (line.startsWith("#EXT-X-SKIP:SKIPPED-SEGMENTS=")) {
                    skipped = Integer.parseInt(line.substring(29));
                } else if (line.startsWith("#EXT-X-PART:")) {
                    parts.add(line.replaceAll(".*URI=\"(.*?)\".*", "$1"));
                } else if (line.startsWith("#EXTINF:")) {
                    double duration = Double.parseDouble(line.substring(8, line.length() - 1));
                    longest = Math.max(longest, duration);
                    seconds += duration;
                    said.append(line);
                } else if (line.equals("#EXT-X-DISCONTINUITY")) {
                    said.append(line);
                } else if (!line.startsWith("#")) {
                    entries.add(said + " " + line);
                    parts.clear();
                    said.setLength(0);
                }
            }
            return new Seen(skipped, entries, List.copyOf(parts), longest, seconds);
        }
    }

    @Test
    void theFirstFragmentIsAPlaylist() {
        assertThat(fragments.newest(FILM)).isEmpty();
        publish(11);
        assertThat(playlist(false, false)).isEqualTo("""
                #EXTM3U
                #EXT-X-VERSION:9
                #EXT-X-TARGETDURATION:6
                #EXT-X-PLAYLIST-TYPE:EVENT
                #EXT-X-INDEPENDENT-SEGMENTS
                #EXT-X-START:TIME-OFFSET=0
                #EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=36,PART-HOLD-BACK=6
                #EXT-X-PART-INF:PART-TARGET=2
                #EXT-X-MEDIA-SEQUENCE:0
                #EXT-X-MAP:URI="2/init-0123456789abcdef.mp4"
                #EXTINF:1.375,
                2/0.m4s
                """);
        assertThat(playlist(true, false)).endsWith("2/0.m4s\n#EXT-X-ENDLIST\n").doesNotContain("PART");
    }

    @Test
    void whatIsNotLongEnoughYetIsNamedInParts() {
        publish(11, 6, 6, 6, 6, 6, 6);
        assertThat(playlist(false, false)).endsWith("""
                #EXTINF:0.75,
                2/4.m4s
                #EXT-X-PART:DURATION=0.75,URI="2/5.m4s",INDEPENDENT=YES
                #EXT-X-PART:DURATION=0.75,URI="2/6.m4s",INDEPENDENT=YES
                """);
        assertThat(playlist(true, false)).endsWith("#EXTINF:1.5,\n2/5-6.m4s\n#EXT-X-ENDLIST\n");
        publish(6, 6, 6, 6);
        assertThat(playlist(false, false)).endsWith("""
                #EXT-X-PART:DURATION=0.75,URI="2/10.m4s",INDEPENDENT=YES
                #EXTINF:4.5,
                2/5-10.m4s
                """);
    }

    /** What a player knows stays as it is, whether it asks for everything or for what is new, and at the end it knows the whole film. */
    @Test
    void playlistsOnlyGrow() {
        long seed = Long.getLong("longtake.seed", System.nanoTime());
        System.out.println("longtake.seed=" + seed);
        Random random = new Random(seed);
        List<String> known = List.of();
        long frames = 0;
        String init = INIT;
        int target = -1;
        for (int n = 0; n < 1_500; n++) {
            init = random.nextInt(200) == 0 ? init.equals(INIT) ? OTHER : INIT : init;
            int length = 1 + random.nextInt(16);
            publish(length, init);
            frames += length;
            if (random.nextInt(4) > 0) {
                continue;
            }
            String text = playlist(false, false);
            Seen full = Seen.of(text);
            assertThat(full.entries().subList(0, known.size())).isEqualTo(known);
            int said = Integer.parseInt(text.replaceAll("(?s).*#EXT-X-TARGETDURATION:(\\d+)\n.*", "$1"));
            assertThat(target < 0 ? said : target).isEqualTo(said);
            target = said;
            assertThat(Math.round(full.longest())).isLessThanOrEqualTo(target);
            Seen delta = Seen.of(playlist(false, true));
            List<String> merged = new ArrayList<>(full.entries().subList(0, delta.skipped()));
            merged.addAll(delta.entries());
            assertThat(merged).isEqualTo(full.entries());
            assertThat(delta.parts()).isEqualTo(full.parts());
            assertThat(delta.skipped() == 0 || delta.seconds() >= 30).as("what is skipped is old").isTrue();
            known = full.entries();
        }
        Seen over = Seen.of(playlist(true, false));
        assertThat(over.entries().subList(0, known.size())).isEqualTo(known);
        assertThat(over.seconds()).isEqualTo(frames / 8.0, org.assertj.core.api.Assertions.within(0.01));
        assertThat(Seen.of(playlist(true, true)).entries()).endsWith(over.entries().get(over.entries().size() - 1));
    }

    @Test
    void aReloadOfALongFilmIsSmallAndAsksLittle() {
        for (int i = 0; i < 10_000; i++) {
            publish(i % 4 == 0 ? 11 : 6);
            if (i % 1_000 == 500) {
                fragments.newest(FILM);
            }
        }
        fragments.newest(FILM);
        publish(6);
        calls.set(0);
        String delta = playlist(false, true);
        System.out.println("a reload of 10,000 segments: " + delta.length() + " bytes, " + calls.get() + " calls to the store");
        assertThat(delta.length()).isLessThan(5_000);
        assertThat(calls.get()).isLessThanOrEqualTo(7);
        PublishedFragments another = new PublishedFragments(store);
        assertThat(another.newest(FILM)).isEqualTo(newest);
        calls.set(0);
        String full = playlist(false, false);
        System.out.println("all of it: " + full.length() + " bytes, " + calls.get() + " calls to the store");
        assertThat(full.length()).isLessThan(80_000);
        assertThat(calls.get()).isLessThanOrEqualTo(40);
        assertThat(Seen.of(full).entries()).hasSizeBetween(1_900, 2_100);
    }

    @Test
    void anotherEncodersClipsAreSetApart() {
        publish(11);
        publish(6, OTHER);
        publish(6, OTHER);
        publish(6, INIT);
        String text = playlist(true, false);
        assertThat(text).contains("""
                2/0.m4s
                #EXT-X-DISCONTINUITY
                #EXT-X-MAP:URI="2/init-fedcba9876543210.mp4"
                #EXTINF:0.75,
                2/1.m4s
                #EXTINF:0.75,
                2/2.m4s
                #EXT-X-DISCONTINUITY
                #EXT-X-MAP:URI="2/init-0123456789abcdef.mp4"
                #EXTINF:0.75,
                2/3.m4s
                """);
        Label last = fragments.newest(FILM).orElseThrow();
        assertThat(new PlaylistText("2/", TICKS, true).single(fragments.blocks(FILM, last, 0), name -> "https://store.invalid/" + name)).contains("""
                https://store.invalid/0.m4s
                #EXT-X-DISCONTINUITY
                #EXT-X-MAP:URI="https://store.invalid/init-fedcba9876543210.mp4"
                #EXTINF:0.75,
                https://store.invalid/1.m4s
                """).endsWith("#EXT-X-ENDLIST\n");
    }

    @Test
    void aFilmThatTookTheIdOfADeletedOneBeginsAnew() {
        publish(11, 6, 6);
        assertThat(fragments.newest(FILM).orElseThrow().number()).isEqualTo(2);
        store.list("").forEach(store::delete);
        assertThat(fragments.newest(FILM)).isEmpty();
        newest = Optional.empty();
        publish(5, 5);
        assertThat(fragments.newest(FILM)).isEqualTo(newest);
    }

    @Test
    void namesOfFragments() {
        assertThat(FragmentName.parse("0.m4s")).contains(new FragmentName(0, 0));
        assertThat(FragmentName.parse("5-10.m4s")).contains(new FragmentName(5, 10));
        for (String bad : new String[] {"", ".m4s", "-1.m4s", "01.m4s", "10-5.m4s", "0-1000.m4s", "9999999999.m4s", "1-2-3.m4s", "../plan.json", "1.mp4", "1.m4s.m4s", "waiting/1"}) {
            assertThat(FragmentName.parse(bad)).as(bad).isEmpty();
        }
    }
}
