package dev.longtake.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longtake.contract.webhook.FilmCallback;
import dev.longtake.contract.webhook.WebhookDelivery;
import dev.longtake.contract.webhook.WebhookEndpoint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What was written once can be read for ever: one file of JSON for each message of each released version. A message that changes
 * its JSON needs a new version and a new file; with {@code -Dlongtake.golden.write=DIR} missing files are written there.
 */
class GoldenMessagesTest {
    private static final ObjectMapper TREE = new ObjectMapper();
    private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final FilmRef FILM = new FilmRef("default", "film_2k7x", 1);
    private static final AttemptRef PARENT = new AttemptRef("aa11", "a1");
    private static final AttemptRef ATTEMPT = new AttemptRef("bb22", "b1");

    private record Sample(Class<? extends Message> readAs, Message message) {}

    private static final Map<String, Sample> SAMPLES = samples();

    private static Map<String, Sample> samples() {
        SegmentJob render = new SegmentJob(1, FILM, 3, 1, ATTEMPT,
                new SegmentJob.Work.Render("cafe", "A fish swims in the sea.", Optional.of("text"), -42L, 8, 3.5, 1.0, 6, Optional.of(PARENT), Optional.empty()), AT, "d1");
        Map<String, Sample> all = new LinkedHashMap<>();
        all.put("film-command.submit", new Sample(FilmCommand.class,
                new FilmCommand.Submit(1, FILM, ObjectKeys.plan(FILM), "feed", "A title", Lane.INTERACTIVE, "cpu", AT)));
        all.put("film-command.revise", new Sample(FilmCommand.class,
                new FilmCommand.Revise(1, new FilmRef("default", "film_2k7x", 2), ObjectKeys.plan(new FilmRef("default", "film_2k7x", 2)), "beef", "A title", Lane.BATCH, "cpu", AT)));
        all.put("film-command.retry", new Sample(FilmCommand.class, new FilmCommand.Retry(1, FILM, AT)));
        all.put("film-command.pause", new Sample(FilmCommand.class, new FilmCommand.Pause(1, FILM, AT)));
        all.put("film-command.resume", new Sample(FilmCommand.class, new FilmCommand.Resume(1, FILM, AT)));
        all.put("film-command.reprioritise", new Sample(FilmCommand.class, new FilmCommand.Reprioritise(1, FILM, Lane.INTERACTIVE, AT)));
        all.put("film-command.cancel", new Sample(FilmCommand.class, new FilmCommand.Cancel(1, FILM, AT)));
        all.put("film-command.delete", new Sample(FilmCommand.class, new FilmCommand.Delete(1, FILM, AT)));
        all.put("expiry-job", new Sample(ExpiryJob.class, new ExpiryJob(1, "default", "e1", List.of(FILM), List.of(ATTEMPT, PARENT), true, AT)));
        all.put("expiry-report.waited", new Sample(ExpiryReport.class, new ExpiryReport.Waited(1, "default", "e1", AT)));
        all.put("expiry-report.removed", new Sample(ExpiryReport.class, new ExpiryReport.Removed(1, "default", "e1", AT)));
        all.put("expiry-report.found", new Sample(ExpiryReport.class, new ExpiryReport.Found(1, "default", List.of(FILM), List.of(ATTEMPT), AT)));
        all.put("segment-job.render", new Sample(SegmentJob.class, render));
        all.put("segment-job.encode-clip", new Sample(SegmentJob.class,
                new SegmentJob(1, FILM, 3, 1, ATTEMPT, new SegmentJob.Work.EncodeClip("cafe", 5, 6), AT, "d2")));
        all.put("segment-job.replace-clip", new Sample(SegmentJob.class,
                new SegmentJob(1, FILM, 3, 1, ATTEMPT, new SegmentJob.Work.ReplaceClip("cafe", 5, 6), AT, "d2")));
        all.put("segment-report.dispatched", new Sample(SegmentReport.class, new SegmentReport.Dispatched(1, FILM, 3, ATTEMPT, "d1", AT)));
        all.put("segment-report.lost", new Sample(SegmentReport.class, new SegmentReport.Lost(1, FILM, 3, ATTEMPT, "d1", true, "deadline", AT)));
        all.put("segment-report.rendered", new Sample(SegmentReport.class,
                new SegmentReport.Rendered(1, FILM, 3, ATTEMPT, Optional.of(PARENT), "w1", "cafe", "01", "02", "redis", 5, 6,
                        new SegmentReport.Timing(0.1, 1.5, 0.2, 0.05), AT)));
        all.put("segment-report.clipped", new Sample(SegmentReport.class,
                new SegmentReport.Clipped(1, FILM, 3, ATTEMPT, "w1", "03", 12_345, 0.02, AT)));
        all.put("segment-report.failed", new Sample(SegmentReport.class,
                new SegmentReport.Failed(1, FILM, 3, ATTEMPT, "w1", SegmentReport.Cause.POISON, "prompt is empty", AT)));
        all.put("segment-report.released", new Sample(SegmentReport.class, new SegmentReport.Released(1, FILM, 3, ATTEMPT, "w1", AT)));
        all.put("lane-event.ready", new Sample(LaneEvent.class, new LaneEvent.Ready(1, "cpu", Lane.BATCH, FILM, ATTEMPT, render, AT, AT)));
        all.put("lane-event.settled", new Sample(LaneEvent.class, new LaneEvent.Settled(1, "cpu", FILM, ATTEMPT, AT)));
        all.put("lane-event.judged", new Sample(LaneEvent.class, new LaneEvent.Judged(1, "cpu", FILM, ATTEMPT, "w1", false, AT)));
        all.put("lane-event.moved", new Sample(LaneEvent.class, new LaneEvent.Moved(1, "cpu", Lane.INTERACTIVE, FILM, ATTEMPT, AT)));
        all.put("lane-event.withdrawn", new Sample(LaneEvent.class, new LaneEvent.Withdrawn(1, "cpu", FILM, ATTEMPT, AT)));
        all.put("worker-heartbeat", new Sample(WorkerHeartbeat.class,
                new WorkerHeartbeat(1, "w1", "cpu", List.of(Lane.INTERACTIVE, Lane.BATCH), 1, "cafe", "cpu bf16", WorkerHeartbeat.State.READY,
                        List.of(new WorkerHeartbeat.Running(FILM, 3, ATTEMPT, "d1", 2, 8)), AT)));
        all.put("worker-heartbeat.resting", new Sample(WorkerHeartbeat.class,
                new WorkerHeartbeat(1, "w1", "cpu", List.of(Lane.BATCH), 1, "cafe", "cpu bf16", WorkerHeartbeat.State.READY, List.of(), AT,
                        Optional.of(new WorkerHeartbeat.Resting(42.5, "failed on 2 jobs in a row that others did not fail on")))));
        all.put("worker-control.cancel-attempt", new Sample(WorkerControl.class, new WorkerControl.CancelAttempt(1, ATTEMPT, "d1", AT)));
        all.put("worker-control.bench", new Sample(WorkerControl.class, new WorkerControl.Bench(1, "w1", 60, "failed on 2 segments in a row", AT)));
        all.put("worker-control.drain", new Sample(WorkerControl.class, new WorkerControl.Drain(1, "w1", AT)));
        all.put("film-state", new Sample(FilmState.class,
                new FilmState(1, FILM, "A title", "phenaki", "cafe", Lane.INTERACTIVE, "rendering", Optional.empty(), 3, 12, 72, 8, 128, 128, 4, 3, 1, 1,
                        new FilmState.Seconds(6, 0.1, 0.4), 17, AT, AT, Optional.empty(), Optional.empty(), Optional.empty())));
        all.put("film-state.revised", new Sample(FilmState.class,
                new FilmState(1, new FilmRef("default", "film_2k7x", 2), "A title", "phenaki", "cafe", Lane.INTERACTIVE, "rendering", Optional.empty(), 3, 12, 72, 8, 128, 128, 4, 3, 1, 1,
                        new FilmState.Seconds(6, 0.1, 0.4), 17, AT, AT, Optional.empty(), Optional.empty(),
                        Optional.of(new FilmState.Kept(1, ObjectKeys.product(FILM, "as1/film.mp4"))))));
        all.put("film-state.planned", new Sample(FilmState.class,
                new FilmState(1, new FilmRef("default", "film_2k7x", 2), "A title", "phenaki", "cafe", Lane.INTERACTIVE, "rendering", Optional.empty(), 3, 12, 72, 8, 128, 128, 4, 3, 1, 1,
                        new FilmState.Seconds(6, 0.1, 0.4), 17, AT, AT, Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(ObjectKeys.plan(FILM)))));
        all.put("film-event.film-changed", new Sample(FilmEvent.class,
                new FilmEvent.FilmChanged(1, FILM, "queued", "rendering", Optional.empty(), AT)));
        all.put("film-event.segment-changed", new Sample(FilmEvent.class,
                new FilmEvent.SegmentChanged(1, FILM, 3, 1, "dispatched", "accepted", Optional.of(ATTEMPT), Optional.of("w1"), false, AT)));
        all.put("film-event.segment-clipped", new Sample(FilmEvent.class,
                new FilmEvent.SegmentChanged(1, FILM, 3, 1, "accepted", "clipped", Optional.of(ATTEMPT), Optional.of("w1"), false, AT, Optional.of("03"))));
        all.put("film-event.late-report", new Sample(FilmEvent.class, new FilmEvent.LateReport(1, FILM, 3, ATTEMPT, "rendered", AT)));
        all.put("film-event.command-refused", new Sample(FilmEvent.class, new FilmEvent.CommandRefused(1, FILM, "pause", "finished", AT)));
        all.put("lineage", new Sample(Lineage.class,
                new Lineage(1, FILM, "A title", "phenaki", "cafe", 128, 128, 8, 72,
                        List.of(new Lineage.Entry(0, 0, PARENT, Optional.empty(), 7L, 11, "A city.", "w1", "03", false)))));
        all.put("assembly-job", new Sample(AssemblyJob.class, new AssemblyJob(1, FILM, "as1", ObjectKeys.lineage(FILM), "04", AT, AT)));
        all.put("assembly-report.assembled", new Sample(AssemblyReport.class,
                new AssemblyReport.Assembled(1, FILM, "as1", ObjectKeys.product(FILM, "film.mp4"), "05", 99_999, 72, 0.4, AT)));
        all.put("assembly-report.failed", new Sample(AssemblyReport.class,
                new AssemblyReport.Failed(1, FILM, "as1", "clip 3 is cut short", List.of(3), false, AT)));
        DeadLetter letter = new DeadLetter(1, Topics.FILM_COMMANDS, "default", "{", "not a FilmCommand", AT, Optional.empty(), Optional.empty());
        all.put("dead-letter", new Sample(DeadLetter.class, letter));
        all.put("dead-letter.parked", new Sample(DeadLetter.class, DeadLetter.parked(Topics.FILM_COMMANDS, 2, 17, "default", "{}".getBytes(StandardCharsets.UTF_8), "not a FilmCommand", AT)));
        all.put("dead-letter.parked-bytes", new Sample(DeadLetter.class, DeadLetter.parked(Topics.WORKER_CONTROL, 0, 18, null, new byte[] {(byte) 0xff, 1}, "not a WorkerControl", AT)));
        all.put("dead-letter.requeued", new Sample(DeadLetter.class, DeadLetter.handled(letter, "0-17", DeadLetter.How.REQUEUED, AT)));
        all.put("dead-letter.retried", new Sample(DeadLetter.class, DeadLetter.handled(letter, "0-18", DeadLetter.How.RETRIED, AT)));
        all.put("film-callback", new Sample(FilmCallback.class, new FilmCallback(1, "https://example.com/hook", "whsec_c2VjcmV0")));
        all.put("webhook-endpoint", new Sample(WebhookEndpoint.class, new WebhookEndpoint(1, "default", "ep_1", "https://example.com/hook", WebhookEndpoint.Format.FILMS, List.of("film.completed"),
                List.of(new WebhookEndpoint.Secret("whsec_bmV3", Optional.empty()), new WebhookEndpoint.Secret("whsec_b2xk", Optional.of(AT))), Optional.empty(), AT, AT, 2)));
        all.put("webhook-endpoint.disabled", new Sample(WebhookEndpoint.class, new WebhookEndpoint(1, "default", "ep_1", "https://example.com/hook", WebhookEndpoint.Format.VIDEOS, List.of(),
                List.of(new WebhookEndpoint.Secret("whsec_bmV3", Optional.empty())), Optional.of("answered 410"), AT, AT, 3)));
        all.put("webhook-delivery.waiting", new Sample(WebhookDelivery.class, new WebhookDelivery(1, "dlv_1", FILM, Optional.of("ep_1"), Optional.empty(), "evt_1", "film.completed", "{}", "waiting", 2,
                AT, AT, Optional.of(AT), Optional.empty(), List.of(new WebhookDelivery.Attempt(AT, Optional.of(500), Optional.empty(), "oops", 12),
                        new WebhookDelivery.Attempt(AT, Optional.empty(), Optional.of("connection refused"), "", 3)), 3)));
        all.put("webhook-delivery.given-up", new Sample(WebhookDelivery.class, new WebhookDelivery(1, "dlv_2", FILM, Optional.empty(),
                Optional.of(new FilmCallback(1, "https://example.com/hook", "whsec_c2VjcmV0")), "evt_1", "film.completed", "{}", "given-up", 30, AT, AT, Optional.empty(), Optional.of("no answer"),
                List.of(), 31)));
        AccessKey key = new AccessKey(1, "0a1b2c3d4e5f", "studio", "render box", List.of("films:read", "films:write"), "06", "key:ffeeddccbbaa", AT, AT.plusSeconds(60), Optional.empty());
        all.put("access-key", new Sample(AccessKey.class, key));
        all.put("access-key.revoked", new Sample(AccessKey.class, key.revokedAt(AT)));
        all.put("audit-record", new Sample(AuditRecord.class, new AuditRecord(1, "studio", "key:0a1b2c3d4e5f", "studio", "submitFilm", Optional.of("film_2k7x"), Optional.of(1), Optional.empty(), 202,
                Optional.empty(), "r-1", AT, Optional.of(List.of("A city.")))));
        all.put("audit-record.refused", new Sample(AuditRecord.class, new AuditRecord(1, "studio", "sub:anna", "studio", "revokeKey", Optional.empty(), Optional.empty(),
                Optional.of("0a1b2c3d4e5f"), 403, Optional.of("urn:longtake:problem:not-allowed"), "r-2", AT, Optional.empty())));
        return all;
    }

    static Stream<String> names() {
        return SAMPLES.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void aMessageIsWrittenAsItWasReleased(String name) throws Exception {
        byte[] written = Json.write(SAMPLES.get(name).message());
        String target = System.getProperty("longtake.golden.write");
        if (target != null && getClass().getResource("/golden/v1/" + name + ".json") == null) {
            Files.write(Path.of(target, name + ".json"), TREE.writerWithDefaultPrettyPrinter().writeValueAsBytes(TREE.readTree(written)));
            return;
        }
        assertThat(TREE.readTree(written)).isEqualTo(golden(name));
    }

    @ParameterizedTest
    @MethodSource("names")
    void whatWasReleasedIsStillRead(String name) throws Exception {
        Sample sample = SAMPLES.get(name);
        assertThat(Json.read(TREE.writeValueAsBytes(golden(name)), sample.readAs())).isEqualTo(sample.message());
    }

    @ParameterizedTest
    @MethodSource("names")
    void unknownFieldsAreIgnoredAndNewerVersionsRefused(String name) throws Exception {
        Sample sample = SAMPLES.get(name);
        ObjectNode message = (ObjectNode) golden(name);
        message.put("addedLater", true);
        assertThat(Json.read(TREE.writeValueAsBytes(message), sample.readAs())).isEqualTo(sample.message());
        message.put("version", Message.VERSION + 1);
        assertThatThrownBy(() -> Json.read(TREE.writeValueAsBytes(message), sample.readAs()))
                .isInstanceOf(UnreadableMessageException.class)
                .hasMessageContaining("version " + (Message.VERSION + 1));
    }

    @Test
    void everyGoldenFileHasASample() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/golden/v1"))) {
            TreeSet<String> found = new TreeSet<>();
            files.forEach(f -> found.add(f.getFileName().toString().replace(".json", "")));
            assertThat(found).containsExactlyElementsOf(new TreeSet<>(SAMPLES.keySet()));
        }
    }

    /** Raising the version without a folder of golden messages, or without reading the older ones, is noticed here. */
    @Test
    void everyVersionEverReleasedHasItsFolder() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of("src/test/resources/golden"))) {
            assertThat(folders.map(f -> f.getFileName().toString())).containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, Message.VERSION).mapToObj(v -> "v" + v).toList());
        }
    }

    private static String refusal(String json, Class<?> type) {
        try {
            return "read: " + Json.read(json.getBytes(StandardCharsets.UTF_8), type);
        } catch (UnreadableMessageException e) {
            return e.getMessage();
        }
    }

    @Test
    void theReasonSaysWhichVersionWasFoundAndWhichAreRead() {
        assertThat(refusal("{\"type\":\"splice\",\"version\":1}", FilmCommand.class)).isEqualTo("FilmCommand of unknown type \"splice\" and of version 1; this build reads 1..1");
        assertThat(refusal("{\"type\":\"splice\"}", FilmCommand.class)).isEqualTo("FilmCommand of unknown type \"splice\" and of no version; this build reads 1..1");
        assertThat(refusal("{\"type\":\"splice\",\"version\":3}", FilmCommand.class)).isEqualTo("FilmCommand of version 3; this build reads 1..1");
        assertThat(refusal("{\"version\":1}", FilmCommand.class)).isEqualTo("FilmCommand of no type and of version 1; this build reads 1..1");
        assertThat(refusal("{\"version\":2,\"everything\":\"is different\"}", SegmentJob.class)).isEqualTo("SegmentJob of version 2; this build reads 1..1");
        assertThat(refusal("{\"version\":1}", SegmentJob.class)).startsWith("not a SegmentJob of version 1: ");
        assertThat(refusal("[]", SegmentJob.class)).startsWith("not a SegmentJob: ");
    }

    @Test
    void workOfAnUnknownTypeInsideAJobIsRefusedTheSameWay() throws Exception {
        ObjectNode job = (ObjectNode) golden("segment-job.render");
        ((ObjectNode) job.get("work")).put("type", "upscale");
        assertThat(refusal(TREE.writeValueAsString(job), SegmentJob.class)).isEqualTo("SegmentJob of unknown type \"upscale\" and of version 1; this build reads 1..1");
    }

    @Test
    void aParkedMessageIsKeptByteByByteAndBoundedInSize() {
        Random random = new Random(7);
        for (int length : new int[] {0, 1, 100, DeadLetter.LARGEST}) {
            byte[] noise = new byte[length];
            random.nextBytes(noise);
            byte[] quotes = "\"".repeat(length).getBytes(StandardCharsets.UTF_8);
            byte[] prose = "a".repeat(length).getBytes(StandardCharsets.UTF_8);
            for (byte[] message : List.of(noise, quotes, prose)) {
                DeadLetter letter = DeadLetter.parked("t", 0, 1, null, message, "why", AT);
                assertThat(letter.message().orElseThrow()).isEqualTo(message);
                assertThat(letter.originalKey()).isNull();
                assertThat(Json.write(letter).length).as("a broker takes a mebibyte").isLessThan(900_000);
            }
        }
        DeadLetter cut = DeadLetter.parked("t", 0, 1, "", new byte[DeadLetter.LARGEST + 1], "why", AT);
        assertThat(cut.message()).isEmpty();
        assertThat(cut.originalKey()).isEmpty();
        assertThat(Json.write(cut).length).isLessThan(200_000);
    }

    @Test
    void aMissingFieldIsAnUnreadableMessage() {
        assertThatThrownBy(() -> Json.read("{\"type\":\"cancel\",\"version\":1}".getBytes(), FilmCommand.class))
                .isInstanceOf(UnreadableMessageException.class);
        assertThatThrownBy(() -> Json.read("null".getBytes(), FilmCommand.class)).isInstanceOf(UnreadableMessageException.class);
        assertThatThrownBy(() -> Json.read("{".getBytes(), FilmCommand.class)).isInstanceOf(UnreadableMessageException.class);
    }

    private static JsonNode golden(String name) throws IOException {
        try (InputStream in = GoldenMessagesTest.class.getResourceAsStream("/golden/v1/" + name + ".json")) {
            assertThat(in).as("golden file of %s", name).isNotNull();
            return TREE.readTree(in);
        }
    }
}
