package dev.longtake.scheduler.streams;

import dev.longtake.contract.AssemblyJob;
import dev.longtake.contract.AssemblyReport;
import dev.longtake.contract.Digests;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.Json;
import dev.longtake.contract.Message;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.SegmentReport;
import dev.longtake.contract.Topics;
import dev.longtake.platform.store.ObjectStore;
import dev.longtake.scheduler.stage.FilmEffect;
import dev.longtake.scheduler.stage.FilmStage;
import dev.longtake.scheduler.stage.StageSettings;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** The film stage inside Kafka Streams: reads, decides, forwards. All decisions are {@link FilmStage}'s. */
final class FilmProcessor implements Processor<String, byte[], String, Outgoing> {
    static final String STORE = "films";
    private static final Duration TICK = Duration.ofMillis(500);

    private final ObjectStore objects;
    private final StageSettings settings;
    private ProcessorContext<String, Outgoing> context;
    private FilmStage stage;

    FilmProcessor(ObjectStore objects, StageSettings settings) {
        this.objects = objects;
        this.settings = settings;
    }

    @Override
    public void init(ProcessorContext<String, Outgoing> processorContext) {
        context = processorContext;
        stage = new FilmStage(new StreamsFilmStore(context.getStateStore(STORE)), new StoredPlans(objects), settings, this::effect);
        context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, at -> stage.tick(Instant.ofEpochMilli(at)));
    }

    @Override
    public void process(Record<String, byte[]> record) {
        Instant now = now();
        String topic = context.recordMetadata().map(m -> m.topic()).orElse("");
        switch (topic) {
            case Topics.FILM_COMMANDS -> Inputs.read(context, record, topic, FilmCommand.class, now).ifPresent(c -> stage.on(c, now));
            case Topics.SEGMENT_REPORTS -> Inputs.read(context, record, topic, SegmentReport.class, now).ifPresent(r -> stage.on(r, now));
            case Topics.ASSEMBLY_REPORTS -> Inputs.read(context, record, topic, AssemblyReport.class, now).ifPresent(r -> stage.on(r, now));
            default -> throw new IllegalStateException("not an input of the film stage: " + topic);
        }
    }

    private Instant now() {
        return Instant.ofEpochMilli(context.currentSystemTimeMs());
    }

    private void effect(FilmEffect effect) {
        if (effect instanceof FilmEffect.ToLane lane) {
            forward(Topics.LANE_EVENTS, lane.event().pool(), lane.event());
        } else if (effect instanceof FilmEffect.Publish publish) {
            forward(Topics.FILM_STATES, publish.state().film().filmKey(), publish.state());
        } else if (effect instanceof FilmEffect.Announce announce) {
            forward(Topics.FILM_EVENTS, announce.event().film().filmKey(), announce.event());
        } else if (effect instanceof FilmEffect.Assemble assemble) {
            // Before the job: whoever takes it must find what it names. The same lineage gives the same bytes, so a repeat is harmless.
            byte[] lineage = Json.write(assemble.lineage());
            String key = ObjectKeys.lineage(assemble.film());
            objects.put(key, lineage, "application/json");
            forward(Topics.ASSEMBLY_JOBS, assemble.film().filmKey(),
                    new AssemblyJob(Message.VERSION, assemble.film(), assemble.assembly(), key, Digests.sha256(lineage), assemble.deadline(), now()));
        }
    }

    private void forward(String topic, String key, Message message) {
        context.forward(new Record<>(key, new Outgoing(topic, message), context.currentSystemTimeMs()));
    }
}
