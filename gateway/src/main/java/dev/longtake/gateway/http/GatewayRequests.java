package dev.longtake.gateway.http;

import dev.longtake.gateway.GatewayService;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.Optional;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

import jakarta.ws.rs.core.Response;

/** A process of another role has health and metrics, and no films. */
@Singleton
public class GatewayRequests {
    private final GatewayService service;

    @Inject
    public GatewayRequests(GatewayService service) {
        this.service = service;
    }

    @ServerRequestFilter(preMatching = true)
    public Optional<Response> onlyWhereTheRoleIsOn(ContainerRequestContext request) {
        return service.plays() ? Optional.empty()
                : Optional.of(ProblemMappers.answer(ProblemException.of(ProblemType.NO_GATEWAY, "No gateway runs here", "This process plays another role.")));
    }
}
