package dev.longtake.gateway.http;

import dev.longtake.film.story.Problem;
import dev.longtake.gateway.GatewayConfig;
import dev.longtake.gateway.access.Authenticator;
import dev.longtake.gateway.access.Caller;
import dev.longtake.gateway.access.Identity;
import dev.longtake.gateway.events.EventHub;
import dev.longtake.gateway.events.EventStream;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.util.List;
import java.util.Optional;
import org.jboss.resteasy.reactive.RestMulti;

/** What happens, as it happens: server-sent events (HTML Living Standard, section 9.2). */
@Path("/v1/events")
@Singleton
public class EventsResource {
    private static final String AFTER = "after";
    static final String LAST_EVENT_ID = "Last-Event-ID";
    private static final String FIX = "give the id of the last event you saw, or leave it out";

    private final EventHub hub;
    private final GatewayConfig config;
    private final Caller caller;
    private final Authenticator authenticator;

    @Inject
    public EventsResource(EventHub hub, GatewayConfig config, Caller caller, Authenticator authenticator) {
        this.hub = hub;
        this.config = config;
        this.caller = caller;
        this.authenticator = authenticator;
    }

    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Blocking
    public RestMulti<OutboundSseEvent> all(@HeaderParam(LAST_EVENT_ID) String lastEventId, @Context UriInfo uri, @Context Sse sse, @Context HttpServerRequest request) {
        return listen(Optional.empty(), lastEventId, uri, sse, request);
    }

    RestMulti<OutboundSseEvent> listen(Optional<String> film, String lastEventId, UriInfo uri, Sse sse, HttpServerRequest request) {
        Query query = new Query(uri, AFTER).check();
        // A browser that comes back says where it was in the header; the address it came to first still says where it began.
        Optional<String> header = Optional.ofNullable(lastEventId).filter(i -> !i.isBlank());
        Optional<String> after = header.or(() -> query.text(AFTER));
        Identity who = caller.identity();
        try {
            EventStream stream = hub.listen(new EventHub.Topic(caller.tenant(), film), after, () -> request.response().reset(), () -> authenticator.isStillGood(who));
            Multi<OutboundSseEvent> events = Multi.createFrom().publisher(stream).map(item -> event(sse, item));
            return RestMulti.fromMultiData(events).header("Cache-Control", "no-store").header("X-Accel-Buffering", "no").build();
        } catch (EventHub.TooManyException e) {
            throw ProblemException.away("As many listen to events as may.", config.retryAfter().toSeconds());
        } catch (EventHub.NotReadyException e) {
            throw ProblemException.away("No event is heard yet.", config.retryAfter().toSeconds());
        } catch (EventHub.BadPositionException e) {
            throw ProblemException.badInput(List.of(new Problem(header.isPresent() ? LAST_EVENT_ID : AFTER, "no id of an event", FIX)));
        }
    }

    private static OutboundSseEvent event(Sse sse, EventStream.Item item) {
        OutboundSseEvent.Builder builder = sse.newEventBuilder();
        item.id().ifPresent(builder::id);
        if (item.name().isEmpty()) {
            return builder.comment(item.text()).build();
        }
        return builder.name(item.name().get()).mediaType(MediaType.TEXT_PLAIN_TYPE).data(String.class, item.text()).build();
    }
}
