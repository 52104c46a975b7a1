package dev.longtake.gateway.http;

import dev.longtake.gateway.GatewayConfig;
import dev.longtake.platform.queue.QueueUnavailableException;
import dev.longtake.platform.store.StoreUnavailableException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every failure becomes a problem; what went wrong inside stays in the log. */
@Singleton
public class ProblemMappers {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemMappers.class);

    private final GatewayConfig config;

    @Inject
    public ProblemMappers(GatewayConfig config) {
        this.config = config;
    }

    @ServerExceptionMapper
    public Response problem(ProblemException e) {
        return answer(e);
    }

    @ServerExceptionMapper
    public Response queueAway(QueueUnavailableException e) {
        LOG.warn("queue away: {}", e.getMessage());
        return answer(ProblemException.away("The queue is away, and nothing was accepted.", config.retryAfter().toSeconds()));
    }

    @ServerExceptionMapper
    public Response storeAway(StoreUnavailableException e) {
        LOG.warn("store away: {}", e.getMessage());
        return answer(ProblemException.away("The object store is away.", config.retryAfter().toSeconds()));
    }

    /** What the framework refuses by itself: no such path, method or type. */
    @ServerExceptionMapper
    public Response refused(WebApplicationException e, UriInfo uri) {
        Response.StatusType status = e.getResponse().getStatusInfo();
        if (status.getFamily() == Response.Status.Family.SERVER_ERROR) {
            return failed(e, uri);
        }
        return answer(ProblemException.refused(status.getStatusCode(), status.getReasonPhrase(), switch (status.getStatusCode()) {
            case 404 -> "Nothing is at this path; see /q/openapi.";
            case 405 -> "This path knows other methods; see /q/openapi.";
            case 406 -> "The answer has another media type; see /q/openapi.";
            case 415 -> "Send text/plain, application/json or multipart/form-data.";
            default -> "See /q/openapi.";
        }));
    }

    @ServerExceptionMapper
    public Response failed(Throwable e, UriInfo uri) {
        // The path is decoded by now: a line's end in it would begin a line of the log.
        LOG.error("{} failed", uri.getPath().replaceAll("\\p{C}", "?"), e);
        return answer(ProblemException.of(ProblemType.INTERNAL, "The gateway failed", "The reason is in its log."));
    }

    static Response answer(ProblemException problem) {
        Response.ResponseBuilder response = Response.status(problem.body().status()).type(ProblemException.MEDIA_TYPE).entity(problem.body());
        problem.headers().forEach(response::header);
        // Where it is told what the kind of problem is about (RFC 8288).
        response.header("Link", "<" + ProblemType.page(problem.body().type()) + ">; rel=\"help\"");
        return response.build();
    }
}
