package dev.longtake.gateway.http;

import dev.longtake.gateway.access.Caller;
import dev.longtake.gateway.films.WorkerTable;
import dev.longtake.gateway.films.WorkerView;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;

/** The workers that are heard of. */
@Path("/v1/workers")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class WorkersResource {
    private final WorkerTable workers;
    private final Caller caller;

    @Inject
    public WorkersResource(WorkerTable workers, Caller caller) {
        this.workers = workers;
        this.caller = caller;
    }

    /** Workers, by pool and id. */
    public record WorkerList(List<WorkerView> workers) {}

    @GET
    public WorkerList list() {
        String tenant = caller.tenant();
        return new WorkerList(caller.isOperator() ? workers.all() : workers.all(film -> film.tenant().equals(tenant)));
    }
}
