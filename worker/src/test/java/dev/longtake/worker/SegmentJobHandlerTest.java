package dev.longtake.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.Digests;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Message;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.SegmentJob;
import dev.longtake.contract.SegmentReport;
import dev.longtake.contract.WorkerControl;
import dev.longtake.engine.Frames;
import dev.longtake.engine.Tokens;
import dev.longtake.media.ClipReader;
import dev.longtake.platform.memory.MemoryObjectStore;
import dev.longtake.platform.memory.MemoryTailCache;
import dev.longtake.platform.queue.JobHandler.Verdict;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.queue.QueueUnavailableException;
import dev.longtake.platform.store.ObjectStore;
import dev.longtake.platform.store.StoreUnavailableException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SegmentJobHandlerTest {
    private static final FilmRef FILM = new FilmRef("default", "film_a", 1);
    private final MemoryObjectStore store = new MemoryObjectStore();
    private final MemoryTailCache tails = new MemoryTailCache();
    private final BlockingQueue<Message> sent = new LinkedBlockingQueue<>();
    private final TinyEngine tiny = new TinyEngine(5);
    private final EngineLoop engine = new EngineLoop(() -> tiny, e -> {});
    private final JobsInHand inHand = new JobsInHand(() -> this.claims.run());
    private boolean queueAway;
    private Runnable claims = () -> {};

    private final Publisher publisher = new Publisher() {
        @Override
        public void send(String topic, String key, Message message) {
            if (queueAway) {
                throw new QueueUnavailableException("away", null);
            }
            sent.add(message);
        }

        @Override
        public void put(String topic, String key, byte[] message) {
            throw new AssertionError("a worker writes messages");
        }

        @Override
        public CompletionStage<Void> sendAsync(String topic, String key, Message message) {
            send(topic, key, message);
            return CompletableFuture.completedStage(null);
        }
    };

    @BeforeEach
    void start() {
        engine.start();
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    private SegmentJobHandler handler() {
        return handler(store, FaultPoints.armed(Optional.empty()));
    }

    private SegmentJobHandler handler(ObjectStore over, FaultPoints faults) {
        ClipWriter clips = new ClipWriter(over, publisher, Clock.systemUTC(), "w1", 8, 8, faults);
        return new SegmentJobHandler(engine, TinyEngine.DESCRIPTION, over, tails, publisher, clips, inHand, faults, Clock.systemUTC(), "w1", 3);
    }

    private static SegmentJob job(String prompt, int index, Optional<AttemptRef> parent) {
        return new SegmentJob(1, FILM, index, 0, new AttemptRef("key" + index, "attempt" + index),
                new SegmentJob.Work.Render("cafe", prompt, Optional.empty(), 7, 4, 3, 1, parent.isPresent() ? 6 : 11, parent, Optional.empty()), Instant.now().plusSeconds(600), "d" + index);
    }

    private <T> T next(Class<T> type) throws InterruptedException {
        Message message = sent.poll(10, TimeUnit.SECONDS);
        assertThat(message).isInstanceOf(type);
        return type.cast(message);
    }

    @Test
    void tokensTailAndReportAreStoredThenReportedThenTheClipFollows() throws Exception {
        SegmentJob first = job("a", 0, Optional.empty());
        assertThat(handler().handle(first, 1)).isEqualTo(Verdict.ACCEPT);
        SegmentReport.Rendered rendered = next(SegmentReport.Rendered.class);
        assertThat(Digests.sha256(store.get(ObjectKeys.tokens("default", first.attempt())))).isEqualTo(rendered.tokensDigest());
        byte[] tail = store.get(ObjectKeys.tail("default", first.attempt()));
        assertThat(Digests.sha256(tail)).isEqualTo(rendered.tailDigest());
        assertThat(Frames.fromBytes(tail).count()).isEqualTo(5);
        assertThat(tails.get("default", first.attempt())).hasValueSatisfying(t -> assertThat(t).isEqualTo(tail));
        assertThat(rendered.tailFrom()).isEqualTo("none");
        SegmentReport.Clipped clipped = next(SegmentReport.Clipped.class);
        byte[] clip = store.get(ObjectKeys.clip("default", first.attempt()));
        assertThat(Digests.sha256(clip)).isEqualTo(clipped.clipDigest());
        assertThat(ClipReader.read(clip).count()).isEqualTo(11);

        SegmentJob child = job("b", 1, Optional.of(first.attempt()));
        assertThat(handler().handle(child, 1)).isEqualTo(Verdict.ACCEPT);
        SegmentReport.Rendered second = next(SegmentReport.Rendered.class);
        assertThat(second.tailFrom()).isEqualTo("redis");
        assertThat(second.parent()).contains(first.attempt());
        next(SegmentReport.Clipped.class);
        assertThat(ClipReader.read(store.get(ObjectKeys.clip("default", child.attempt()))).count()).isEqualTo(6);
    }

    @Test
    void aStartImageIsReadFromTheStoreAndOneThatIsGoneIsSaidSo() throws Exception {
        byte[] rgb = new byte[16 * 16 * 3];
        java.util.Arrays.fill(rgb, (byte) 77);
        Frames picture = new Frames(1, 16, 16, rgb);
        String key = ObjectKeys.image(ObjectKeys.plan(FILM), Digests.sha256(picture.toBytes()));
        SegmentJob.Work.Render work = new SegmentJob.Work.Render("cafe", "a", Optional.empty(), 7, 4, 3, 1, 11, Optional.empty(), Optional.of(key));
        handler().handle(new SegmentJob(1, FILM, 0, 0, new AttemptRef("key0", "gone"), work, Instant.now().plusSeconds(600), "d0"), 1);
        assertThat(next(SegmentReport.Failed.class).reason()).contains(key);
        store.put(key, picture.toBytes(), "x/y");
        handler().handle(new SegmentJob(1, FILM, 0, 0, new AttemptRef("key0", "there"), work, Instant.now().plusSeconds(600), "d1"), 1);
        assertThat(next(SegmentReport.Rendered.class).newFrom()).isZero();
        assertThat(tiny.begun.get(tiny.begun.size() - 1).start()).isEqualTo(new dev.longtake.engine.SegmentRequest.Start.Image(picture));
    }

    @Test
    void withoutRedisTheTailComesFromTheStoreAndGivesTheSameTokens() throws Exception {
        SegmentJob first = job("a", 0, Optional.empty());
        handler().handle(first, 1);
        SegmentJob child = job("b", 1, Optional.of(first.attempt()));
        handler().handle(child, 1);
        byte[] tokens = store.get(ObjectKeys.tokens("default", child.attempt()));
        tails.clear();
        SegmentJob again = new SegmentJob(1, FILM, 1, 0, new AttemptRef("key1", "attempt1b"), child.work(), child.deadline(), "d9");
        handler().handle(again, 1);
        assertThat(store.get(ObjectKeys.tokens("default", again.attempt()))).isEqualTo(tokens);
        assertThat(sent.stream().filter(SegmentReport.Rendered.class::isInstance).map(m -> ((SegmentReport.Rendered) m).tailFrom())).contains("store");
    }

    @Test
    void eachFailureHasItsCause() throws Exception {
        handler().handle(job("poison", 0, Optional.empty()), 1);
        assertThat(next(SegmentReport.Failed.class)).satisfies(f -> {
            assertThat(f.cause()).isEqualTo(SegmentReport.Cause.POISON);
            assertThat(f.reason()).contains("poisonous");
        });
        handler().handle(job("trouble", 0, Optional.empty()), 1);
        assertThat(next(SegmentReport.Failed.class).cause()).isEqualTo(SegmentReport.Cause.SOFT);
        handler().handle(job("breaks", 0, Optional.empty()), 1);
        assertThat(next(SegmentReport.Failed.class).cause()).isEqualTo(SegmentReport.Cause.SOFT);
        handler().handle(job("a", 1, Optional.of(new AttemptRef("gone", "gone"))), 1);
        assertThat(next(SegmentReport.Failed.class).reason()).contains("gone");
        ObjectStore away = (ObjectStore) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {ObjectStore.class}, (p, m, a) -> {
            throw new StoreUnavailableException("store away", null);
        });
        handler(away, FaultPoints.armed(Optional.empty())).handle(job("a", 0, Optional.empty()), 1);
        assertThat(next(SegmentReport.Failed.class).cause()).isEqualTo(SegmentReport.Cause.OUTSIDE);
    }

    @Test
    void aReportThatCannotBeSentSendsTheJobBackAndTheNextDeliveryRendersNothing() throws Exception {
        SegmentJob job = job("a", 0, Optional.empty());
        queueAway = true;
        assertThat(handler().handle(job, 1)).isEqualTo(Verdict.RELEASE);
        queueAway = false;
        int steps = tiny.batches.size();
        assertThat(handler().handle(job, 2)).isEqualTo(Verdict.ACCEPT);
        assertThat(tiny.batches).hasSize(steps);
        next(SegmentReport.Rendered.class);
        next(SegmentReport.Clipped.class);
    }

    @Test
    void whoComesSecondAdoptsWhatTheFirstStored() throws Exception {
        SegmentJob job = job("a", 0, Optional.empty());
        Tokens other = new Tokens(6, 4, 1, new int[24]);
        store.put(ObjectKeys.tokens("default", job.attempt()), other.toBytes(), "x/y");
        handler().handle(job, 1);
        SegmentReport.Rendered rendered = next(SegmentReport.Rendered.class);
        assertThat(rendered.tokensDigest()).isEqualTo(Digests.sha256(other.toBytes()));
        assertThat(Frames.fromBytes(store.get(ObjectKeys.tail("default", job.attempt())))).isEqualTo(tiny.decode(other).slice(6, 11));
    }

    @Test
    void whatIsTakenIsShownBeforeAnythingIsDoneWithIt() throws Exception {
        List<String> shown = new ArrayList<>();
        claims = () -> {
            assertThat(tiny.batches).as("sampling steps so far").isEmpty();
            inHand.running().forEach(r -> shown.add(r.dispatch()));
        };
        handler().handle(job("a", 0, Optional.empty()), 1);
        assertThat(shown).containsExactly("d0");
        assertThat(inHand.running()).isEmpty();
    }

    @Test
    void whatCannotBeShownIsNotBegun() {
        claims = () -> {
            throw new QueueUnavailableException("away", null);
        };
        assertThat(handler().handle(job("a", 0, Optional.empty()), 1)).isEqualTo(Verdict.RELEASE);
        assertThat(tiny.batches).isEmpty();
        assertThat(inHand.running()).isEmpty();
        assertThat(store.list("")).isEmpty();
    }

    @Test
    void aJobThatKillsItsWorkersIsPoison() throws Exception {
        handler().handle(job("a", 0, Optional.empty()), 3);
        assertThat(next(SegmentReport.Failed.class)).satisfies(f -> {
            assertThat(f.cause()).isEqualTo(SegmentReport.Cause.POISON);
            assertThat(f.reason()).contains("2 workers");
        });
    }

    @Test
    void aCancelledJobStopsAndIsNotReportedAndALaterDispatchOfItIsDone() throws Exception {
        SegmentJob slow = new SegmentJob(1, FILM, 0, 0, new AttemptRef("key0", "attempt0"),
                new SegmentJob.Work.Render("cafe", "slow", Optional.empty(), 7, 200, 3, 1, 11, Optional.empty(), Optional.empty()), Instant.now().plusSeconds(600), "d0");
        CompletableFuture<Verdict> verdict = CompletableFuture.supplyAsync(() -> handler().handle(slow, 1));
        while (inHand.running().isEmpty() || inHand.running().get(0).step() < 2) {
            Thread.sleep(2);
        }
        inHand.cancel(new WorkerControl.CancelAttempt(1, slow.attempt(), "d0", Instant.now()));
        assertThat(verdict.get(5, TimeUnit.SECONDS)).isEqualTo(Verdict.ACCEPT);
        assertThat(sent).isEmpty();
        assertThat(inHand.running()).isEmpty();
        assertThat(handler().handle(slow, 1)).as("taken up again").isEqualTo(Verdict.ACCEPT);
        assertThat(sent).isEmpty();
        handler().handle(job("a", 0, Optional.empty()), 1);
        assertThat(sent).as("same dispatch id: dropped").isEmpty();
    }

    @Test
    void aWorkerThatLeavesGivesItsJobBack() throws Exception {
        SegmentJob slow = new SegmentJob(1, FILM, 0, 0, new AttemptRef("key0", "attempt0"),
                new SegmentJob.Work.Render("cafe", "slow", Optional.empty(), 7, 200, 3, 1, 11, Optional.empty(), Optional.empty()), Instant.now().plusSeconds(600), "d0");
        SegmentJobHandler handler = handler();
        CompletableFuture<Verdict> verdict = CompletableFuture.supplyAsync(() -> handler.handle(slow, 1));
        while (inHand.running().isEmpty() || inHand.running().get(0).step() < 2) {
            Thread.sleep(2);
        }
        handler.leave();
        inHand.cancelAll();
        assertThat(verdict.get(5, TimeUnit.SECONDS)).isEqualTo(Verdict.ACCEPT);
        next(SegmentReport.Released.class);
    }

    @Test
    void whatIsPastItsDeadlineIsNotBegun() {
        SegmentJob job = job("a", 0, Optional.empty());
        SegmentJob late = new SegmentJob(1, FILM, 0, 0, job.attempt(), job.work(), Instant.now().minusSeconds(1), "d");
        assertThat(handler().handle(late, 1)).isEqualTo(Verdict.ACCEPT);
        assertThat(sent).isEmpty();
    }

    @Test
    void aClipCanBeMadeAgainFromTheTokens() throws Exception {
        SegmentJob job = job("a", 0, Optional.empty());
        handler().handle(job, 1);
        next(SegmentReport.Rendered.class);
        String digest = next(SegmentReport.Clipped.class).clipDigest();
        store.put(ObjectKeys.clip("default", job.attempt()), new byte[5], "x/y");
        handler().handle(new SegmentJob(1, FILM, 0, 0, job.attempt(), new SegmentJob.Work.ReplaceClip("cafe", 0, 11), Instant.now().plusSeconds(60), "d7"), 1);
        assertThat(next(SegmentReport.Clipped.class).clipDigest()).isEqualTo(digest);
        assertThat(Digests.sha256(store.get(ObjectKeys.clip("default", job.attempt())))).isEqualTo(digest);
    }

    @Test
    void aClipThatIsOverdueIsAdoptedIfItIsThereByNow() throws Exception {
        SegmentJob job = job("a", 0, Optional.empty());
        handler().handle(job, 1);
        next(SegmentReport.Rendered.class);
        next(SegmentReport.Clipped.class);
        byte[] another = new byte[] {1, 2, 3};
        store.put(ObjectKeys.clip("default", job.attempt()), another, "x/y");
        handler().handle(new SegmentJob(1, FILM, 0, 0, job.attempt(), new SegmentJob.Work.EncodeClip("cafe", 0, 11), Instant.now().plusSeconds(60), "d7"), 1);
        assertThat(next(SegmentReport.Clipped.class).clipDigest()).isEqualTo(Digests.sha256(another));
        assertThat(store.get(ObjectKeys.clip("default", job.attempt()))).as("written once").isEqualTo(another);
    }

    @Test
    void faultPointsFireByNameAndSegmentOnTheFirstDeliveryOnly() {
        List<String> fired = new java.util.ArrayList<>();
        FaultPoints faults = new FaultPoints(Optional.of(List.of("after-tokens:1")), recorded(fired));
        SegmentJobHandler handler = handler(store, faults);
        handler.handle(job("a", 0, Optional.empty()), 1);
        assertThat(fired).isEmpty();
        handler.handle(job("a", 1, Optional.empty()), 1);
        assertThat(fired).hasSize(1);
        handler.handle(job("a", 1, Optional.empty()), 2);
        assertThat(fired).hasSize(1);
    }

    @Test
    void aPromptThatKillsTheEngineDoesSoAtEveryDelivery() throws Exception {
        List<String> fired = new java.util.ArrayList<>();
        FaultPoints faults = new FaultPoints(Optional.of(List.of("abort:volcano")), recorded(fired));
        faults.beforePrompt("default", "A beach.");
        assertThat(fired).isEmpty();
        faults.beforePrompt("default", "A volcano by day.");
        faults.beforePrompt("default", "A volcano by night.");
        assertThat(fired).containsExactly("abort", "abort");
    }

    @Test
    void aPromptThatTheEngineRefusesIsPoisonAndABrokenWorkersFailureIsNot() throws Exception {
        SegmentJobHandler handler = handler(store, new FaultPoints(Optional.of(List.of("refuse:volcano")), recorded(new java.util.ArrayList<>())));
        assertThat(handler.handle(job("A volcano.", 0, Optional.empty()), 1)).isEqualTo(Verdict.ACCEPT);
        assertThat(next(SegmentReport.Failed.class).cause()).isEqualTo(SegmentReport.Cause.POISON);
        handler = handler(store, new FaultPoints(Optional.of(List.of("fail:default")), recorded(new java.util.ArrayList<>())));
        assertThat(handler.handle(job("A beach.", 0, Optional.empty()), 1)).isEqualTo(Verdict.ACCEPT);
        assertThat(next(SegmentReport.Failed.class).cause()).isEqualTo(SegmentReport.Cause.SOFT);
    }

    @Test
    void aWorkerFreezesOnceForATenantWithASegmentInHand() {
        List<String> done = new java.util.ArrayList<>();
        SegmentJobHandler handler = handler(store, new FaultPoints(Optional.of(List.of("freeze:default")), recorded(done)));
        handler.handle(job("a", 0, Optional.empty()), 1);
        handler.handle(job("b", 1, Optional.empty()), 1);
        assertThat(done).containsExactly("freeze");
    }

    private static FaultPoints.Process recorded(List<String> done) {
        return new FaultPoints.Process() {
            @Override
            public void halt() {
                done.add("halt");
            }

            @Override
            public void abort() {
                done.add("abort");
            }

            @Override
            public void freeze() {
                done.add("freeze");
            }
        };
    }

    @Test
    void segmentsOfDifferentFilmsShareTheBatchAndLeaveItOnTheirOwn() throws Exception {
        CompletableFuture<Verdict> a = CompletableFuture.supplyAsync(() -> handler().handle(job("a", 0, Optional.empty()), 1));
        CompletableFuture<Verdict> b = CompletableFuture.supplyAsync(() -> handler().handle(job("b", 1, Optional.empty()), 1));
        CompletableFuture<Verdict> c = CompletableFuture.supplyAsync(() -> handler().handle(job("c", 2, Optional.empty()), 1));
        CompletableFuture.allOf(a, b, c).get(10, TimeUnit.SECONDS);
        assertThat(tiny.batches).contains(2).doesNotContain(3);
        assertThat(tiny.batches.stream().mapToInt(n -> n).sum()).isEqualTo(12);
    }
}
