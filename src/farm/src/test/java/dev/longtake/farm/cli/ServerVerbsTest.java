package dev.longtake.farm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
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
                List.of("cancel", FakeFarm.ID), List.of("revise", FakeFarm.ID, "day.txt"), List.of("workers"), List.of("dead-letters"), List.of("dead-letters", "requeue", "0-4"))) {
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
    void aTerminalShowsScenesAndTheNewestPicture() throws Exception {
        String[] states = new String[24];
        java.util.Arrays.fill(states, "rendering");
        states[23] = "finished";
        try (FakeFarm farm = new FakeFarm(states)) {
            Cli.Ended ended = new Cli(dir).live("watch", FakeFarm.ID, "--server", farm.url());
            assertThat(ended.status()).as(ended.err()).isZero();
            assertThat(ended.err()).contains("1 ████████████ A city.").contains("2 ██████░░░░░░ A river.").contains("▀");
            assertThat(ended.out()).isEqualTo(FakeFarm.ID + "  finished\n");
            assertThat(farm.wasAsked("GET /v1/segments/k2/a2/thumbnail")).isTrue();
        }
        try (FakeFarm farm = new FakeFarm(states)) {
            Cli.Ended ended = new Cli(dir).live("watch", FakeFarm.ID, "--no-picture", "--server", farm.url());
            assertThat(ended.err()).contains("A river.").doesNotContain("▀");
        }
    }

    @Test
    void thePageIsOpenedWhereTheFarmIs() throws Exception {
        try (FakeFarm farm = new FakeFarm("finished")) {
            assertThat(run(farm, "open", FakeFarm.ID).out()).isEqualTo(farm.url() + "/#/films/" + FakeFarm.ID + "\n");
            assertThat(run(farm, "open").out()).isEqualTo(farm.url() + "/#/write\n");
            assertThat(run(farm, "open", "nothing").status()).isEqualTo(2);
        }
    }

    @Test
    void everyVerbsHelpEndsWithExamplesThatItUnderstands() {
        String verbs = new Cli(dir).run("--help").out();
        List<String> names = verbs.lines().dropWhile(l -> !l.startsWith("Commands:")).skip(1).map(l -> l.strip().split(" ")[0]).filter(n -> n.matches("[a-z-]+")).distinct().toList();
        assertThat(names).contains("render", "watch", "open", "completion", "keys", "bench").hasSizeGreaterThan(15);
        for (String name : List.of("render", "up", "submit", "revise", "status", "watch", "open", "fetch", "cancel", "workers", "dead-letters", "models", "keys", "serve", "simulate", "bench", "completion")) {
            String help = new Cli(dir).run(name, "--help").out();
            assertThat(help).as(name).contains("Examples:");
            assertThat(help.substring(help.indexOf("Examples:")).lines().skip(1)).isNotEmpty().allMatch(l -> l.contains("longtake " + name));
        }
    }

    @Test
    void completionIsAScriptThatBashReads() throws Exception {
        String script = new Cli(dir).run("completion").out();
        assertThat(script).contains("complete -F").contains("dead-letters").contains("--no-picture");
        java.nio.file.Path file = java.nio.file.Files.writeString(dir.resolve("completion.bash"), script);
        Process bash = new ProcessBuilder("bash", "-n", file.toString()).redirectErrorStream(true).start();
        assertThat(new String(bash.getInputStream().readAllBytes())).isEmpty();
        assertThat(bash.waitFor()).isZero();
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
    void workersAreListedWithWhatTheyDoAndWhyTheyRest() throws Exception {
        try (FakeFarm farm = new FakeFarm("rendering")) {
            assertThat(run(farm, "workers").out()).isEqualTo("17-cafe  cpu  resting until 2026-01-02T03:05:05Z: failed on 2 jobs in a row  cpu bf16  bundle 0123456789ab  "
                    + FakeFarm.ID + " segment 3 step 3/8\n");
        }
    }

    @Test
    void aPictureIsSentBesideTheStory() throws Exception {
        byte[] picture = {(byte) 0x89, 'P', 'N', 'G', 0, 13, 10, '-', '-'};
        Files.write(dir.resolve("first.png"), picture);
        try (FakeFarm farm = new FakeFarm("queued")) {
            assertThat(run(farm, "submit", "day.txt", "--image", "first.png", "--temperature", "0.5").status()).isZero();
            assertThat(farm.asked.get(0)).contains("temperature=0.5");
            String form = new String(farm.body, java.nio.charset.StandardCharsets.ISO_8859_1);
            assertThat(form).contains("name=\"story\"; filename=\"story.txt\"").contains("\r\n\r\nA city. A river.\r\n").contains("name=\"start_image\"")
                    .contains(new String(picture, java.nio.charset.StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void deadLettersAreListedAndPutBack() throws Exception {
        try (FakeFarm farm = new FakeFarm("failed")) {
            Cli.Ended list = run(farm, "dead-letters", "--film", FakeFarm.ID, "--limit", "7");
            assertThat(farm.asked).containsExactly("GET /v1/dead-letters?limit=7&film=" + FakeFarm.ID);
            assertThat(list.out()).contains("0-4  2026-01-02T03:04:05Z  given-up  segment-jobs.cpu.batch").contains("scene 2: poison").contains("parked 2 times  requeued 2026-01-02T03:04:06Z");

            Cli.Ended one = run(farm, "dead-letters", "requeue", "0-4");
            assertThat(one.status()).as(one.err()).isZero();
            assertThat(one.out()).isEqualTo("0-4  its film " + FakeFarm.ID + " is asked for again\n");

            Cli.Ended again = run(farm, "dead-letters", "requeue", "0-3", "0-4");
            assertThat(again.status()).isEqualTo(2);
            assertThat(again.err()).contains("longtake: 0-3: No.");
            assertThat(again.out()).as("the others go on").startsWith("0-4");

            farm.asked.clear();
            Cli.Ended unsure = run(farm, "dead-letters", "requeue", "--all");
            assertThat(unsure.status()).isEqualTo(2);
            assertThat(unsure.err()).contains("1 letters would be dealt with; say --yes");
            assertThat(farm.asked).as("nothing was done").noneMatch(a -> a.startsWith("POST"));
            assertThat(run(farm, "dead-letters", "requeue", "--all", "--yes").status()).isZero();
            assertThat(farm.asked).filteredOn(a -> a.startsWith("POST")).containsExactly("POST /v1/dead-letters/0-4/requeue");
            run(farm, "dead-letters", "requeue", "0-4", "--force");
            assertThat(farm.asked).contains("POST /v1/dead-letters/0-4/requeue?force=true");
        }
    }

    @Test
    void whatDeadLettersCannotBeToldIsSaid() throws Exception {
        try (FakeFarm farm = new FakeFarm("failed")) {
            for (List<String> bad : List.of(List.of("dead-letters", "requeue"), List.of("dead-letters", "burn", "0-4"), List.of("dead-letters", "--all"), List.of("dead-letters", "--limit", "0"),
                    List.of("dead-letters", "requeue", "0-4", "--all"))) {
                Cli.Ended ended = run(farm, bad.toArray(String[]::new));
                assertThat(ended.status()).as(bad.toString()).isEqualTo(2);
                assertThat(ended.err().lines()).hasSize(1);
            }
            assertThat(farm.asked).isEmpty();
        }
    }

    @Test
    void warningsAreSaidBesideTheResultAndDoNotChangeTheStatus() throws Exception {
        for (List<String> verb : List.of(List.of("submit", "day.txt", "--json"), List.of("render", "day.txt", "-o", "w.mp4", "--json"))) {
            try (FakeFarm farm = new FakeFarm("finished")) {
                farm.warns = true;
                Cli.Ended ended = run(farm, verb.toArray(String[]::new));
                assertThat(ended.status()).as(ended.err()).isZero();
                assertThat(ended.err()).contains("longtake: warning: scenes[1].prompt: the model was not taught horse");
                assertThat(ended.out().lines()).hasSize(1);
                assertThat(JSON.readTree(ended.out()).at("/warnings/0/words/0").asText()).isEqualTo("horse");
            }
        }
    }

    @Test
    void modelsInJsonAreAListWithTheDefaultFirst() throws Exception {
        try (FakeFarm farm = new FakeFarm("finished")) {
            JsonNode list = JSON.readTree(run(farm, "models", "--json").out());
            assertThat(list.findValuesAsText("name")).containsExactly("z", "a");
            assertThat(list.get(0).fieldNames()).toIterable().containsExactly("name", "digest", "card");
            assertThat(list.at("/0/digest").asText()).isEqualTo("ffff");
            assertThat(list.at("/0/card/psnr_db").asDouble()).isEqualTo(30.5);
        }
    }

    @Test
    void theShippedModelIsShownWithTheFiguresOfItsCardAndADashForTheRest() throws Exception {
        String table = new Cli(dir).run("models").out();
        assertThat(table).contains("phenaki (default)").contains("128x128, 8/s").contains("8 fast, 12 best").contains("28.97 dB");
        assertThat(table).containsPattern("adherence +99\\.5 % +92\\.2 % +98\\.1 % +98\\.4 % +81\\.6 %").containsPattern("ceiling +98\\.9 %").containsPattern("(?m) -$");
        JsonNode card = JSON.readTree(new Cli(dir).run("models", "--json").out()).at("/0/card");
        assertThat(card.at("/adherence/ceiling/action").asDouble()).isEqualTo(0.74);
        assertThat(card.at("/adherence_after_switch/camera").asDouble()).isEqualTo(0.578);
        for (JsonNode absent : card.get("not_measured")) {
            assertThat(card.at("/" + absent.asText().replace('.', '/')).isMissingNode()).as(absent.asText()).isTrue();
        }
        for (String figure : List.of("psnr_db", "code_use", "roundtrip_psnr_db", "adherence", "adherence_held_out", "adherence_paraphrase", "adherence_after_switch", "image_start", "seam_ratio",
                "drift", "bundle_mb", "intervals")) {
            assertThat(card.has(figure) || card.get("not_measured").toString().contains("\"" + figure + "\"")).as(figure).isTrue();
        }
    }

    @Test
    void aRevisionSaysWhatIsKeptAndADryRunOnlyAsks() throws Exception {
        try (FakeFarm farm = new FakeFarm("finished")) {
            Cli.Ended dry = run(farm, "revise", FakeFarm.ID, "day.txt", "--dry-run", "--seed", "4");
            assertThat(dry.status()).as(dry.err()).isZero();
            assertThat(dry.out()).isEqualTo(FakeFarm.ID + "  revision 2 would keep 4 of 8 segments and render 4 (24 of 48 frames)\nscenes to render: 2\n");
            assertThat(farm.asked).containsExactly("PATCH /v1/films/" + FakeFarm.ID + "?seed=4&dry_run=true");
            assertThat(run(farm, "revise", FakeFarm.ID, "day.txt").out()).contains("revision 2 keeps 4 of 8 segments and renders 4");
            assertThat(farm.asked.get(1)).as("the film's title stays").isEqualTo("PATCH /v1/films/" + FakeFarm.ID);
            Files.write(dir.resolve("a.png"), new byte[] {(byte) 0x89, 'P', 'N', 'G'});
            farm.warns = true;
            Cli.Ended pictured = run(farm, "revise", FakeFarm.ID, "day.txt", "--image", "a.png");
            assertThat(pictured.status()).as(pictured.err()).isZero();
            assertThat(pictured.err()).contains("longtake: warning: scenes[1].prompt: the model was not taught horse");
            assertThat(new String(farm.body, StandardCharsets.ISO_8859_1)).contains("name=\"start_image\"", "\u0089PNG");
        }
    }
}
