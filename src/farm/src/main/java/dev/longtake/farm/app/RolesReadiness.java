package dev.longtake.farm.app;

import dev.longtake.gateway.films.WorkerTable;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready once every role of this process does its work, and, in the embedded farm, a worker takes jobs. */
@Readiness
@Singleton
public class RolesReadiness implements HealthCheck {
    private final Services services;
    private final FarmConfig config;
    private final WorkerTable workers;

    @Inject
    public RolesReadiness(Services services, FarmConfig config, WorkerTable workers) {
        this.services = services;
        this.config = config;
        this.workers = workers;
    }

    @Override
    public HealthCheckResponse call() {
        boolean worker = !config.needsWorker() || workers.ready() > 0;
        return HealthCheckResponse.named("roles").status(services.ready() && worker).withData("workers", workers.ready()).build();
    }
}
