package dev.longtake.scheduler.streams;

import dev.longtake.contract.Topics;
import dev.longtake.scheduler.stage.dispatch.DispatchLimits;
import dev.longtake.scheduler.stage.film.FilmLimits;
import java.time.InstantSource;
import java.util.Set;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The two stages as one topology: the film stage by tenant, the dispatch stage by pool, joined only by topics. Stores are in memory
 * with a changelog: state is one small record per active segment, and a restart reads it back.
 */
public final class SchedulerTopology {
    private SchedulerTopology() {}

    /** @param time what the stages take for now */
    public static Topology of(BriefStore objects, FilmLimits films, DispatchLimits dispatch, InstantSource time) {
        return dispatchStage(filmStage(new Topology(), objects, films, time), films.pools(), dispatch, time);
    }

    /** The film stage by itself. */
    public static Topology films(BriefStore objects, FilmLimits limits, InstantSource time) {
        return filmStage(new Topology(), objects, limits, time);
    }

    /** The dispatch stage by itself. */
    public static Topology dispatch(Set<String> pools, DispatchLimits limits, InstantSource time) {
        return dispatchStage(new Topology(), pools, limits, time);
    }

    private static Topology filmStage(Topology topology, BriefStore objects, FilmLimits films, InstantSource time) {
        topology.addSource("film-inputs", new StringDeserializer(), new ByteArrayDeserializer(), Topics.FILM_COMMANDS, Topics.SEGMENT_REPORTS, Topics.ASSEMBLY_REPORTS,
                Topics.EXPIRY_REPORTS);
        topology.addProcessor("film-stage", () -> new FilmProcessor(objects, films, time), "film-inputs");
        topology.addStateStore(store(FilmProcessor.STORE), "film-stage");
        sink(topology, "film-outputs", "film-stage");
        return topology;
    }

    private static Topology dispatchStage(Topology topology, Set<String> pools, DispatchLimits dispatch, InstantSource time) {
        topology.addSource("dispatch-inputs", new StringDeserializer(), new ByteArrayDeserializer(), Topics.LANE_EVENTS, Topics.WORKER_HEARTBEATS);
        topology.addProcessor("dispatch-stage", () -> new DispatchProcessor(pools, dispatch, time), "dispatch-inputs");
        topology.addStateStore(store(DispatchProcessor.STORE), "dispatch-stage");
        sink(topology, "dispatch-outputs", "dispatch-stage");
        return topology;
    }

    private static StoreBuilder<KeyValueStore<String, byte[]>> store(String name) {
        return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), Serdes.String(), Serdes.ByteArray());
    }

    private static void sink(Topology topology, String name, String parent) {
        topology.<String, Outgoing>addSink(name, (key, out, context) -> out.topic(), new StringSerializer(), (topic, out) -> out.message(), parent);
    }
}
