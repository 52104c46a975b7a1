package dev.longtake.scheduler.streams;

import dev.longtake.contract.LaneEvent;
import dev.longtake.contract.Topics;
import dev.longtake.contract.WorkerControl;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.film.state.TransitionListener;
import dev.longtake.scheduler.stage.dispatch.DispatchEffect;
import dev.longtake.scheduler.stage.dispatch.DispatchLimits;
import dev.longtake.scheduler.stage.dispatch.DispatchStage;
import dev.longtake.scheduler.stage.dispatch.DispatchStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The dispatch stage inside Kafka Streams. All decisions are {@link DispatchStage}'s. */
final class DispatchProcessor implements Processor<String, byte[], String, Outgoing> {
    static final String STORE = "dispatch";
    private static final Logger LOG = LoggerFactory.getLogger(DispatchProcessor.class);
    private static final Duration TICK = Duration.ofMillis(500);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(30);

    private final Set<String> pools;
    private final DispatchLimits limits;
    private final InstantSource time;
    private ProcessorContext<String, Outgoing> context;
    private Decisions decisions;
    private DispatchStage stage;
    private Instant nextTick = Instant.MIN;
    private String stranger = "";
    private String unreadable = "";

    DispatchProcessor(Set<String> pools, DispatchLimits limits, InstantSource time) {
        this.pools = pools;
        this.limits = limits;
        this.time = time;
    }

    @Override
    public void init(ProcessorContext<String, Outgoing> processorContext) {
        context = processorContext;
        StreamsState state = new StreamsState(context.getStateStore(STORE), DispatchStore.TYPES);
        decisions = new Decisions(context, state);
        stage = new DispatchStage(new DispatchStore(state), limits, this::effect, TransitionListener.NONE);
        context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, at -> tick(time.instant()));
    }

    @Override
    public void process(Record<String, byte[]> record) {
        Instant now = time.instant();
        String topic = context.recordMetadata().map(m -> m.topic()).orElse("");
        switch (topic) {
            case Topics.LANE_EVENTS -> decisions.on(record, topic, LaneEvent.class, now, e -> stage.on(e, now));
            // A heartbeat counts when it arrives here. After a restart old ones make a dead worker look alive, for as long as it takes to
            // miss it; comparing clocks instead would make all workers look dead as soon as one clock is wrong.
            case Topics.WORKER_HEARTBEATS -> decisions.on(record, topic, WorkerHeartbeat.class, now, b -> heartbeat(b, now), this::isNews);
            default -> throw new IllegalStateException("not an input of the dispatch stage: " + topic);
        }
        tick(now);
    }

    private void heartbeat(WorkerHeartbeat beat, Instant now) {
        if (pools.contains(beat.pool())) {
            stage.on(beat, now);
        } else if (!stranger.equals(beat.worker())) {
            stranger = beat.worker();
            LOG.warn("worker {} belongs to pool {}, which this farm does not have: {}", beat.worker(), beat.pool(), pools);
        }
    }

    /**
     * A worker that is newer than this scheduler would send a letter a second. One says what there is to say: a heartbeat is outdated by
     * the next, and a newer scheduler hears that.
     */
    private boolean isNews(String reason) {
        boolean news = !reason.equals(unreadable);
        unreadable = reason;
        return news;
    }

    private void tick(Instant now) {
        if (now.isBefore(nextTick)) {
            return;
        }
        nextTick = now.plus(decisions.decide("the pools' timers", () -> stage.tick(now)) ? TICK : AFTER_FAILURE);
    }

    private void effect(DispatchEffect effect) {
        if (effect instanceof DispatchEffect.Send send) {
            decisions.send(Topics.segmentJobs(send.pool(), send.lane()), send.job().film().filmKey(), send.job());
        } else if (effect instanceof DispatchEffect.Report report) {
            decisions.send(Topics.SEGMENT_REPORTS, report.report().film().tenant(), report.report());
        } else if (effect instanceof DispatchEffect.Control control) {
            if (control.control() instanceof WorkerControl.Bench bench) {
                LOG.warn("worker {} rests for {} s: {}", bench.worker(), bench.seconds(), bench.reason());
            }
            decisions.send(Topics.WORKER_CONTROL, "", control.control());
        }
    }
}
