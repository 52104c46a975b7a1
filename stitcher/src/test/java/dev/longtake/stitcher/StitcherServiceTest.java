package dev.longtake.stitcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.AssemblyJob;
import dev.longtake.contract.AssemblyReport;
import dev.longtake.contract.Digests;
import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Json;
import dev.longtake.contract.Lineage;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.Topics;
import dev.longtake.media.fragment.Label;
import dev.longtake.platform.config.PlatformConfig;
import dev.longtake.platform.queue.FarmTopics;
import dev.longtake.platform.queue.KafkaPublisher;
import dev.longtake.platform.queue.TopicReader;
import dev.longtake.platform.store.S3ObjectStore;
import dev.longtake.servers.DataDirectory;
import dev.longtake.servers.EmbeddedS3;
import dev.longtake.servers.EmbeddedServers;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The stitcher on a real queue and a real store. */
@Timeout(120)
class StitcherServiceTest {
    @TempDir
    static Path dir;

    private static DataDirectory data;
    private static EmbeddedServers servers;

    @BeforeAll
    static void start() throws Exception {
        data = DataDirectory.open(dir.resolve("data"));
        servers = EmbeddedServers.start(data);
    }

    @AfterAll
    static void stop() throws Exception {
        servers.close();
        data.close();
    }

    private static SmallRyeConfig config(String roles) {
        EmbeddedS3 s3 = servers.store();
        return new SmallRyeConfigBuilder().addDiscoveredConverters().withMapping(PlatformConfig.class).withMapping(StitcherConfig.class)
                .withDefaultValues(Map.of("longtake.roles", roles, "longtake.kafka.bootstrap", servers.kafka().bootstrap(), "longtake.store.endpoint", s3.endpoint(),
                        "longtake.stitcher.scratch", dir.resolve("scratch").toString()))
                .build();
    }

    @Test
    void onlyAStitcherTakesAssembliesAndItTakesThoseThatWereWaiting() throws Exception {
        PlatformConfig platform = config("stitcher").getConfigMapping(PlatformConfig.class);
        EmbeddedS3 s3 = servers.store();
        BlockingQueue<AssemblyReport> reports = new LinkedBlockingQueue<>();
        FarmTopics.ensure(platform.kafka(), List.of("cpu"));
        try (KafkaPublisher publisher = new KafkaPublisher(servers.kafka().bootstrap(), "test", Duration.ofSeconds(10));
                S3ObjectStore store = new S3ObjectStore(s3.endpoint(), "us-east-1", "longtake", Optional.of(s3.credentials().accessKey()), Optional.of(s3.credentials().secretKey()), S3ObjectStore.Waits.of(Duration.ofSeconds(10)));
                TopicReader<AssemblyReport> reader = new TopicReader<>(servers.kafka().bootstrap(), Topics.ASSEMBLY_REPORTS, AssemblyReport.class, TopicReader.From.BEGINNING, TopicReader.Unreadable.kept(), (key, report, partition, offset) -> reports.add(report))) {
            reader.start();
            AssemblyJob job = SampleFilm.put(store);
            AssemblyJob late = new AssemblyJob(1, job.film(), "too-late", job.lineageKey(), job.lineageDigest(), Instant.EPOCH, Instant.EPOCH);
            publisher.send(Topics.ASSEMBLY_JOBS, "default", late);
            publisher.send(Topics.ASSEMBLY_JOBS, "default", job);

            StitcherService other = service("gateway,worker", store, publisher);
            other.start();
            assertThat(reports.poll(3, TimeUnit.SECONDS)).as("no report from a process without the role").isNull();
            other.stop();

            StitcherService stitcher = service("stitcher", store, publisher);
            stitcher.start();
            AssemblyReport.Assembled report = (AssemblyReport.Assembled) reports.poll(60, TimeUnit.SECONDS);
            stitcher.stop();
            assertThat(report.assembly()).isEqualTo("as1");
            assertThat(Digests.sha256(store.get(report.filmKey()))).isEqualTo(report.filmDigest());
            assertThat(Label.parse(store.get(ObjectKeys.fragment(job.film(), 5))).endFrame()).as("nobody told of its clips, and it can be watched all the same").isEqualTo(40);
            assertThat(reports.poll(500, TimeUnit.MILLISECONDS)).as("a job past its deadline is another's by now").isNull();
        }
        try (Stream<Path> files = Files.list(dir.resolve("scratch"))) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void whatIsClippedCanBeWatchedAndIsTakenUpWhereAnotherLeft() throws Exception {
        PlatformConfig platform = config("stitcher").getConfigMapping(PlatformConfig.class);
        EmbeddedS3 s3 = servers.store();
        FarmTopics.ensure(platform.kafka(), List.of("cpu"));
        try (KafkaPublisher publisher = new KafkaPublisher(servers.kafka().bootstrap(), "test", Duration.ofSeconds(10));
                S3ObjectStore store = new S3ObjectStore(s3.endpoint(), "us-east-1", "longtake", Optional.of(s3.credentials().accessKey()), Optional.of(s3.credentials().secretKey()), S3ObjectStore.Waits.of(Duration.ofSeconds(10)))) {
            FilmRef watched = new FilmRef("default", "film_watched", 1);
            Lineage lineage = Json.read(store.get(SampleFilm.put(store).lineageKey()), Lineage.class);
            StitcherService first = service("stitcher", store, publisher);
            first.start();
            // The last before the first.
            for (int segment : new int[] {5, 0, 1}) {
                publisher.send(Topics.FILM_EVENTS, watched.filmKey(), clipped(watched, lineage, segment));
            }
            long begun = System.nanoTime();
            await(store, ObjectKeys.fragment(watched, 1));
            System.out.println("fragments after " + (System.nanoTime() - begun) / 1_000_000 + " ms, the group's first meeting included");
            first.stop();
            StitcherService second = service("stitcher", store, publisher);
            second.start();
            for (int segment : new int[] {1, 4, 3, 2}) {
                publisher.send(Topics.FILM_EVENTS, watched.filmKey(), clipped(watched, lineage, segment));
            }
            await(store, ObjectKeys.fragment(watched, 5));
            second.stop();
            assertThat(store.head(ObjectKeys.fragment(watched, 6))).isEmpty();
            assertThat(Label.parse(store.get(ObjectKeys.fragment(watched, 5))).endFrame()).isEqualTo(40);
            assertThat(store.list(ObjectKeys.revision(watched) + "hls/waiting/")).isEmpty();
        }
    }

    private static FilmEvent clipped(FilmRef film, Lineage lineage, int segment) {
        Lineage.Entry entry = lineage.segments().get(segment);
        return new FilmEvent.SegmentChanged(1, film, segment, entry.scene(), "accepted", "clipped", Optional.of(entry.attempt()), Optional.of("w"), false, Instant.now(), Optional.of(entry.clipDigest()));
    }

    private static void await(S3ObjectStore store, String key) throws InterruptedException {
        long until = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (store.head(key).isEmpty()) {
            assertThat(System.nanoTime()).as(key).isLessThan(until);
            Thread.sleep(20);
        }
    }

    private static StitcherService service(String roles, S3ObjectStore store, KafkaPublisher publisher) {
        SmallRyeConfig config = config(roles);
        return new StitcherService(config.getConfigMapping(PlatformConfig.class), config.getConfigMapping(StitcherConfig.class), store, publisher, Clock.systemUTC());
    }
}
