package dev.longtake.contract;

import java.util.Locale;

/** Names of the Kafka topics, and what each is keyed by. */
public final class Topics {
    /** {@link FilmCommand}, keyed by tenant. */
    public static final String FILM_COMMANDS = "film-commands";
    /** {@link LaneEvent}, keyed by pool: from the film stage to the dispatch stage. */
    public static final String LANE_EVENTS = "lane-events";
    /** {@link SegmentReport}, keyed by tenant: from workers and from the dispatch stage to the film stage. */
    public static final String SEGMENT_REPORTS = "segment-reports";
    /** {@link WorkerHeartbeat}, keyed by pool. */
    public static final String WORKER_HEARTBEATS = "worker-heartbeats";
    /** {@link WorkerControl}; every worker reads all of it, without a group. */
    public static final String WORKER_CONTROL = "worker-control";
    /** {@link FilmState}, compacted, keyed by {@code tenant/film}: the gateway's read model. */
    public static final String FILM_STATES = "film-states";
    /** {@link FilmEvent}, keyed by {@code tenant/film}, kept 7 days. */
    public static final String FILM_EVENTS = "film-events";
    /** {@link AssemblyJob}, a share group. */
    public static final String ASSEMBLY_JOBS = "assembly-jobs";
    /** {@link AssemblyReport}, keyed by tenant: from the stitcher to the film stage. */
    public static final String ASSEMBLY_REPORTS = "assembly-reports";
    /** {@link DeadLetter}: work given up and messages nobody could read, with the reason. */
    public static final String DEAD_LETTERS = "dead-letters";

    private static final String SEGMENT_JOBS = "segment-jobs";

    private Topics() {}

    /** Ready work of one pool and lane, a share group per topic. */
    public static String segmentJobs(String pool, Lane lane) {
        return SEGMENT_JOBS + "." + pool + "." + lane.name().toLowerCase(Locale.ROOT);
    }

    /** The share group that takes work from a jobs topic: one per topic, named after it. */
    public static String shareGroup(String jobsTopic) {
        return "longtake." + jobsTopic;
    }
}
