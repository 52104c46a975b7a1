package dev.longtake.scheduler.streams;

import dev.longtake.contract.AssemblyJob;
import dev.longtake.contract.AssemblyReport;
import dev.longtake.contract.DeadLetter;
import dev.longtake.contract.Digests;
import dev.longtake.contract.ExpiryReport;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Json;
import dev.longtake.contract.Message;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.SegmentReport;
import dev.longtake.contract.Topics;
import dev.longtake.film.state.TransitionListener;
import dev.longtake.platform.store.StoreUnavailableException;
import dev.longtake.scheduler.stage.film.FilmEffect;
import dev.longtake.scheduler.stage.film.FilmLimits;
import dev.longtake.scheduler.stage.film.FilmStage;
import dev.longtake.scheduler.stage.film.FilmStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** The film stage inside Kafka Streams: reads, decides, forwards. All decisions are {@link FilmStage}'s. */
final class FilmProcessor implements Processor<String, byte[], String, Outgoing> {
    static final String STORE = "films";
    private static final Duration TICK = Duration.ofMillis(500);

    private static final Duration POSTPONED = Duration.ofMinutes(1);

    private final BriefStore objects;
    private final FilmLimits limits;
    private final InstantSource time;
    private final Queue<FilmEffect.Assemble> assemblies = new ArrayDeque<>();
    private ProcessorContext<String, Outgoing> context;
    private Decisions decisions;
    private FilmStage stage;
    private Instant ticked = Instant.MIN;

    FilmProcessor(BriefStore objects, FilmLimits limits, InstantSource time) {
        this.objects = objects;
        this.limits = limits;
        this.time = time;
    }

    @Override
    public void init(ProcessorContext<String, Outgoing> processorContext) {
        context = processorContext;
        StreamsState state = new StreamsState(context.getStateStore(STORE), FilmStore.WALKED);
        decisions = new Decisions(context, state);
        stage = new FilmStage(new FilmStore(state), new StoredPlans(objects), limits, this::effect, TransitionListener.NONE);
        context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, at -> tick(time.instant()));
    }

    @Override
    public void process(Record<String, byte[]> record) {
        Instant now = time.instant();
        String topic = context.recordMetadata().map(m -> m.topic()).orElse("");
        switch (topic) {
            case Topics.FILM_COMMANDS -> decisions.on(record, topic, FilmCommand.class, now, c -> decide(() -> stage.on(c, now), now));
            case Topics.SEGMENT_REPORTS -> decisions.on(record, topic, SegmentReport.class, now, r -> decide(() -> stage.on(r, now), now));
            case Topics.ASSEMBLY_REPORTS -> decisions.on(record, topic, AssemblyReport.class, now, r -> decide(() -> stage.on(r, now), now));
            case Topics.EXPIRY_REPORTS -> decisions.on(record, topic, ExpiryReport.class, now, r -> decide(() -> stage.on(r, now), now));
            default -> throw new IllegalStateException("not an input of the film stage: " + topic);
        }
        // Streams' own schedule stands still while the system's clock is set back.
        if (!ticked.plus(TICK).isAfter(now)) {
            tick(now);
        }
    }

    private void tick(Instant now) {
        ticked = now;
        for (FilmStore.Timer timer : stage.due(now)) {
            if (!decisions.decide(timer.toString(), () -> decide(() -> stage.on(timer, now), now))) {
                decisions.decide(timer.toString(), () -> stage.postpone(timer, now.plus(POSTPONED)));
            }
        }
    }

    private void decide(Runnable decision, Instant now) {
        assemblies.clear();
        decision.run();
        while (!assemblies.isEmpty()) {
            handOut(assemblies.remove(), now);
        }
    }

    /** Lineage first: whoever takes the job must find what it names. The same lineage gives the same bytes, so a repeat is harmless. */
    private void handOut(FilmEffect.Assemble assemble, Instant now) {
        byte[] lineage = Json.write(assemble.lineage());
        String key = ObjectKeys.lineage(assemble.film());
        try {
            objects.put(key, lineage, "application/json");
        } catch (StoreUnavailableException e) {
            stage.on(new AssemblyReport.Failed(Message.VERSION, assemble.film(), assemble.assembly(), e.getMessage(), List.of(), true, now), now);
            return;
        }
        decisions.send(Topics.ASSEMBLY_JOBS, assemble.film().filmKey(),
                new AssemblyJob(Message.VERSION, assemble.film(), assemble.assembly(), key, Digests.sha256(lineage), assemble.deadline(), now));
    }

    private void effect(FilmEffect effect) {
        if (effect instanceof FilmEffect.ToLane lane) {
            decisions.send(Topics.LANE_EVENTS, lane.event().pool(), lane.event());
        } else if (effect instanceof FilmEffect.Publish publish) {
            decisions.send(Topics.FILM_STATES, publish.state().film().filmKey(), publish.state());
        } else if (effect instanceof FilmEffect.Keep keep) {
            decisions.send(Topics.FILM_STATES, keep.state().film().revisionKey(), keep.state());
        } else if (effect instanceof FilmEffect.Announce announce) {
            decisions.send(Topics.FILM_EVENTS, announce.event().film().filmKey(), announce.event());
        } else if (effect instanceof FilmEffect.Expire expire) {
            decisions.send(Topics.EXPIRY_JOBS, expire.job().tenant(), expire.job());
        } else if (effect instanceof FilmEffect.Forget forget) {
            decisions.forget(Topics.FILM_STATES, forget.film().filmKey());
        } else if (effect instanceof FilmEffect.ForgetRevision forget) {
            decisions.forget(Topics.FILM_STATES, forget.revision().revisionKey());
        } else if (effect instanceof FilmEffect.GiveUp given) {
            String film = given.job().film().filmKey();
            decisions.send(Topics.DEAD_LETTERS, film, DeadLetter.givenUp(Topics.segmentJobs(given.pool(), given.lane()), film, given.job(), given.reason(), time.instant()));
        } else if (effect instanceof FilmEffect.Assemble assemble) {
            assemblies.add(assemble);
        }
    }
}
