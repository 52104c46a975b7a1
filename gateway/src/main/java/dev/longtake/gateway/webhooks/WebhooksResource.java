package dev.longtake.gateway.webhooks;

import dev.longtake.film.story.StoryException;
import dev.longtake.gateway.access.Caller;
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
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;

/** Who is told what happens to films: register, show, give a new secret, delete; and what became of telling them. */
@Path("/v1/webhooks")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class WebhooksResource {
    private static final String LIMIT = "limit";
    private static final String OVERLAP = "overlap";
    static final int PAGE = 50;
    static final int LARGEST_PAGE = 200;

    private final Webhooks webhooks;
    private final WebhookConfig config;
    private final Caller caller;

    @Inject
    public WebhooksResource(Webhooks webhooks, WebhookConfig config, Caller caller) {
        this.webhooks = webhooks;
        this.config = config;
        this.caller = caller;
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    public Response register(InputStream body, @Context UriInfo uri) {
        new Query(uri).check();
        try {
            EndpointView made = webhooks.register(caller.tenant(), EndpointBody.read(body.readNBytes(EndpointBody.LARGEST + 1), config.targets()));
            return Response.status(Response.Status.CREATED).location(URI.create("/v1/webhooks/" + made.id())).entity(made).build();
        } catch (IOException e) {
            throw ProblemException.badInput("webhook", "the request ended before it was whole", "send it whole");
        } catch (StoryException e) {
            throw ProblemException.badInput(e.problems());
        } catch (Webhooks.RefusedException e) {
            throw ProblemException.of(ProblemType.TOO_MANY_WEBHOOKS, "There are too many webhooks", e.getMessage());
        }
    }

    @GET
    public EndpointView.Page list(@Context UriInfo uri) {
        new Query(uri).check();
        return new EndpointView.Page(webhooks.list(caller.tenant()));
    }

    @GET
    @Path("{id}")
    public EndpointView show(@PathParam("id") String id, @Context UriInfo uri) {
        new Query(uri).check();
        return webhooks.find(caller.tenant(), id).orElseThrow(WebhooksResource::none);
    }

    @DELETE
    @Path("{id}")
    @Consumes(MediaType.WILDCARD)
    public EndpointView delete(@PathParam("id") String id, @Context UriInfo uri) {
        new Query(uri).check();
        return webhooks.delete(caller.tenant(), id).orElseThrow(WebhooksResource::none);
    }

    @POST
    @Path("{id}/rotate")
    @Consumes(MediaType.WILDCARD)
    public EndpointView rotate(@PathParam("id") String id, @Context UriInfo uri) {
        Query query = new Query(uri, OVERLAP);
        // None at all is what helps against a secret that got out.
        Duration overlap = query.text(OVERLAP).filter("0"::equals).isPresent() ? Duration.ZERO : query.duration(OVERLAP, config.longestOverlap()).orElse(config.overlap());
        query.check();
        return webhooks.rotate(caller.tenant(), id, overlap).orElseThrow(WebhooksResource::none);
    }

    @POST
    @Path("{id}/enable")
    @Consumes(MediaType.WILDCARD)
    public EndpointView enable(@PathParam("id") String id, @Context UriInfo uri) {
        new Query(uri).check();
        return webhooks.enable(caller.tenant(), id).orElseThrow(WebhooksResource::none);
    }

    @GET
    @Path("{id}/deliveries")
    public DeliveryView.Page deliveries(@PathParam("id") String id, @Context UriInfo uri) {
        Query query = new Query(uri, LIMIT);
        int limit = query.number(LIMIT, 1, LARGEST_PAGE, PAGE);
        query.check();
        return new DeliveryView.Page(webhooks.toEndpoint(caller.tenant(), id, limit).orElseThrow(WebhooksResource::none));
    }

    @POST
    @Path("{id}/deliveries/{delivery}/redeliver")
    @Consumes(MediaType.WILDCARD)
    public Response redeliver(@PathParam("id") String id, @PathParam("delivery") String delivery, @Context UriInfo uri) {
        new Query(uri).check();
        if (!webhooks.goesTo(caller.tenant(), id, delivery)) {
            throw noDelivery();
        }
        return redeliver(webhooks, caller.tenant(), delivery);
    }

    static Response redeliver(Webhooks webhooks, String tenant, String delivery) {
        try {
            return Response.accepted(webhooks.redeliver(tenant, delivery).orElseThrow(WebhooksResource::noDelivery)).build();
        } catch (Webhooks.RefusedException e) {
            throw ProblemException.of(ProblemType.NOT_REDELIVERED, "The delivery is not sent again", e.getMessage());
        }
    }

    private static ProblemException none() {
        return ProblemException.of(ProblemType.NO_SUCH_WEBHOOK, "There is no such webhook", "No webhook of this id is known here.");
    }

    static ProblemException noDelivery() {
        return ProblemException.of(ProblemType.NO_SUCH_DELIVERY, "There is no such delivery", "No delivery of this id is known here; those that are over are kept for a while only.");
    }
}
