package dev.longtake.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.AssemblyJob;
import dev.longtake.contract.AssemblyReport;
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
import dev.longtake.platform.config.PlatformConfig;
import dev.longtake.platform.memory.MemoryObjectStore;
import dev.longtake.platform.queue.JobHandler.Verdict;
import dev.longtake.platform.queue.KafkaPublisher;
import dev.longtake.platform.queue.ShareSlot;
import dev.longtake.platform.queue.TopicReader;
import dev.longtake.scheduler.stage.Plans;
import dev.longtake.servers.EmbeddedKafka;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The scheduler on a real broker, with the test in the parts of worker and stitcher. */
@Timeout(120)
class SchedulerServiceTest {
    private static final FilmRef FILM = new FilmRef("default", "film", 1);

    @TempDir
    Path dir;

    private final MemoryObjectStore objects = new MemoryObjectStore();
    private final BlockingQueue<FilmState> states = new LinkedBlockingQueue<>();
    private final List<SegmentJob> jobs = Collections.synchronizedList(new ArrayList<>());
    private final List<Double> handOvers = Collections.synchronizedList(new ArrayList<>());
    private volatile long reported;

    private SchedulerService service(EmbeddedKafka kafka, String roles) {
        SmallRyeConfig config = new SmallRyeConfigBuilder().addDiscoveredConverters().withMapping(PlatformConfig.class).withMapping(SchedulerConfig.class)
                .withDefaultValues(Map.of("longtake.roles", roles, "longtake.kafka.bootstrap", kafka.bootstrap(), "longtake.scheduler.state-dir", dir.resolve("streams").toString()))
                .build();
        return new SchedulerService(config.getConfigMapping(PlatformConfig.class), config.getConfigMapping(SchedulerConfig.class), objects);
    }

    private Verdict work(KafkaPublisher publisher, SegmentJob job) {
        if (reported != 0) {
            handOvers.add((System.nanoTime() - reported) / 1e6);
        }
        jobs.add(job);
        SegmentJob.Work.Render r = (SegmentJob.Work.Render) job.work();
        reported = System.nanoTime();
        publisher.send(Topics.SEGMENT_REPORTS, "default", new SegmentReport.Rendered(1, FILM, job.index(), job.attempt(), r.parent(), "w1", "cafe", "t", "l", "redis", 0, r.newFrames(),
                new SegmentReport.Timing(0, 1, 0, 0), Instant.now()));
        publisher.sendAsync(Topics.SEGMENT_REPORTS, "default", new SegmentReport.Clipped(1, FILM, job.index(), job.attempt(), "w1", "c", 1, 0.1, Instant.now()));
        return Verdict.ACCEPT;
    }

    @Test
    void aSchedulerThatIsReplacedInTheMiddleOfAFilmLosesAndRepeatsNothing() throws Exception {
        FilmPlan plan = Plans.of(Plans.scene("A city.", 20, false));
        byte[] document = PlanDocument.of(plan).toBytes();
        objects.put(ObjectKeys.plan(FILM), document, "application/json");
        ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor();
        EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"));
        SchedulerService first = service(kafka, "scheduler");
        SchedulerService second = service(kafka, "scheduler");
        SchedulerService bystander = service(kafka, "gateway,worker");
        try (KafkaPublisher publisher = new KafkaPublisher(kafka.bootstrap(), "test", Duration.ofSeconds(10))) {
            bystander.start();
            assertThat(bystander.ready()).as("without its role").isFalse();
            first.start();
            try (TopicReader<FilmState> reader = new TopicReader<>(kafka.bootstrap(), Topics.FILM_STATES, FilmState.class, TopicReader.From.BEGINNING, TopicReader.Unreadable.kept(), (k, s, p, o) -> states.add(s));
                    TopicReader<AssemblyJob> stitcher = new TopicReader<>(kafka.bootstrap(), Topics.ASSEMBLY_JOBS, AssemblyJob.class, TopicReader.From.BEGINNING, TopicReader.Unreadable.kept(), (k, j, p, o) ->
                            publisher.send(Topics.ASSEMBLY_REPORTS, "default", new AssemblyReport.Assembled(1, FILM, j.assembly(), "film.mp4", "d", 1, 160, 1, Instant.now())));
                    ShareSlot<SegmentJob> slot = new ShareSlot<>(new ShareSlot.Settings(kafka.bootstrap(), "w1", List.of(Topics.segmentJobs("cpu", Lane.BATCH)), Duration.ofSeconds(5)),
                            SegmentJob.class, (job, deliveries) -> work(publisher, job), publisher)) {
                reader.start();
                stitcher.start();
                slot.start();
                beats.scheduleAtFixedRate(() -> publisher.sendAsync(Topics.WORKER_HEARTBEATS, "cpu",
                        new WorkerHeartbeat(1, "w1", "cpu", List.of(Lane.values()), 1, "cafe", "cpu", WorkerHeartbeat.State.READY, List.of(), Instant.now())), 0, 300, TimeUnit.MILLISECONDS);
                publisher.send(Topics.FILM_COMMANDS, "default",
                        new FilmCommand.Submit(1, FILM, ObjectKeys.plan(FILM), Digests.sha256(document), "t", Lane.BATCH, "cpu", Instant.now()));
                await("accepted", s -> s.accepted() >= 5);
                long replaced = System.nanoTime();
                first.stop();
                int before = jobs.size();
                reported = 0;
                second.start();
                await("accepted after that", s -> s.accepted() > before + 1);
                System.out.printf("a scheduler replaced in %.1f s%n", (System.nanoTime() - replaced) / 1e9);
                FilmState end = await("finished", s -> s.state().equals("finished"));
                assertThat(end.clipped()).isEqualTo(plan.segments().size());
                assertThat(end.filmKey()).contains("film.mp4");
                assertThat(second.ready()).isTrue();
            }
        } finally {
            beats.shutdownNow();
            first.stop();
            second.stop();
            kafka.close();
        }
        assertThat(jobs).extracting(SegmentJob::index).as("each segment was rendered once, in order").isEqualTo(plan.segments().stream().map(s -> s.index()).toList());
        List<Double> sorted = handOvers.stream().sorted().toList();
        System.out.printf("from a report to the next segment: median %.0f ms, slowest %.0f ms of %d%n", sorted.get(sorted.size() / 2), sorted.get(sorted.size() - 1), sorted.size());
    }

    private FilmState await(String what, Predicate<FilmState> wanted) throws InterruptedException {
        while (true) {
            FilmState state = states.poll(60, TimeUnit.SECONDS);
            assertThat(state).as(what).isNotNull();
            if (wanted.test(state)) {
                return state;
            }
        }
    }
}
