package dev.longtake.gateway.films;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Lane;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.contract.WorkerHeartbeat.State;
import dev.longtake.gateway.HandClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WorkerTableTest {

    private final HandClock clock = new HandClock(Instant.EPOCH);
    private final WorkerTable table = new WorkerTable(clock, Duration.ofSeconds(10));

    private static WorkerHeartbeat from(String worker, State state) {
        return new WorkerHeartbeat(1, worker, "cpu", List.of(Lane.BATCH), 1, "cafe", "cpu", state, List.of(), Instant.MAX);
    }

    @Test
    void onlyWorkersThatTakeWorkAreReady() {
        table.put(from("a", State.READY));
        table.put(from("b", State.DRAINING));
        assertThat(table.ready()).isEqualTo(1);
        table.put(from("a", State.GONE));
        assertThat(table.ready()).isZero();
    }

    @Test
    void aWorkerThatRestsIsShownWithItsReasonAndUntilWhen() {
        FilmRef film = new FilmRef("default", "f", 1);
        table.put(new WorkerHeartbeat(1, "b", "cpu", List.of(Lane.BATCH), 1, "cafe", "cpu", State.READY, List.of(new WorkerHeartbeat.Running(film, 2, new AttemptRef("k", "a"), "d", 3, 8)),
                Instant.MAX, Optional.of(new WorkerHeartbeat.Resting(42.5, "failed on 2 jobs in a row that others did not fail on"))));
        table.put(from("a", State.READY));
        table.put(from("c", State.DRAINING));
        assertThat(table.ready()).isEqualTo(1);
        assertThat(table.all()).extracting(WorkerView::id).containsExactly("a", "b", "c");
        assertThat(table.all()).extracting(WorkerView::state).containsExactly("ready", "resting", "draining");
        assertThat(table.all().get(1)).satisfies(v -> {
            assertThat(v.resting().orElseThrow()).isEqualTo(new WorkerView.Resting(Instant.EPOCH.plusMillis(42_500), "failed on 2 jobs in a row that others did not fail on"));
            assertThat(v.running()).containsExactly(new WorkerView.InHand("f", 2, 3, 8));
        });
        assertThat(table.all(f -> f.tenant().equals("other")).get(1).running()).as("of another's film nothing is said").isEmpty();
        table.put(from("b", State.READY));
        assertThat(table.all().get(1).state()).as("tried again").isEqualTo("ready");
    }

    @Test
    void aSilentWorkerIsForgottenByThisProcessesClock() {
        table.put(from("a", State.READY));
        clock.now = clock.now.plusSeconds(10);
        assertThat(table.ready()).isEqualTo(1);
        clock.now = clock.now.plusSeconds(1);
        assertThat(table.ready()).isZero();
    }
}
