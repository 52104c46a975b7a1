package dev.longtake.scheduler.janitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.AssemblyJob;
import dev.longtake.contract.AssemblyReport;
import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.Digests;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.SegmentJob;
import dev.longtake.contract.SegmentReport;
import dev.longtake.contract.Topics;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.PlanDocument;
import dev.longtake.platform.cache.RedisTailCache;
import dev.longtake.platform.config.PlatformConfig;
import dev.longtake.platform.queue.JobHandler.Verdict;
import dev.longtake.platform.queue.KafkaPublisher;
import dev.longtake.platform.queue.ShareSlot;
import dev.longtake.platform.queue.TopicReader;
import dev.longtake.platform.store.S3ObjectStore;
import dev.longtake.scheduler.SchedulerConfig;
import dev.longtake.scheduler.SchedulerService;
import dev.longtake.scheduler.stage.Plans;
import dev.longtake.servers.DataDirectory;
import dev.longtake.servers.EmbeddedServers;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Retentions of seconds on a real queue, store and cache, with the test in the parts of worker and stitcher. */
@Timeout(400)
class ExpiryOnRealServersTest {
    private static final String TENANT = "default";
    private static final byte[] BYTES = {1, 2, 3};
    private static final Duration GAP = Duration.ofSeconds(12);

    @TempDir
    Path dir;

    private final Map<String, FilmState> states = new ConcurrentHashMap<>();
    private final List<AttemptRef> rendered = Collections.synchronizedList(new ArrayList<>());
    private KafkaPublisher publisher;
    private S3ObjectStore objects;
    private RedisTailCache tails;

    private Verdict render(SegmentJob job) {
        SegmentJob.Work.Render r = (SegmentJob.Work.Render) job.work();
        for (String key : List.of(ObjectKeys.tokens(TENANT, job.attempt()), ObjectKeys.tail(TENANT, job.attempt()), ObjectKeys.report(TENANT, job.attempt()), ObjectKeys.clip(TENANT, job.attempt()))) {
            objects.put(key, BYTES, "application/octet-stream");
        }
        tails.put(TENANT, job.attempt(), BYTES);
        rendered.add(job.attempt());
        publisher.send(Topics.SEGMENT_REPORTS, TENANT, new SegmentReport.Rendered(1, job.film(), job.index(), job.attempt(), r.parent(), "w1", "cafe", "t", "l", "redis", 0, r.newFrames(),
                new SegmentReport.Timing(0, 1, 0, 0), Instant.now()));
        publisher.send(Topics.SEGMENT_REPORTS, TENANT, new SegmentReport.Clipped(1, job.film(), job.index(), job.attempt(), "w1", "c", 1, 0.1, Instant.now()));
        return Verdict.ACCEPT;
    }

    private void join(AssemblyJob job) {
        String key = ObjectKeys.product(job.film(), "film.mp4");
        objects.put(key, BYTES, "video/mp4");
        publisher.send(Topics.ASSEMBLY_REPORTS, TENANT, new AssemblyReport.Assembled(1, job.film(), job.assembly(), key, "d", 1, 1, 1, Instant.now()));
    }

    private FilmRef submit(String name, FilmPlan plan) {
        FilmRef film = new FilmRef(TENANT, name, 1);
        byte[] document = PlanDocument.of(plan).toBytes();
        objects.put(ObjectKeys.plan(film), document, "application/json");
        publisher.send(Topics.FILM_COMMANDS, TENANT, new FilmCommand.Submit(1, film, ObjectKeys.plan(film), Digests.sha256(document), "t", Lane.BATCH, "cpu", Instant.now()));
        return film;
    }

    private void await(String what, BooleanSupplier isSo) throws InterruptedException {
        Instant until = Instant.now().plus(Duration.ofSeconds(120));
        while (!isSo.getAsBoolean()) {
            assertThat(Instant.now()).as(what + "; films are " + states).isBefore(until);
            Thread.sleep(100);
        }
    }

    private boolean is(FilmRef film, String state) {
        return states.containsKey(film.filmKey()) && states.get(film.filmKey()).state().equals(state);
    }

    private boolean isEmpty(String prefix) {
        return objects.page(prefix, "", 1).isEmpty();
    }

    @Test
    void aFilmGoesWithWhatOnlyItIsAndAnotherThatSharesItsSegmentsCanStillBeUsed() throws Exception {
        FilmPlan story = Plans.of(Plans.scene("A city.", 23 / 8.0, false));
        FilmPlan longer = Plans.of(Plans.scene("A city.", 23 / 8.0, false), Plans.scene("A fish.", 1, false));
        ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor();
        try (DataDirectory data = DataDirectory.open(dir.resolve("data")); EmbeddedServers servers = EmbeddedServers.start(data)) {
            String kafka = servers.kafka().bootstrap();
            publisher = new KafkaPublisher(kafka, "test", Duration.ofSeconds(20));
            objects = new S3ObjectStore(servers.store().endpoint(), "us-east-1", "longtake", Optional.of(servers.store().credentials().accessKey()),
                    Optional.of(servers.store().credentials().secretKey()), S3ObjectStore.Waits.of(Duration.ofSeconds(20)));
            tails = new RedisTailCache(servers.redis().url(), Duration.ofHours(1), Duration.ofSeconds(5), Duration.ofSeconds(1));
            SmallRyeConfig config = new SmallRyeConfigBuilder().addDiscoveredConverters().withMapping(PlatformConfig.class).withMapping(SchedulerConfig.class)
                    .withDefaultValues(Map.of("longtake.roles", "scheduler", "longtake.kafka.bootstrap", kafka, "longtake.scheduler.state-dir", dir.resolve("streams").toString(),
                            "longtake.scheduler.keeping.retention", "PT25S", "longtake.scheduler.keeping.grace", "PT7S", "longtake.scheduler.keeping.patience", "PT10S",
                            "longtake.scheduler.keeping.remembered", "PT2S", "longtake.scheduler.keeping.sweep-interval", "PT3S", "longtake.scheduler.keeping.sweep-age", "PT10S"))
                    .build();
            SchedulerService scheduler = new SchedulerService(config.getConfigMapping(PlatformConfig.class), config.getConfigMapping(SchedulerConfig.class), objects);
            JanitorService janitor = new JanitorService(config.getConfigMapping(PlatformConfig.class), config.getConfigMapping(SchedulerConfig.class), objects, tails, publisher, Clock.systemUTC());
            scheduler.start();
            janitor.start();
            try (TopicReader<FilmState> reader = new TopicReader<>(kafka, Topics.FILM_STATES, FilmState.class, TopicReader.From.BEGINNING, TopicReader.Unreadable.kept(), (key, state, p, o) -> {
                if (state == null) {
                    states.remove(key);
                } else {
                    states.put(key, state);
                }
            });
                    TopicReader<AssemblyJob> stitcher = new TopicReader<>(kafka, Topics.ASSEMBLY_JOBS, AssemblyJob.class, TopicReader.From.BEGINNING, TopicReader.Unreadable.kept(), (k, job, p, o) -> join(job));
                    ShareSlot<SegmentJob> slot = new ShareSlot<>(new ShareSlot.Settings(kafka, "w1", List.of(Topics.segmentJobs("cpu", Lane.BATCH)), Duration.ofSeconds(5)), SegmentJob.class,
                            (job, deliveries) -> render(job), publisher)) {
                reader.start();
                stitcher.start();
                slot.start();
                beats.scheduleAtFixedRate(() -> publisher.sendAsync(Topics.WORKER_HEARTBEATS, "cpu",
                        new WorkerHeartbeat(1, "w1", "cpu", List.of(Lane.values()), 1, "cafe", "cpu", WorkerHeartbeat.State.READY, List.of(), Instant.now())), 0, 300, TimeUnit.MILLISECONDS);

                FilmRef first = submit("first", story);
                await("the first film", () -> is(first, "finished"));
                List<AttemptRef> shared = List.copyOf(rendered);
                assertThat(shared).hasSize(3);
                assertThat(tails.get(TENANT, shared.get(0))).isPresent();
                AttemptRef zombie = new AttemptRef(shared.get(0).segmentKey(), "written-by-nobody");
                objects.put(ObjectKeys.tokens(TENANT, zombie), BYTES, "application/octet-stream");
                FilmRef never = new FilmRef(TENANT, "never-submitted", 1);
                objects.put(ObjectKeys.plan(never), BYTES, "application/octet-stream");
                Thread.sleep(GAP.toMillis());
                FilmRef second = submit("second", story);
                await("the second film", () -> is(second, "finished"));
                assertThat(states.get(second.filmKey()).reused()).isEqualTo(3);

                await("the first film past its retention", () -> is(first, "deleted") || !states.containsKey(first.filmKey()));
                await("its objects gone", () -> isEmpty(ObjectKeys.revision(first)));
                assertThat(is(second, "finished")).as("the second, %s later", GAP).isTrue();
                assertThat(objects.get(states.get(second.filmKey()).filmKey().orElseThrow())).isEqualTo(BYTES);
                for (AttemptRef attempt : shared) {
                    assertThat(objects.list(ObjectKeys.attempt(TENANT, attempt))).as("what the second is").hasSize(4);
                }
                FilmRef third = submit("third", longer);
                await("a film that goes on from there", () -> is(third, "finished"));
                assertThat(states.get(third.filmKey()).reused()).isEqualTo(3);
                await("what nobody asked for gone", () -> isEmpty(ObjectKeys.attempt(TENANT, zombie)) && isEmpty(ObjectKeys.revision(never)));

                await("everything gone in the end", () -> isEmpty(ObjectKeys.TENANTS));
                shared.forEach(attempt -> assertThat(tails.get(TENANT, attempt)).as("tails go with their attempts").isEmpty());
                await("and nothing known", states::isEmpty);
            } finally {
                beats.shutdownNow();
                janitor.stop();
                scheduler.stop();
                publisher.close();
                tails.close();
                objects.close();
            }
        }
    }
}
