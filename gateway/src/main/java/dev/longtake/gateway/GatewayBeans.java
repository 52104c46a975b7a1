package dev.longtake.gateway;

import dev.longtake.gateway.films.FilmPlanner;
import dev.longtake.gateway.films.FilmTable;
import dev.longtake.gateway.films.Films;
import dev.longtake.gateway.films.ModelCatalog;
import dev.longtake.gateway.films.WorkerTable;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.store.ObjectStore;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** The gateway's parts as beans; they know nothing of injection themselves. */
@ApplicationScoped
public class GatewayBeans {
    @Produces
    @Singleton
    public ModelCatalog models() {
        return ModelCatalog.shipped();
    }

    @Produces
    @Singleton
    public FilmPlanner planner(ModelCatalog models) {
        return new FilmPlanner(models);
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
    public Films films(ObjectStore objects, Publisher publisher, FilmTable table, WorkerTable workers, Clock clock, GatewayConfig config) {
        return new Films(objects, publisher, table, workers, clock, config.pool());
    }
}
