package dev.longtake.farm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs that speak to a farm. */
class ServerVerbsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path dir;

    @BeforeEach
    void story() throws Exception {
        Files.writeString(dir.resolve("day.txt"), "A city. A river.");
    }

    private Cli.Ended run(FakeFarm farm, String... arguments) {
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--server";
        all[arguments.length + 1] = farm.url();
        return new Cli(dir).run(all);
    }

    @Test
    void renderSavesTheFilmAndSaysWhatItTook() throws Exception {
        try (FakeFarm farm = new FakeFarm("queued", "queued", "rendering", "assembling", "finished")) {
            Cli.Ended ended = run(farm, "render", "day.txt", "--preset", "fast");
            assertThat(ended.status()).as(ended.err()).isZero();
            assertThat(Files.readAllBytes(dir.resolve("day.mp4"))).isEqualTo(FakeFarm.CONTENT);
            assertThat(dir.resolve("day.mp4.part")).doesNotExist();
            assertThat(farm.asked.get(0)).startsWith("POST /v1/films?").contains("preset=fast").contains("title=day");
            assertThat(ended.out()).contains("film      " + dir.resolve("day.mp4")).contains("duration  3.000 s").contains("2 in 4 segments, 1 of them reused")
                    .contains("3.5 generating, 0.5 encoding, 0.3 waiting").contains("tenants/default/films/" + FakeFarm.ID + "/r1/film.mp4");
            assertThat(ended.err()).contains("rendering scene 2/2, 2/4 segments").contains("assembling").doesNotContain("\033").doesNotContain("\r");
        }
    }

    @Test
    void renderInJsonIsOneObjectOnOneLine() throws Exception {
        try (FakeFarm farm = new FakeFarm("finished")) {
            Cli.Ended ended = run(farm, "render", "day.txt", "-o", "else.mp4", "--json");
            assertThat(ended.out().lines()).hasSize(1);
            JsonNode line = JSON.readTree(ended.out());
            assertThat(line.fieldNames()).toIterable().containsExactly("film", "id", "frames", "fps", "width", "height", "scenes", "segments", "reused", "seconds");
            assertThat(line.get("film").asText()).isEqualTo(dir.resolve("else.mp4").toString());
            assertThat(line.get("reused").asInt()).isEqualTo(1);
            assertThat(line.get("seconds").fieldNames()).toIterable().containsExactly("generate", "encode", "wait", "total");
        }
    }

    @Test
    void everyVerbWritesOnlyJsonWhenAskedTo() throws Exception {
        for (List<String> verb : List.of(List.of("submit", "day.txt"), List.of("status"), List.of("status", FakeFarm.ID), List.of("watch", FakeFarm.ID), List.of("fetch", FakeFarm.ID),
                List.of("cancel", FakeFarm.ID), List.of("models"))) {
            try (FakeFarm farm = new FakeFarm("finished")) {
                String[] arguments = java.util.stream.Stream.concat(verb.stream(), java.util.stream.Stream.of("--json")).toArray(String[]::new);
                Cli.Ended ended = run(farm, arguments);
                assertThat(ended.status()).as(verb + ended.err()).isZero();
                assertThat(ended.out().lines()).as(verb.toString()).hasSize(1);
                assertThat(JSON.readTree(ended.out()).isObject()).isTrue();
            }
        }
    }

    @Test
    void aFilmThatFailsIsStatusOneWithItsReason() throws Exception {
        try (FakeFarm farm = new FakeFarm("queued", "rendering", "failed")) {
            Cli.Ended ended = run(farm, "render", "day.txt");
            assertThat(ended.status()).isEqualTo(1);
            assertThat(ended.err()).contains("failed: scene 2: poison");
            assertThat(dir.resolve("day.mp4")).doesNotExist();
            assertThat(run(farm, "watch", FakeFarm.ID).status()).isEqualTo(1);
        }
    }

    @Test
    void whatTheFarmRefusesIsForTheUserAndWhatItCannotDoIsNot() throws Exception {
        try (FakeFarm farm = new FakeFarm("queued")) {
            farm.refuseSubmissions = 400;
            Cli.Ended refused = run(farm, "submit", "day.txt");
            assertThat(refused.status()).isEqualTo(2);
            assertThat(refused.err()).isEqualTo("longtake: model: no such model; use another\n");
            farm.refuseSubmissions = 503;
            assertThat(run(farm, "submit", "day.txt").status()).isEqualTo(1);
            assertThat(run(farm, "status", "nothing").status()).isEqualTo(2);
        }
    }

    @Test
    void aFilmCutShortIsNotSaved() throws Exception {
        try (FakeFarm farm = new FakeFarm("finished")) {
            farm.cutShort = true;
            assertThat(run(farm, "fetch", FakeFarm.ID, "-o", "film.mp4").status()).isEqualTo(1);
            assertThat(dir.resolve("film.mp4")).doesNotExist();
            assertThat(dir.resolve("film.mp4.part")).doesNotExist();
        }
    }

    @Test
    void aFilmIsSavedUnderItsTitle() throws Exception {
        try (FakeFarm farm = new FakeFarm("finished")) {
            assertThat(run(farm, "fetch", FakeFarm.ID).out().strip()).isEqualTo(dir.resolve("A title.mp4").toString());
            assertThat(dir.resolve("A title.mp4")).hasBinaryContent(FakeFarm.CONTENT);
        }
    }

    @Test
    void theShippedModelIsListed() {
        assertThat(new Cli(dir).run("models").out()).contains("phenaki (default)").contains("128x128");
    }
}
