package dev.longtake.gateway;

import dev.longtake.media.picture.PictureLimits;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The gateway's settings. */
@ConfigMapping(prefix = "longtake.gateway")
public interface GatewayConfig {
    /** The pool of workers that films go to; the scheduler must know it. */
    @WithDefault("cpu")
    String pool();

    /**
     * Stories planned at the same time. A story may be 4 MiB and 10,000 scenes, so without a bound a burst of large ones would fill the
     * memory; those above it wait.
     */
    @WithDefault("4")
    int planners();

    /** How long a story waits for its turn to be planned before the answer is 503. */
    @WithDefault("PT10S")
    Duration planPatience();

    /**
     * How long the number of a revision whose plan is there, and which the scheduler does not know, is left to whoever put the plan. Whoever
     * died between plan and command would otherwise block the film for ever. Above the queue's patience.
     */
    @WithDefault("PT30S")
    Duration revisePatience();

    /** What {@code Retry-After} says when the queue or the store is away. */
    @WithDefault("PT5S")
    Duration retryAfter();

    /** Places on the topic of dead letters that are looked at, from its end; older letters are neither listed nor requeued. */
    @WithDefault("2000")
    int deadLetters();

    /**
     * Films of one tenant that may be unfinished at once; one more is answered 429. A gateway counts what it knows, so that a burst over
     * several may exceed it; the scheduler's own limit, {@code longtake.scheduler.keeping.tenant-films}, is exact.
     */
    @WithDefault("1000")
    int unfinishedFilms();

    /** Films of one tenant that may be kept at once; one more is answered 429. Bounds the gateway's memory and {@code film-states}. */
    @WithDefault("100000")
    int keptFilms();

    /** A bundle's folder, the only model then and the one that the workers must run too; the shipped bundle if absent. */
    Optional<Path> bundle();

    /** Bytes of a start image's file. What a form may weigh grows with it; a JSON story holds its picture within its own limit. */
    @WithDefault("10485760")
    int imageBytes();

    /**
     * Pixels of a start image, by its header. Only its middle is decoded, and only as finely as a frame needs; but a progressive JPEG's
     * decoder holds 6 bytes of each pixel outside the heap for a moment, once for each of the {@code planners}.
     */
    @WithDefault("25000000")
    long imagePixels();

    /** Both limits together. */
    default PictureLimits pictures() {
        return new PictureLimits(imageBytes(), imagePixels());
    }

    /** How long a link to a film in the object store lives if nothing else is asked for. */
    @WithDefault("PT1H")
    Duration linkLife();

    /** The longest life of a link that may be asked for; the S3 protocol allows 7 days. Whoever has a link can read the film, also after its owner wishes otherwise. */
    @WithDefault("P1D")
    Duration linkLongest();

    /** Live events. */
    Events events();

    /** What listening to events may take. */
    interface Events {
        /** Listeners at once; each holds a connection. One more is answered 503. */
        @WithDefault("500")
        int streams();

        /** Listeners of one tenant. A farm that nobody is asked at has one tenant, and browsers open several. */
        @WithDefault("100")
        int streamsEach();

        /**
         * Newest events of each partition that are kept in memory, half a kilobyte each. A listener that falls behind them is cut off; one that comes back later reads
         * older ones from the topic.
         */
        @WithDefault("4096")
        int kept();

        /** Listeners that read older events from the topic at once, each with a consumer of its own; others wait for their turn. */
        @WithDefault("4")
        int histories();

        /** Between signs of life, so that proxies keep a silent connection and a dead one is noticed. */
        @WithDefault("PT15S")
        Duration heartbeat();

        /** How long a listener may take nothing of what is there for it before it is cut off. */
        @WithDefault("PT60S")
        Duration patience();
    }

    /** The face that clients of {@code /v1/videos} know. */
    Videos videos();

    /** What such clients are told, and waited for. */
    interface Videos {
        /** When a client may look again at a video that is not over ({@code openai-poll-after-ms}). Clients that are not told ask every second or oftener. */
        @WithDefault("PT1S")
        Duration pollAfter();

        /**
         * How long the answer to a deletion waits for the scheduler to say that the film is gone, so that a client that looks at once does not find it. The
         * deletion is durable before that.
         */
        @WithDefault("PT1S")
        Duration deletePatience();
    }

    /** Who is let in. */
    AccessConfig access();

    /** What one tenant may have. */
    QuotaConfig quota();

    /** The audit trail. */
    AuditConfig audit();

    /** How slow the other side of a connection may be. */
    PeerConfig peers();

    /** How long a worker may be silent before its running work is no longer shown. */
    @WithDefault("PT10S")
    Duration workerTimeout();
}
