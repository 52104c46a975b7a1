package dev.longtake.gateway.webhooks.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OwnershipTest {
    private final AtomicLong read = new AtomicLong();
    private final AtomicLong polls = new AtomicLong(5);
    private final AtomicLong nanos = new AtomicLong();
    private final List<Set<Integer>> handed = new ArrayList<>();
    private final Ownership ownership = new Ownership(ends -> ends.values().stream().allMatch(e -> read.get() >= e), polls::get, nanos::get, Duration.ofSeconds(7), handed::add);

    @Test
    void aPartitionIsActedOnOnceAllThatWasWrittenThereIsKnown() {
        assertThat(ownership.owns(1)).isFalse();
        ownership.gained(Map.of(1, 10L));
        assertThat(ownership.owns(1)).isFalse();
        read.set(10);
        assertThat(ownership.owns(1)).isTrue();
        assertThat(ownership.owns(2)).isFalse();
    }

    @Test
    void whatIsLostInOrderIsHandedOver() {
        ownership.gained(Map.of(1, 0L, 2, 0L));
        ownership.lost(Set.of(1), true);
        ownership.lost(Set.of(2), false);
        assertThat(ownership.owns(1)).isFalse();
        assertThat(ownership.owns(2)).isFalse();
        assertThat(handed).containsExactly(Set.of(1));
    }

    @Test
    void whoWasFrozenAsksBeforeItActs() {
        assertThat(ownership.look()).isTrue();
        nanos.addAndGet(Duration.ofSeconds(6).toNanos());
        assertThat(ownership.look()).isTrue();
        nanos.addAndGet(Duration.ofSeconds(8).toNanos());
        assertThat(ownership.look()).isFalse();
        polls.incrementAndGet();
        assertThat(ownership.look()).as("that poll may have begun before").isFalse();
        polls.incrementAndGet();
        assertThat(ownership.look()).isTrue();
    }
}
