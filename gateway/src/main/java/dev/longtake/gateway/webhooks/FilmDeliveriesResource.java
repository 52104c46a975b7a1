package dev.longtake.gateway.webhooks;

import dev.longtake.gateway.access.Caller;
import dev.longtake.gateway.films.Films;
import dev.longtake.gateway.http.ProblemException;
import dev.longtake.gateway.http.Query;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

/** What became of telling others about one film. */
@Path("/v1/films/{id}/deliveries")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class FilmDeliveriesResource {
    private static final String LIMIT = "limit";

    private final Webhooks webhooks;
    private final Films films;
    private final Caller caller;

    @Inject
    public FilmDeliveriesResource(Webhooks webhooks, Films films, Caller caller) {
        this.webhooks = webhooks;
        this.films = films;
        this.caller = caller;
    }

    @GET
    public DeliveryView.Page list(@PathParam("id") String id, @Context UriInfo uri) {
        Query query = new Query(uri, LIMIT);
        int limit = query.number(LIMIT, 1, WebhooksResource.LARGEST_PAGE, WebhooksResource.PAGE);
        query.check();
        films.find(caller.tenant(), id).orElseThrow(ProblemException::noFilm);
        return new DeliveryView.Page(webhooks.aboutFilm(caller.tenant(), id, limit));
    }

    @POST
    @Path("{delivery}/redeliver")
    @Consumes(MediaType.WILDCARD)
    public Response redeliver(@PathParam("id") String id, @PathParam("delivery") String delivery, @Context UriInfo uri) {
        new Query(uri).check();
        films.find(caller.tenant(), id).orElseThrow(ProblemException::noFilm);
        if (!webhooks.isAbout(caller.tenant(), id, delivery)) {
            throw WebhooksResource.noDelivery();
        }
        return WebhooksResource.redeliver(webhooks, caller.tenant(), delivery);
    }
}
