package dev.longtake.gateway.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Json;
import dev.longtake.contract.Lane;
import dev.longtake.contract.Lineage;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.SegmentReport;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.PlanDocument;
import dev.longtake.gateway.films.FilmPlanner;
import dev.longtake.gateway.films.TestModels;
import dev.longtake.gateway.films.WorkerTable;
import dev.longtake.platform.memory.MemoryObjectStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LineagesTest {
    private static final FilmRef FILM = new FilmRef("default", "0123456789abcdef01234567", 1);
    private static final Instant AT = Instant.EPOCH;

    private final MemoryObjectStore objects = new MemoryObjectStore();
    private final WorkerTable workers = new WorkerTable(Clock.systemUTC(), Duration.ofSeconds(10));
    private final Lineages lineages = new Lineages(objects, workers);
    private final FilmState state = new FilmState(1, FILM, "t", "phenaki", "cafe", Lane.BATCH, "rendering", Optional.empty(), 2, 8, 48, 8, 128, 128, 0, 0, 0, 0, FilmState.Seconds.NONE, 1, AT, AT,
            Optional.empty(), Optional.empty(), Optional.empty());

    private FilmPlan plan() throws Exception {
        FilmPlan plan = new FilmPlanner(TestModels.one()).plan("A city. A river.".getBytes(), Optional.empty(), Map.of()).plan();
        objects.put(ObjectKeys.plan(FILM), PlanDocument.of(plan).toBytes(), "application/json");
        return plan;
    }

    @Test
    void beforeAnythingIsDecidedThePlanAndTheStoreSpeak() throws Exception {
        FilmPlan plan = plan();
        AttemptRef first = new AttemptRef(plan.segments().get(0).key().hex(), "a1");
        objects.put(ObjectKeys.report("default", first), Json.write(new SegmentReport.Rendered(1, FILM, 0, first, Optional.empty(), "w1", "cafe", "t", "l", "none", 0, 11,
                new SegmentReport.Timing(0, 1, 0, 0), AT)), "application/json");
        objects.put(ObjectKeys.tokens("default", first), new byte[1], "application/octet-stream");
        workers.put(new WorkerHeartbeat(1, "w2", "cpu", List.of(Lane.BATCH), 1, "cafe", "cpu", WorkerHeartbeat.State.READY,
                List.of(new WorkerHeartbeat.Running(FILM, 1, new AttemptRef("k", "b1"), "d", 3, 8)), AT));
        LineageView page = lineages.of(state, 0, 2).orElseThrow();
        assertThat(page.decided()).isFalse();
        assertThat(page.bundle()).isEqualTo("cafe");
        assertThat(page.next()).contains(1);
        assertThat(page.segments().get(0)).satisfies(s -> {
            assertThat(s.prompt()).isEqualTo("A city.");
            assertThat(s.key()).isEqualTo(first.segmentKey());
            assertThat(s.seed()).isEqualTo(plan.segments().get(0).seed());
            assertThat(s.attempt()).isEmpty();
            assertThat(s.stored().orElseThrow()).containsExactly(new LineageView.Attempt("a1", "w1", Optional.empty()));
        });
        assertThat(page.segments().get(1).running()).contains("w2");
        assertThat(lineages.of(state, 7, 2).orElseThrow().next()).isEmpty();
        assertThat(lineages.of(state, 99, 2).orElseThrow().segments()).isEmpty();
    }

    @Test
    void whatWasDecidedIsWhatTheFilmWasJoinedFrom() throws Exception {
        plan();
        List<Lineage.Entry> entries = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            entries.add(new Lineage.Entry(i, 0, new AttemptRef("k" + i, "a" + i), i == 0 ? Optional.empty() : Optional.of(new AttemptRef("k" + (i - 1), "a" + (i - 1))), i, 6, "A city.", "w1", "c" + i,
                    i == 0));
        }
        objects.put(ObjectKeys.lineage(FILM), Json.write(new Lineage(1, FILM, "t", "phenaki", "beef", 128, 128, 8, 18, entries)), "application/json");
        LineageView page = lineages.of(state, 1, 1).orElseThrow();
        assertThat(page.decided()).isTrue();
        assertThat(page.bundle()).isEqualTo("beef");
        assertThat(page.next()).contains(1);
        assertThat(page.segments()).singleElement().satisfies(s -> {
            assertThat(s.attempt()).contains("a1");
            assertThat(s.parent()).contains(new LineageView.Parent("k0", "a0"));
            assertThat(s.worker()).contains("w1");
            assertThat(s.clipSha256()).contains("c1");
            assertThat(s.reused()).contains(false);
            assertThat(s.stored()).isEmpty();
        });
    }

    @Test
    void whatIsGoneIsSaidToBe() {
        assertThat(lineages.of(state, 0, 9)).isEmpty();
    }
}
