package dev.longtake.gateway.films;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.Lane;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.contract.WorkerHeartbeat.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerTableTest {
    private static final class Hands extends Clock {
        private Instant now = Instant.EPOCH;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private final Hands clock = new Hands();
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
    void aSilentWorkerIsForgottenByThisProcessesClock() {
        table.put(from("a", State.READY));
        clock.now = clock.now.plusSeconds(10);
        assertThat(table.ready()).isEqualTo(1);
        clock.now = clock.now.plusSeconds(1);
        assertThat(table.ready()).isZero();
    }
}
