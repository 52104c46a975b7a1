package dev.longtake.bench.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.bench.simulator.farm.Farm;
import dev.longtake.bench.simulator.farm.Input;
import dev.longtake.bench.simulator.farm.Tampering;
import dev.longtake.bench.simulator.faults.Fault;
import dev.longtake.contract.AssemblyJob;
import dev.longtake.contract.Digests;
import dev.longtake.contract.ExpiryReport;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.Json;
import dev.longtake.contract.Lane;
import dev.longtake.contract.LaneEvent;
import dev.longtake.contract.Message;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.SegmentReport;
import dev.longtake.contract.Topics;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.film.plan.PlanDocument;
import dev.longtake.film.state.TransitionListener;
import dev.longtake.platform.memory.MemoryObjectStore;
import dev.longtake.scheduler.stage.dispatch.DispatchEffect;
import dev.longtake.scheduler.stage.film.FilmEffect;
import dev.longtake.scheduler.streams.BriefStore;
import dev.longtake.scheduler.streams.SchedulerTopology;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.Test;

/** What the simulated schedulers were told is told to the Streams processors: the same messages come out, byte for byte. */
class TopologyReplayTest {
    private static final int SEEDS = 50;
    private static final String FORGOTTEN = "forgotten";
    private static final Duration TICK = Duration.ofMillis(500);

    private final TreeMap<String, List<String>> expected = new TreeMap<>();
    private Instant now = Instant.EPOCH;

    /** Without what befalls processes and stores: the driver has neither. */
    private static Set<Fault> faults() {
        return EnumSet.complementOf(EnumSet.of(Fault.SCHEDULER_CRASH, Fault.SCHEDULER_STALE_STANDBY, Fault.SCHEDULER_SPLIT, Fault.STORE_GET_FAILS, Fault.STORE_PUT_FAILS, Fault.PLAN_MISSING));
    }

    @Test
    void theProcessorsDecideAsTheSimulatedSchedulersDid() {
        long first = Long.getLong("longtake.seed", System.nanoTime() & 0xffffff);
        System.out.println("longtake.seed=" + first + " (" + SEEDS + " seeds)");
        for (long seed = first; seed < first + SEEDS; seed++) {
            Farm farm = new Farm(seed, OptionalInt.empty(), OptionalInt.of(2), faults(), Tampering.NONE, TransitionListener.NONE, null);
            farm.run();
            films(farm, seed);
            dispatch(farm, seed);
        }
    }

    private void films(Farm farm, long seed) {
        MemoryObjectStore objects = new MemoryObjectStore();
        // All of them: by now some are removed.
        farm.users().plans().forEach((key, plan) -> objects.put(key, PlanDocument.of(plan).toBytes(), "application/json"));
        expected.clear();
        List<FilmEffect> effects = farm.films().effects();
        List<Input> log = farm.films().log();
        for (int i = 0; i < log.size(); i++) {
            int end = i + 1 < log.size() ? log.get(i + 1).effects() : effects.size();
            Instant at = log.get(i).now();
            effects.subList(log.get(i).effects(), end).forEach(e -> film(e, at));
        }
        assertThat(expected).containsKeys(Topics.LANE_EVENTS, Topics.FILM_STATES, Topics.FILM_EVENTS);
        same("seed " + seed + ", film stage", replay(SchedulerTopology.films(new BriefStore(objects, Duration.ofSeconds(30)), farm.filmLimits(), () -> now), log,
                List.of(Topics.LANE_EVENTS, Topics.FILM_STATES, Topics.FILM_EVENTS, Topics.ASSEMBLY_JOBS, Topics.EXPIRY_JOBS)));
    }

    private void film(FilmEffect effect, Instant at) {
        if (effect instanceof FilmEffect.ToLane lane) {
            expect(Topics.LANE_EVENTS, lane.event());
        } else if (effect instanceof FilmEffect.Publish publish) {
            expect(Topics.FILM_STATES, publish.state());
        } else if (effect instanceof FilmEffect.Keep keep) {
            expect(Topics.FILM_STATES, keep.state());
        } else if (effect instanceof FilmEffect.Announce announce) {
            expect(Topics.FILM_EVENTS, announce.event());
        } else if (effect instanceof FilmEffect.Expire expire) {
            expect(Topics.EXPIRY_JOBS, expire.job());
        } else if (effect instanceof FilmEffect.Forget || effect instanceof FilmEffect.ForgetRevision) {
            expected.computeIfAbsent(Topics.FILM_STATES, t -> new ArrayList<>()).add(FORGOTTEN);
        } else if (effect instanceof FilmEffect.Assemble a) {
            expect(Topics.ASSEMBLY_JOBS, new AssemblyJob(Message.VERSION, a.film(), a.assembly(), ObjectKeys.lineage(a.film()), Digests.sha256(Json.write(a.lineage())),
                    a.deadline(), at));
        }
    }

    private void dispatch(Farm farm, long seed) {
        expected.clear();
        for (DispatchEffect effect : farm.dispatch().effects()) {
            if (effect instanceof DispatchEffect.Send send) {
                expect(Topics.segmentJobs(send.pool(), send.lane()), send.job());
            } else if (effect instanceof DispatchEffect.Report report) {
                expect(Topics.SEGMENT_REPORTS, report.report());
            } else if (effect instanceof DispatchEffect.Control control) {
                expect(Topics.WORKER_CONTROL, control.control());
            }
        }
        same("seed " + seed + ", dispatch stage", replay(SchedulerTopology.dispatch(Set.of(Farm.POOL), farm.dispatchLimits(), () -> now), farm.dispatch().log(),
                List.of(Topics.segmentJobs(Farm.POOL, Lane.INTERACTIVE), Topics.segmentJobs(Farm.POOL, Lane.BATCH), Topics.SEGMENT_REPORTS, Topics.WORKER_CONTROL)));
    }

    /** The first difference alone: whole logs are too long to be read. */
    private void same(String what, Map<String, List<String>> written) {
        assertThat(written.keySet()).as(what).isEqualTo(expected.keySet());
        expected.forEach((topic, messages) -> {
            List<String> found = written.get(topic);
            for (int i = 0; i < Math.min(messages.size(), found.size()); i++) {
                assertThat(found.get(i)).as("%s, message %d of %s", what, i, topic).isEqualTo(messages.get(i));
            }
            assertThat(found).as("%s, messages of %s", what, topic).hasSameSizeAs(messages);
        });
    }

    private void expect(String topic, Message message) {
        expected.computeIfAbsent(topic, t -> new ArrayList<>()).add(new String(Json.write(message), StandardCharsets.UTF_8));
    }

    private Map<String, List<String>> replay(Topology topology, List<Input> log, List<String> outputs) {
        Properties p = new Properties();
        p.put(StreamsConfig.APPLICATION_ID_CONFIG, "replay");
        p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
        now = log.get(0).now();
        TreeMap<String, List<String>> written = new TreeMap<>();
        try (TopologyTestDriver driver = new TopologyTestDriver(topology, p, now)) {
            Map<String, TestInputTopic<String, byte[]>> inputs = new TreeMap<>();
            for (Input input : log) {
                now = input.now();
                if (input.message() != null) {
                    inputs.computeIfAbsent(topic(input.message()), t -> driver.createInputTopic(t, new StringSerializer(), new ByteArraySerializer()))
                            .pipeInput("key", Json.write(input.message()), now);
                } else if (!input.within()) {
                    driver.advanceWallClockTime(TICK);
                }
            }
            for (String output : outputs) {
                List<String> values = driver.createOutputTopic(output, new StringDeserializer(), new ByteArrayDeserializer()).readValuesToList().stream()
                        .map(bytes -> bytes == null ? FORGOTTEN : new String(bytes, StandardCharsets.UTF_8)).toList();
                if (!values.isEmpty()) {
                    written.put(output, values);
                }
            }
        }
        return written;
    }

    private static String topic(Message message) {
        if (message instanceof FilmCommand) {
            return Topics.FILM_COMMANDS;
        } else if (message instanceof SegmentReport) {
            return Topics.SEGMENT_REPORTS;
        } else if (message instanceof LaneEvent) {
            return Topics.LANE_EVENTS;
        }
        if (message instanceof ExpiryReport) {
            return Topics.EXPIRY_REPORTS;
        }
        return message instanceof WorkerHeartbeat ? Topics.WORKER_HEARTBEATS : Topics.ASSEMBLY_REPORTS;
    }
}
