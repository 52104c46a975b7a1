package dev.longtake.farm.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShutdownTest {
    private final List<String> closed = new ArrayList<>();
    private final Shutdown shutdown = new Shutdown();

    private AutoCloseable part(String name) {
        return () -> closed.add(name);
    }

    @Test
    void whatWasStartedLastIsClosedFirstAndOnce() throws Exception {
        shutdown.add(part("servers"));
        shutdown.add(part("services"));
        assertThat(shutdown.await(Duration.ZERO)).isFalse();
        shutdown.run();
        shutdown.run();
        assertThat(closed).containsExactly("services", "servers");
        assertThat(shutdown.await(Duration.ZERO)).isTrue();
    }

    @Test
    void whatComesTooLateIsClosedAtOnce() {
        shutdown.run();
        shutdown.add(part("late"));
        assertThat(closed).containsExactly("late");
    }

    @Test
    void onePartThatFailsDoesNotKeepTheOthersOpen() {
        shutdown.add(part("servers"));
        shutdown.add(() -> {
            throw new IllegalStateException("no");
        });
        shutdown.run();
        assertThat(closed).containsExactly("servers");
    }
}
