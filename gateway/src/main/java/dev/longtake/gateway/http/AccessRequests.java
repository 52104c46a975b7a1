package dev.longtake.gateway.http;

import dev.longtake.contract.AuditRecord;
import dev.longtake.contract.Message;
import dev.longtake.gateway.GatewayConfig;
import dev.longtake.gateway.access.AccessPolicy;
import dev.longtake.gateway.access.Authenticator;
import dev.longtake.gateway.access.Caller;
import dev.longtake.gateway.access.ForeignPage;
import dev.longtake.gateway.access.Identity;
import dev.longtake.gateway.access.Operation;
import dev.longtake.gateway.access.Scope;
import dev.longtake.gateway.audit.AuditTrail;
import dev.longtake.gateway.quota.Quotas;
import dev.longtake.platform.queue.QueueUnavailableException;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The door: nothing is done for whom nobody knows, or who may not; and what was asked for is written down before it is answered. All
 * refusals are {@link ProblemException}s, so that {@link ProblemMappers} gives them their form.
 *
 * <p>Of a scope that is made when it is first used: filters are made before there is any configuration.
 */
@ApplicationScoped
public class AccessRequests {
    private static final Logger LOG = LoggerFactory.getLogger(AccessRequests.class);
    private static final String REQUEST_ID = "X-Request-Id";
    private static final Pattern GOOD_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final String CHALLENGE = "WWW-Authenticate";
    private static final String TO_WRITE = AccessRequests.class.getName();

    private final Authenticator authenticator;
    private final Quotas quotas;
    private final AuditTrail trail;
    private final GatewayConfig config;
    private final Clock clock;
    private final Caller caller;
    private final CurrentVertxRequest vertx;
    private final ForeignPage pages;
    private final Map<Method, String> templates = new ConcurrentHashMap<>();

    @Inject
    public AccessRequests(Authenticator authenticator, Quotas quotas, AuditTrail trail, GatewayConfig config, Clock clock, Caller caller, CurrentVertxRequest vertx, AccessPolicy policy,
            @ConfigProperty(name = "quarkus.http.host") String host) {
        this.vertx = vertx;
        this.pages = new ForeignPage(policy.isForThisMachine(), host);
        this.authenticator = authenticator;
        this.quotas = quotas;
        this.trail = trail;
        this.config = config;
        this.clock = clock;
        this.caller = caller;
    }

    /** On the resource's own thread, since an issuer and Redis may have to be asked. */
    @ServerRequestFilter
    public void letIn(ContainerRequestContext request, ResourceInfo resource) {
        String given = request.getHeaderString(REQUEST_ID);
        caller.request(given != null && GOOD_ID.matcher(given).matches() ? given : UUID.randomUUID().toString());
        Identity who = identify(request.getHeaders().getOrDefault("Authorization", List.of()));
        caller.identify(who);
        if (who.isAnonymous()) {
            URI at = request.getUriInfo().getBaseUri();
            if (pages.sent(request.getMethod(), Optional.ofNullable(at.getHost()).orElse(""), at.getPort(), Optional.ofNullable(request.getHeaderString("Sec-Fetch-Site")),
                    Optional.ofNullable(request.getHeaderString("Origin")))) {
                throw ProblemException.of(ProblemType.FOREIGN_PAGE, "A page of another site may not do this",
                        "Nobody is asked who he is here, so what a browser sends is taken only from the farm's own address. Require keys, or use a program.");
            }
            return;
        }
        if (!quotas.admit(who.tenant())) {
            throw ProblemException.tooMany("requests-per-second", "More than " + quotas.of(who.tenant()).requestsPerSecond() + " requests a second.", 1);
        }
        Optional<Operation> operation = operation(request.getMethod(), resource.getResourceMethod());
        operation.filter(Operation::isAudited).ifPresent(o -> request.setProperty(TO_WRITE, o));
        Scope needed = operation.map(Operation::scope).orElse(Scope.OPERATOR);
        if (!who.may(needed)) {
            throw ProblemException.with(ProblemException.of(ProblemType.NOT_ALLOWED, "That is not allowed", "This needs the scope " + needed.label() + "."),
                    Map.of(CHALLENGE, "Bearer error=\"insufficient_scope\", scope=\"" + needed.label() + "\""));
        }
        if (operation.filter(o -> o == Operation.EVENTS || o == Operation.FILM_EVENTS).isEmpty()) {
            Runnable end = quotas.begin(who.tenant()).orElseThrow(() -> ProblemException.tooMany("requests-at-once", "More than " + quotas.of(who.tenant()).requestsAtOnce()
                    + " requests at the same time.", 1));
            // Also when the connection is lost.
            vertx.getCurrent().addEndHandler(done -> end.run());
        }
        limitUpload(request, quotas.of(who.tenant()).uploadBytes());
    }

    private Identity identify(List<String> authorization) {
        try {
            return authenticator.identify(authorization);
        } catch (Authenticator.RefusedException e) {
            throw ProblemException.with(ProblemException.of(ProblemType.UNKNOWN_CALLER, "Nobody knows who asks", e.getMessage()),
                    Map.of(CHALLENGE, authorization.isEmpty() ? "Bearer" : "Bearer error=\"invalid_token\""));
        } catch (Authenticator.AwayException e) {
            throw ProblemException.away(e.getMessage(), config.retryAfter().toSeconds());
        }
    }

    private Optional<Operation> operation(String method, Method resource) {
        return Operation.of(method, templates.computeIfAbsent(resource, AccessRequests::template));
    }

    /** The path as the resource names it, such as {@code /v1/films/{id}}. */
    static String template(Method method) {
        String path = part(method.getDeclaringClass().getAnnotation(Path.class)) + part(method.getAnnotation(Path.class));
        return path.replaceAll("\\{\\s*([^:}\\s]+)[^}]*}", "{$1}");
    }

    private static String part(Path path) {
        String bare = path == null ? "" : path.value().replaceAll("^/+|/+$", "");
        return bare.isEmpty() ? "" : "/" + bare;
    }

    /** What names its length is refused at once, what does not is cut off where it becomes too long. */
    private void limitUpload(ContainerRequestContext request, long most) {
        if (request.getMethod().equals(HttpMethod.GET) || request.getMethod().equals(HttpMethod.HEAD)) {
            return;
        }
        String length = request.getHeaderString("Content-Length");
        if (length == null) {
            request.setEntityStream(new Bounded(request.getEntityStream(), most));
        } else if (!length.matches("\\d{1,18}") || Long.parseLong(length) > most) {
            throw tooLarge(most);
        }
    }

    private static ProblemException tooLarge(long most) {
        return ProblemException.limited(ProblemType.TOO_LARGE, "The request is too large", "upload-bytes", "A request may be " + most + " bytes.");
    }

    private static final class Bounded extends InputStream {
        private final InputStream in;
        private final long most;
        private long left;

        Bounded(InputStream in, long most) {
            this.in = in;
            this.most = most;
            this.left = most;
        }

        @Override
        public int read() throws IOException {
            int read = in.read();
            count(read < 0 ? 0 : 1);
            return read;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            int read = in.read(to, offset, length);
            count(Math.max(0, read));
            return read;
        }

        private void count(int read) {
            left -= read;
            if (left < 0) {
                throw tooLarge(most);
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    /** Whatever is answered, its line is in the trail first; if that cannot be, the answer is that it cannot. */
    @ServerResponseFilter
    public void writeDown(ContainerRequestContext request, ContainerResponseContext response) {
        if (!caller.request().isEmpty()) {
            response.getHeaders().putSingle(REQUEST_ID, caller.request());
        }
        if (!(request.getProperty(TO_WRITE) instanceof Operation operation)) {
            return;
        }
        request.removeProperty(TO_WRITE);
        try {
            trail.write(line(operation, request, response));
        } catch (QueueUnavailableException e) {
            LOG.warn("{} of {} is answered 503: {}", operation.id(), caller.identity().actor(), e.getMessage());
            Response away = ProblemMappers.answer(ProblemException.away("The audit trail cannot be written, and without it nothing is answered; what was asked for may have been done.",
                    config.retryAfter().toSeconds()));
            response.setEntity(away.getEntity(), new Annotation[0], away.getMediaType());
            response.setStatus(away.getStatus());
            response.getHeaders().remove("Location");
            response.getHeaders().putAll(away.getHeaders());
        }
    }

    private AuditRecord line(Operation operation, ContainerRequestContext request, ContainerResponseContext response) {
        Identity who = caller.identity();
        boolean ofFilm = operation.path().startsWith("/v1/films/{id}");
        Optional<String> id = Optional.ofNullable(request.getUriInfo().getPathParameters().getFirst("id")).filter(i -> GOOD_ID.matcher(i).matches());
        Optional<String> problem = response.getEntity() instanceof ProblemException.Body body ? Optional.of(body.type()) : Optional.empty();
        Optional<List<String>> prompts = config.audit().prompts() ? Optional.of(AuditTrail.shortened(caller.prompts())).filter(p -> !p.isEmpty()) : Optional.empty();
        return new AuditRecord(Message.VERSION, caller.tenantTouched(), who.actor(), who.tenant(), operation.id(), caller.film().or(() -> ofFilm ? id : Optional.empty()), caller.revision(),
                caller.target().or(() -> ofFilm ? Optional.empty() : id), response.getStatus(), problem, caller.request(), clock.instant(), prompts);
    }
}
