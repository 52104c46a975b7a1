package dev.longtake.scheduler.streams;

import dev.longtake.contract.LaneEvent;
import dev.longtake.contract.Message;
import dev.longtake.contract.Topics;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.scheduler.stage.DispatchEffect;
import dev.longtake.scheduler.stage.DispatchStage;
import dev.longtake.scheduler.stage.StageSettings;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** The dispatch stage inside Kafka Streams. All decisions are {@link DispatchStage}'s. */
final class DispatchProcessor implements Processor<String, byte[], String, Outgoing> {
    static final String STORE = "dispatch";
    private static final Duration TICK = Duration.ofMillis(500);
    /** Heartbeats older than this are history, not life: a restarted scheduler reads some that a worker sent before it died. */
    private static final Duration STALE = Duration.ofSeconds(5);

    private final StageSettings settings;
    private ProcessorContext<String, Outgoing> context;
    private DispatchStage stage;

    DispatchProcessor(StageSettings settings) {
        this.settings = settings;
    }

    @Override
    public void init(ProcessorContext<String, Outgoing> processorContext) {
        context = processorContext;
        stage = new DispatchStage(new StreamsDispatchStore(context.getStateStore(STORE)), settings, this::effect);
        context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, at -> stage.tick(Instant.ofEpochMilli(at)));
    }

    @Override
    public void process(Record<String, byte[]> record) {
        Instant now = Instant.ofEpochMilli(context.currentSystemTimeMs());
        String topic = context.recordMetadata().map(m -> m.topic()).orElse("");
        switch (topic) {
            case Topics.LANE_EVENTS -> Inputs.read(context, record, topic, LaneEvent.class, now).ifPresent(e -> stage.on(e, now));
            case Topics.WORKER_HEARTBEATS -> {
                // By the broker's time, not by the worker's clock.
                if (record.timestamp() > now.minus(STALE).toEpochMilli()) {
                    Inputs.read(context, record, topic, WorkerHeartbeat.class, now).ifPresent(b -> stage.on(b, now));
                }
            }
            default -> throw new IllegalStateException("not an input of the dispatch stage: " + topic);
        }
    }

    private void effect(DispatchEffect effect) {
        if (effect instanceof DispatchEffect.Send send) {
            forward(Topics.segmentJobs(send.pool(), send.lane()), send.job().film().filmKey(), send.job());
        } else if (effect instanceof DispatchEffect.Report report) {
            forward(Topics.SEGMENT_REPORTS, report.report().film().tenant(), report.report());
        } else if (effect instanceof DispatchEffect.Control control) {
            forward(Topics.WORKER_CONTROL, "", control.control());
        }
    }

    private void forward(String topic, String key, Message message) {
        context.forward(new Record<>(key, new Outgoing(topic, message), context.currentSystemTimeMs()));
    }
}
