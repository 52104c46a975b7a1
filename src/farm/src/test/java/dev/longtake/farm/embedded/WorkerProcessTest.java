package dev.longtake.farm.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.farm.embedded.WorkerProcess.Backoff;
import dev.longtake.farm.embedded.WorkerProcess.Command;
import dev.longtake.worker.WorkerService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerProcessTest {
    private static final Backoff QUICK = new Backoff(Duration.ofMillis(10), Duration.ofMillis(40), 4);

    @TempDir
    Path dir;

    private Command sh(String script) {
        return new Command(List.of("/bin/sh", "-c", script), Map.of("STARTS", dir.resolve("starts").toString(), "READY", dir.resolve("ready").toString()), dir.resolve("ready"));
    }

    private long starts() {
        try {
            return Files.readAllLines(dir.resolve("starts")).size();
        } catch (IOException e) {
            return 0;
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(until);
            Thread.sleep(10);
        }
    }

    @Test
    void aWorkerThatDiesIsStartedAgainAndGivenUpInTheEnd() throws Exception {
        try (WorkerProcess worker = WorkerProcess.start(sh("echo x >> $STARTS; echo dying words; exit 3"), dir.resolve("worker.log"), QUICK)) {
            await(() -> worker.gaveUp().isPresent());
            assertThat(starts()).isEqualTo(4);
            assertThat(worker.gaveUp().orElseThrow()).contains("ended with 3").contains("4 times in a row").contains("worker.log");
            assertThat(Files.readString(dir.resolve("worker.log"))).isEqualTo("dying words\n".repeat(4));
        }
    }

    @Test
    void aWorkerThatWasReadyWhenItDiedIsStartedAgainForEver() throws Exception {
        try (WorkerProcess worker = WorkerProcess.start(sh("echo x >> $STARTS; touch $READY; exit 134"), dir.resolve("worker.log"), QUICK)) {
            await(() -> starts() > 10);
            assertThat(worker.gaveUp()).isEmpty();
        }
    }

    @Test
    void aWorkerThatRefusesItsModelIsNotStartedAgainAndSaysWhy() throws Exception {
        String script = "echo x >> $STARTS; echo '10:00 ERROR x " + WorkerService.REFUSED + "the encoder gives other codes here'; exit " + WorkerService.BAD_BUNDLE;
        try (WorkerProcess worker = WorkerProcess.start(sh(script), dir.resolve("worker.log"), QUICK)) {
            await(() -> worker.gaveUp().isPresent());
            assertThat(starts()).isEqualTo(1);
            assertThat(worker.gaveUp().orElseThrow()).startsWith("the worker refuses its model: the encoder gives other codes here; see ");
        }
    }

    @Test
    void aWorkerThatDiesOnceIsReplaced() throws Exception {
        try (WorkerProcess worker = WorkerProcess.start(sh("echo x >> $STARTS; [ $(wc -l < $STARTS) -gt 1 ] || exit 1; exec sleep 60"), dir.resolve("worker.log"), QUICK)) {
            await(() -> starts() == 2);
            assertThat(worker.gaveUp()).isEmpty();
        }
    }

    @Test
    void aWorkerThatCannotBeStartedIsGivenUpToo() throws Exception {
        try (WorkerProcess worker = WorkerProcess.start(new Command(List.of("/no/such/program"), Map.of(), dir.resolve("ready")), dir.resolve("worker.log"), QUICK)) {
            await(() -> worker.gaveUp().isPresent());
            assertThat(worker.gaveUp().orElseThrow()).contains("cannot be started");
        }
    }

    @Test
    void stoppingAsksFirstAndInsistsThen() throws Exception {
        WorkerProcess polite = WorkerProcess.start(sh("trap 'echo bye; exit 0' TERM; echo x >> $STARTS; while :; do sleep 0.05; done"), dir.resolve("polite.log"), QUICK);
        await(() -> starts() == 1);
        polite.stop(Duration.ofSeconds(10));
        assertThat(Files.readString(dir.resolve("polite.log"))).isEqualTo("bye\n");
        WorkerProcess stubborn = WorkerProcess.start(sh("trap '' TERM; echo x >> $STARTS; while :; do sleep 0.05; done"), dir.resolve("stubborn.log"), QUICK);
        await(() -> starts() == 2);
        long began = System.nanoTime();
        stubborn.stop(Duration.ofMillis(300));
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(Duration.ofMillis(300), Duration.ofSeconds(10));
        Thread.sleep(100);
        assertThat(starts()).isEqualTo(2);
    }

    @Test
    void pausesGrowUpToTheLongest() {
        Backoff backoff = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(20), 6);
        assertThat(List.of(backoff.pause(1), backoff.pause(2), backoff.pause(3), backoff.pause(7), backoff.pause(100)))
                .containsExactly(Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(20), Duration.ofSeconds(20));
    }

    @Test
    void aLogNeverGrowsPastTwiceItsBound() throws Exception {
        Path file = dir.resolve("x.log");
        try (BoundedLog log = new BoundedLog(file, 20_000)) {
            log.drain(new java.io.ByteArrayInputStream(new byte[100_000]));
        }
        assertThat(Files.size(file)).isBetween(1L, 20_000L);
        assertThat(Files.size(dir.resolve("x.log.1"))).isBetween(1L, 20_000L);
    }

    @Test
    void aRenderThatDidNotEndIsRemembered() throws Exception {
        Renders renders = new Renders(dir);
        byte[] plan = {1, 2, 3};
        assertThat(renders.find(plan)).isEmpty();
        renders.begin(plan, "f1");
        assertThat(new Renders(dir).find(plan)).contains("f1");
        assertThat(renders.find(new byte[] {1})).isEmpty();
        renders.end(plan);
        assertThat(renders.find(plan)).isEmpty();
    }
}
