package dev.longtake.gateway.keys;

import dev.longtake.gateway.AccessConfig;
import dev.longtake.gateway.GatewayConfig;
import dev.longtake.gateway.access.Caller;
import dev.longtake.gateway.access.TenantName;
import dev.longtake.gateway.http.ProblemException;
import dev.longtake.gateway.http.ProblemType;
import dev.longtake.gateway.http.Query;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Keys of the HTTP interface. */
@Path("/v1/keys")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class KeysResource {
    private static final String TENANT = "tenant";

    private final Keys keys;
    private final AccessConfig config;
    private final long retryAfter;
    private final Clock clock;
    private final Caller caller;

    @Inject
    public KeysResource(Keys keys, GatewayConfig config, Clock clock, Caller caller) {
        this.keys = keys;
        this.config = config.access();
        this.retryAfter = config.retryAfter().toSeconds();
        this.clock = clock;
        this.caller = caller;
    }

    /** Keys, oldest first. */
    public record KeyList(List<KeyView> keys) {}

    @POST
    @Consumes(MediaType.WILDCARD)
    public Response create(InputStream body, @Context UriInfo uri) {
        new Query(uri).check();
        Keys.Wish wish = KeyBody.read(body, caller.tenant(), clock.instant(), config.keyLife(), config.keyLongest());
        try {
            KeyView key = keys.create(caller.identity(), wish);
            caller.touchedOther(key.tenant(), key.id());
            return Response.created(URI.create("/v1/keys/" + key.id())).entity(key).header("Cache-Control", "no-store").build();
        } catch (Keys.NotYoursException e) {
            throw ProblemException.of(ProblemType.NOT_ALLOWED, "That is not allowed", e.getMessage());
        } catch (Keys.TooManyException e) {
            throw ProblemException.tooMany("keys", e.getMessage(), retryAfter);
        }
    }

    @GET
    public KeyList list(@Context UriInfo uri) {
        Query query = new Query(uri, TENANT).check();
        Optional<String> tenant = query.text(TENANT);
        if (tenant.filter(t -> !TenantName.isGood(t)).isPresent()) {
            throw ProblemException.badInput(TENANT, "no name of a tenant", "give " + TenantName.FORM);
        }
        return new KeyList(keys.list(caller.identity(), tenant));
    }

    @DELETE
    @Path("{id}")
    @Consumes(MediaType.WILDCARD)
    public KeyView revoke(@PathParam("id") String id, @Context UriInfo uri) {
        new Query(uri).check();
        KeyView key = keys.revoke(caller.identity(), id).orElseThrow(() -> ProblemException.of(ProblemType.NO_SUCH_KEY, "There is no such key", "See /v1/keys."));
        caller.touchedOther(key.tenant(), key.id());
        return key;
    }
}
