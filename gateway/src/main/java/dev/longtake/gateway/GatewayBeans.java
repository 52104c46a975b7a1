package dev.longtake.gateway;

import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.Topics;
import dev.longtake.gateway.events.EventHub;
import dev.longtake.gateway.figures.FarmFigures;
import dev.longtake.gateway.films.FilmPlanner;
import dev.longtake.gateway.films.FilmTable;
import dev.longtake.gateway.films.FilmWarnings;
import dev.longtake.gateway.films.Films;
import dev.longtake.gateway.films.ModelCatalog;
import dev.longtake.gateway.films.WorkerTable;
import dev.longtake.gateway.letters.DeadLetters;
import dev.longtake.gateway.lineage.Lineages;
import dev.longtake.gateway.quota.Quotas;
import dev.longtake.gateway.revisions.Revisions;
import dev.longtake.gateway.videos.Videos;
import dev.longtake.gateway.webhooks.address.Targets;
import dev.longtake.platform.config.PlatformConfig;
import dev.longtake.platform.queue.HistoryReader;
import dev.longtake.platform.queue.LetterLog;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.queue.TopicHistory;
import dev.longtake.platform.store.ObjectStore;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** The gateway's parts as beans; they know nothing of injection themselves. */
@ApplicationScoped
public class GatewayBeans {
    @Produces
    @Singleton
    public ModelCatalog models(GatewayConfig config) {
        return ModelCatalog.configured(config.bundle());
    }

    @Produces
    @Singleton
    public FilmPlanner planner(ModelCatalog models, GatewayConfig config, Targets targets) {
        return new FilmPlanner(models, config.pictures(), targets);
    }

    @Produces
    @Singleton
    public FilmTable table() {
        return new FilmTable();
    }

    @Produces
    @Singleton
    public WorkerTable workers(Clock clock, GatewayConfig config) {
        return new WorkerTable(clock, config.workerTimeout());
    }

    @Produces
    @Singleton
    public DeadLetters deadLetters(LetterLog log, Publisher publisher, Films films, Clock clock, GatewayConfig config) {
        return new DeadLetters(log, publisher, films, clock, config.deadLetters());
    }

    @Produces
    @Singleton
    public FilmWarnings warnings(ObjectStore objects, ModelCatalog models) {
        return new FilmWarnings(objects, models);
    }

    @Produces
    @Singleton
    public HistoryReader<FilmEvent> history(PlatformConfig platform) {
        return new TopicHistory<>(platform.kafka().bootstrap(), Topics.FILM_EVENTS, FilmEvent.class, platform.kafka().patience());
    }

    @Produces
    @Singleton
    public EventHub events(GatewayConfig config, HistoryReader<FilmEvent> history) {
        GatewayConfig.Events events = config.events();
        return new EventHub(new EventHub.Limits(events.streams(), events.streamsEach(), events.kept(), events.histories(), events.heartbeat(), events.patience()), history);
    }

    void close(@Disposes EventHub hub) {
        hub.close();
    }

    @Produces
    @Singleton
    public FarmFigures figures(Clock clock) {
        return new FarmFigures(clock.instant());
    }

    @Produces
    @Singleton
    public Lineages lineages(ObjectStore objects, WorkerTable workers) {
        return new Lineages(objects, workers);
    }

    @Produces
    @Singleton
    public Films films(ObjectStore objects, Publisher publisher, FilmTable table, WorkerTable workers, FilmWarnings warnings, Clock clock, GatewayConfig config, Quotas quotas) {
        return new Films(objects, publisher, table, workers, warnings, clock, config.pool(), quotas::of);
    }

    @Produces
    @Singleton
    public Videos videos(ObjectStore objects, FilmTable table, Films films, GatewayConfig config) {
        return new Videos(objects, table, films, config.videos().deletePatience());
    }

    @Produces
    @Singleton
    public Revisions revisions(ObjectStore objects, Publisher publisher, FilmTable table, Clock clock, GatewayConfig config, Quotas quotas) {
        return new Revisions(objects, publisher, table, clock, config.pool(), config.revisePatience(), quotas::of);
    }
}
