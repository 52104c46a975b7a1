package dev.longtake.gateway.http;

import dev.longtake.gateway.GatewayService;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready once every film that was there at the start is known; a process of another role is none of its business. */
@Readiness
@Singleton
public class GatewayReadiness implements HealthCheck {
    private final GatewayService service;

    @Inject
    public GatewayReadiness(GatewayService service) {
        this.service = service;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("gateway").status(!service.plays() || service.ready()).build();
    }
}
