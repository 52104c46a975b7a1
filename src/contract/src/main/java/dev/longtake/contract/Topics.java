package dev.longtake.contract;

import java.util.Locale;
import java.util.Set;

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
    /** {@link ExpiryJob}, a share group: from the film stage to the janitor. */
    public static final String EXPIRY_JOBS = "expiry-jobs";
    /** {@link ExpiryReport}, keyed by tenant: from the janitor to the film stage. */
    public static final String EXPIRY_REPORTS = "expiry-reports";
    /** {@link DeadLetter}: work given up and messages nobody could read, with the reason; and notes of what was done about them. */
    public static final String DEAD_LETTERS = "dead-letters";

    /** {@link dev.longtake.contract.webhook.WebhookEndpoint}, compacted, keyed by {@code tenant/endpoint}. Holds the secrets that notifications are signed with. */
    public static final String WEBHOOK_ENDPOINTS = "webhook-endpoints";
    /** {@link dev.longtake.contract.webhook.WebhookDelivery}, compacted, keyed by {@code tenant/delivery}: what is to be sent to whom, and what became of it. Whoever owns a partition sends. */
    public static final String WEBHOOK_DELIVERIES = "webhook-deliveries";
    /** {@link AccessKey}, compacted, keyed by the key's id; every gateway reads all of it. */
    public static final String ACCESS_KEYS = "access-keys";
    /** {@link AuditRecord}, keyed by tenant, append-only. */
    public static final String AUDIT = "audit";

    private static final String SEGMENT_JOBS = "segment-jobs";

    private Topics() {}

    /** Ready work of one pool and lane, a share group per topic. */
    public static String segmentJobs(String pool, Lane lane) {
        return SEGMENT_JOBS + "." + pool + "." + lane.name().toLowerCase(Locale.ROOT);
    }

    /** Whether work of some pool and lane lies there. */
    public static boolean isSegmentJobs(String topic) {
        return topic.startsWith(SEGMENT_JOBS + ".");
    }

    /**
     * Whether a message that was parked may be put back there: those topics whose messages somebody acts on. An old heartbeat would make a
     * dead worker look alive, and the rest is only looked at.
     */
    public static boolean isActedOn(String topic) {
        return isSegmentJobs(topic) || Set.of(FILM_COMMANDS, SEGMENT_REPORTS, ASSEMBLY_REPORTS, LANE_EVENTS, WORKER_CONTROL, ASSEMBLY_JOBS).contains(topic);
    }

    /** Whether a message's key there begins with the tenant it belongs to. */
    public static boolean isKeyedByTenant(String topic) {
        return Set.of(FILM_COMMANDS, SEGMENT_REPORTS, ASSEMBLY_REPORTS, EXPIRY_REPORTS, FILM_STATES, FILM_EVENTS, AUDIT).contains(topic);
    }

    /** The share group that takes work from a jobs topic: one per topic, named after it. */
    public static String shareGroup(String jobsTopic) {
        return "longtake." + jobsTopic;
    }
}
