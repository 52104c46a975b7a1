package dev.longtake.stitcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longtake.contract.AssemblyJob;
import dev.longtake.contract.AssemblyReport;
import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.Digests;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Json;
import dev.longtake.contract.Lineage;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.engine.Frames;
import dev.longtake.media.ClipEncoder;
import dev.longtake.media.ClipReader;
import dev.longtake.platform.memory.MemoryObjectStore;
import dev.longtake.platform.store.ObjectStore;
import dev.longtake.platform.store.StoreUnavailableException;
import dev.longtake.stitcher.hls.Fragments;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.ByteArrayInputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AssemblerTest {
    private static final FilmRef FILM = SampleFilm.FILM;
    private final MemoryObjectStore store = new MemoryObjectStore();

    @TempDir
    Path scratch;

    private Assembler assembler(ObjectStore over) {
        return new Assembler(over, Clock.systemUTC(), scratch, new Fragments(over), 60, 6);
    }

    @AfterEach
    void nothingIsLeftBehind() throws Exception {
        try (Stream<Path> files = Files.list(scratch)) {
            assertThat(files).isEmpty();
        }
    }

    private AssemblyJob job() {
        return SampleFilm.put(store);
    }

    @Test
    void aFilmIsInTheStoreWithAllThatBelongsToIt() throws Exception {
        AssemblyReport.Assembled report = (AssemblyReport.Assembled) assembler(store).assemble(job());
        byte[] film = store.get(report.filmKey());
        assertThat(Digests.sha256(film)).isEqualTo(report.filmDigest());
        assertThat(report.frames()).isEqualTo(40);
        Path file = Files.write(Files.createTempFile("film", ".mp4"), film);
        assertThat(ClipReader.read(file).count()).isEqualTo(40);
        Files.delete(file);
        var sheet = ImageIO.read(new ByteArrayInputStream(store.get(ObjectKeys.product(FILM, "contact-sheet.png"))));
        assertThat(sheet.getWidth()).isEqualTo(6 * 132 + 4);
        assertThat(sheet.getHeight()).isEqualTo(2 * (12 + 132) + 4);
        var poster = ImageIO.read(new ByteArrayInputStream(store.get(ObjectKeys.product(FILM, "poster.png"))));
        assertThat(poster.getWidth()).isEqualTo(512);
        var sprites = ImageIO.read(new ByteArrayInputStream(store.get(ObjectKeys.product(FILM, "spritesheet.png"))));
        assertThat(sprites.getWidth()).isEqualTo(4 * 128);
        assertThat(sprites.getHeight()).isEqualTo(4 * 128);
        // 16 of 40 frames, each in the middle of its share: the first is the second frame of the first clip, the last the fourth of the last.
        assertThat(sprites.getRGB(64, 64) & 0xff).isCloseTo(44, within(4));
        assertThat(sprites.getRGB(3 * 128 + 64, 3 * 128 + 64) & 0xff).isCloseTo(40 + 5 * 30 + 3 * 4, within(4));
        var manifest = new ObjectMapper().readTree(store.get(ObjectKeys.product(FILM, "manifest.json")));
        assertThat(manifest.get("segments")).hasSize(6);
        assertThat(manifest.get("segments").get(3).get("seed").asLong()).isEqualTo(3);
        assertThat(manifest.get("bundle").asText()).isEqualTo("cafe");
    }

    @Test
    void assemblingTwiceGivesTheSameFilm() {
        AssemblyReport.Assembled a = (AssemblyReport.Assembled) assembler(store).assemble(job());
        AssemblyReport.Assembled b = (AssemblyReport.Assembled) assembler(store).assemble(job());
        assertThat(a.filmDigest()).isEqualTo(b.filmDigest());
    }

    @Test
    void missingAndDamagedClipsAreAllNamedAndNoFilmAppears() throws Exception {
        AssemblyJob job = job();
        store.delete(ObjectKeys.clip("default", new AttemptRef("key1", "attempt1")));
        String damaged = ObjectKeys.clip("default", new AttemptRef("key4", "attempt4"));
        byte[] clip = store.get(damaged);
        clip[clip.length / 2] ^= 4;
        store.put(damaged, clip, "video/mp4");
        AssemblyReport.Failed report = (AssemblyReport.Failed) assembler(store).assemble(job);
        assertThat(report.badClips()).containsExactly(1, 4);
        assertThat(report.outside()).isFalse();
        assertThat(store.head(ObjectKeys.product(FILM, "film.mp4"))).isEmpty();
    }

    @Test
    void clipsOfTwoEncodersAreAllEncodedAgain() throws Exception {
        AssemblyJob job = job();
        // Another frame size stands for another encoder's parameter sets.
        byte[] other = ClipEncoder.encode(new Frames(6, 64, 64, new byte[6 * 64 * 64 * 3]), 8);
        store.put(ObjectKeys.clip("default", new AttemptRef("key2", "attempt2")), other, "video/mp4");
        AssemblyJob changed = relinked(job, 2, Digests.sha256(other));
        AssemblyReport.Failed report = (AssemblyReport.Failed) assembler(store).assemble(changed);
        assertThat(report.badClips()).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(report.reason()).contains("segment 3").contains("other settings");
    }

    private AssemblyJob relinked(AssemblyJob job, int index, String digest) throws Exception {
        Lineage lineage = Json.read(store.get(job.lineageKey()), Lineage.class);
        List<Lineage.Entry> entries = new ArrayList<>(lineage.segments());
        Lineage.Entry e = entries.get(index);
        entries.set(index, new Lineage.Entry(e.index(), e.scene(), e.attempt(), e.parent(), e.seed(), e.frames(), e.prompt(), e.worker(), digest, e.reused()));
        byte[] bytes = Json.write(new Lineage(1, FILM, lineage.title(), lineage.model(), lineage.bundle(), 128, 128, 8, lineage.frames(), entries));
        store.put(job.lineageKey(), bytes, "application/json");
        return new AssemblyJob(1, FILM, job.assembly(), job.lineageKey(), Digests.sha256(bytes), job.deadline(), job.at());
    }

    @Test
    void aDiskThatCannotBeWrittenIsNobodysFault() throws Exception {
        AssemblyJob job = job();
        Path file = Files.createFile(scratch.resolve("occupied"));
        AssemblyReport report = new Assembler(store, Clock.systemUTC(), file.resolve("below"), new Fragments(store), 60, 6).assemble(job);
        Files.delete(file);
        assertThat(report).isInstanceOfSatisfying(AssemblyReport.Failed.class, f -> assertThat(f.outside()).isTrue());
    }

    @Test
    void whatAKilledStitcherLeftIsRemovedAndWhatAnotherHoldsStays() throws Exception {
        Files.createFile(scratch.resolve("film1.lock"));
        Path abandoned = Files.createFile(scratch.resolve("film1.mp4"));
        Path strangers = Files.createFile(scratch.resolve("notes.txt"));
        Process holder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", System.getProperty("java.class.path"), HoldsAPlace.class.getName(), scratch.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Path anothers;
        try {
            anothers = Path.of(holder.inputReader().readLine());
            assembler(store);
            assertThat(abandoned).doesNotExist();
            assertThat(anothers).exists();
            assertThat(strangers).exists();
        } finally {
            holder.destroyForcibly().waitFor();
        }
        assembler(store);
        assertThat(anothers).as("its stitcher was killed").doesNotExist();
        Files.delete(strangers);
    }

    /** Another stitcher's process. */
    static final class HoldsAPlace {
        public static void main(String[] arguments) throws Exception {
            Path film = new Scratch(Path.of(arguments[0])).take().film();
            Files.createFile(film);
            System.out.println(film);
            Thread.sleep(60_000);
        }
    }

    @Test
    void aLineageThatIsNotTheNamedOneIsRefused() {
        AssemblyJob job = job();
        store.put(job.lineageKey(), "{}".getBytes(), "application/json");
        assertThat(assembler(store).assemble(job)).isInstanceOfSatisfying(AssemblyReport.Failed.class, f -> assertThat(f.reason()).contains("lineage"));
    }

    @Test
    void aStoreThatIsAwayIsNobodysFault() {
        AssemblyJob job = job();
        ObjectStore away = (ObjectStore) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {ObjectStore.class}, (p, method, args) -> {
            if (method.getName().equals("putFile")) {
                throw new StoreUnavailableException("cannot put", null);
            }
            try {
                return method.invoke(store, args);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
        assertThat(assembler(away).assemble(job)).isInstanceOfSatisfying(AssemblyReport.Failed.class, f -> assertThat(f.outside()).isTrue());
    }

    @Test
    void aLongFilmShowsSomeOfItsScenesEvenly() {
        List<Lineage.Entry> entries = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            entries.add(new Lineage.Entry(i, i, new AttemptRef("k", "a"), Optional.empty(), 0, 8, "p", "w", "d", false));
        }
        StillPlan plan = new StillPlan(new Lineage(1, FILM, "", "m", "b", 128, 128, 8, 8_000, entries), 60, 6);
        assertThat(plan.rows()).hasSize(60);
        int cells = entries.stream().mapToInt(e -> plan.cells(e.index()).size()).sum();
        assertThat(cells).isEqualTo(360);
        assertThat(plan.isPoster(500)).isTrue();
    }

    @Test
    void theDefaultsAre() {
        StitcherConfig c = new SmallRyeConfigBuilder().addDiscoveredConverters().withMapping(StitcherConfig.class).build().getConfigMapping(StitcherConfig.class);
        assertThat(Arrays.asList(c.slots(), c.contactSheetScenes(), c.contactSheetFrames(), c.fragments().threads(), c.fragments().session())).containsExactly(1, 60, 6, 4, Duration.ofSeconds(10));
        assertThat(c.scratch()).isEmpty();
    }
}
