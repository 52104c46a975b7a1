package dev.longtake.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longtake.bundle.Bundle;
import dev.longtake.contract.Digests;
import dev.longtake.contract.Lineage;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.engine.GeneratedSegment;
import dev.longtake.engine.SamplerSettings;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.PlannedSegment;
import dev.longtake.media.ClipReader;
import dev.longtake.media.FilmProbe;
import dev.longtake.phenaki.PhenakiEngine;
import dev.longtake.phenaki.PhenakiOptions;
import dev.longtake.phenaki.oracle.Oracle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A story goes in and a film comes out, on real servers with the shipped bundle; what comes out is what a plain loop makes. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EndToEndIT {
    private static final String STORY = "A futuristic city at night. [2s]\nA red fish swims to the right in the deep sea. [1.5s]\nThe beach near the city. [1.25s#]\n";
    private static final String QUERY = "?steps=4&seed=11";
    private static final int FRAMES = 16 + 12 + 10;

    @TempDir
    static Path dir;

    private static FarmProcess farm;
    private static Stored stored;
    private static String first;

    @BeforeAll
    static void start() throws Exception {
        farm = FarmProcess.up(dir.resolve("data"), Map.of());
        stored = new Stored(farm.endpoints());
        first = farm.submit(STORY, QUERY);
        farm.awaitFinished(first);
    }

    @AfterAll
    static void stop() throws Exception {
        if (stored != null) {
            stored.close();
        }
        if (farm != null) {
            assertThat(farm.terminate()).as("exit status after SIGTERM").isIn(0, 143);
            assertThat(ProcessHandle.allProcesses().filter(p -> p.info().commandLine().orElse("").contains(dir.toString()))).as("processes left behind").isEmpty();
        }
    }

    @Test
    @Order(1)
    void theFilmHasExactlyItsFramesAndDecodesFully() throws Exception {
        Path file = dir.resolve("film.mp4");
        Files.write(file, farm.content(first));
        FilmProbe probe = FilmProbe.of(file);
        assertThat(probe.frames()).isEqualTo(FRAMES);
        assertThat(probe.seconds()).isEqualTo(FRAMES / 8.0, within(1e-6));
        assertThat(probe.monotonic()).isTrue();
        assertThat(probe.fastStart()).isTrue();
        assertThat(ClipReader.read(file).count()).isEqualTo(FRAMES);
        JsonNode view = farm.film(first);
        assertThat(view.get("frames").asInt()).isEqualTo(FRAMES);
        assertThat(view.get("reused").asInt()).isZero();
    }

    @Test
    @Order(2)
    void theFilmAndWhatBelongsToItAreInTheObjectStore() throws Exception {
        JsonNode objects = farm.film(first).get("objects");
        objects.forEach(key -> assertThat(stored.has(key.asText())).as(key.asText()).isTrue());
        assertThat(objects.size()).isEqualTo(5);
        JsonNode manifest = stored.manifest(first);
        assertThat(manifest.get("filmDigest").asText()).isEqualTo(Digests.sha256(farm.content(first)));
        assertThat(manifest.get("bundle").asText()).isEqualTo(Bundle.shipped().digest());
    }

    @Test
    @Order(3)
    void eachSegmentUsedItsParentsTail() throws Exception {
        List<Lineage.Entry> lineage = stored.lineage(first);
        FilmPlan plan = stored.plan(first);
        assertThat(lineage).hasSize(plan.segments().size());
        for (PlannedSegment planned : plan.segments()) {
            Lineage.Entry entry = lineage.get(planned.index());
            var report = stored.report(entry.attempt());
            if (planned.startsChain()) {
                assertThat(report.parent()).isEmpty();
                assertThat(report.tailFrom()).isEqualTo("none");
            } else {
                assertThat(report.parent()).contains(lineage.get(planned.index() - 1).attempt());
                assertThat(report.tailFrom()).isEqualTo("redis");
            }
            assertThat(Digests.sha256(stored.tail(entry.attempt()))).isEqualTo(report.tailDigest());
            assertThat(stored.has(ObjectKeys.clip(Stored.TENANT, entry.attempt()))).isTrue();
        }
        assertThat(Events.acceptances(farm.endpoints(), first).values()).as("acceptances of each segment").hasSize(plan.segments().size()).containsOnly(1L);
    }

    @Test
    @Order(4)
    void theFarmsTokensAreThoseOfAPlainLoop() throws Exception {
        FilmPlan plan = stored.plan(first);
        List<Oracle.Scripted> script = new ArrayList<>();
        for (PlannedSegment s : plan.segments()) {
            script.add(new Oracle.Scripted(plan.prompt(s), Optional.empty(), s.seed(), s.newFrames(), s.startsChain()));
        }
        SamplerSettings settings = new SamplerSettings(plan.settings().steps(), plan.settings().guidance(), plan.settings().temperature());
        List<GeneratedSegment> expected;
        try (PhenakiEngine engine = PhenakiEngine.open(Bundle.shipped(), PhenakiOptions.defaults(Path.of("target/engine-cache").toAbsolutePath()))) {
            expected = Oracle.render(engine, script, settings);
        }
        List<Lineage.Entry> lineage = stored.lineage(first);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(stored.tokens(lineage.get(i).attempt())).as("tokens of segment %d", i).isEqualTo(expected.get(i).tokens());
        }
    }

    @Test
    @Order(5)
    void theSameStoryAgainRendersNothingAndIsTheSameFilm() throws Exception {
        long attempts = stored.attempts();
        String second = farm.submit(STORY, QUERY);
        assertThat(second).isNotEqualTo(first);
        JsonNode film = farm.awaitFinished(second);
        assertThat(film.get("reused").asInt()).isEqualTo(film.get("segments").asInt());
        assertThat(film.get("seconds").get("generate").asDouble()).isZero();
        assertThat(stored.attempts()).isEqualTo(attempts);
        assertThat(farm.content(second)).isEqualTo(farm.content(first));
    }

    @Test
    @Order(6)
    void anotherEndingRendersOnlyFromThereOn() throws Exception {
        long attempts = stored.attempts();
        String changed = farm.submit(STORY.replace("A red fish", "A blue fish"), QUERY);
        JsonNode film = farm.awaitFinished(changed);
        List<Lineage.Entry> before = stored.lineage(first);
        List<Lineage.Entry> after = stored.lineage(changed);
        for (int i = 0; i < before.size(); i++) {
            assertThat(after.get(i).attempt().equals(before.get(i).attempt())).as("segment %d is kept", i).isEqualTo(before.get(i).scene() != 1);
        }
        assertThat(stored.attempts() - attempts).isEqualTo(film.get("segments").asInt() - film.get("reused").asInt());
    }
}
