package dev.longtake.gateway.segments;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.engine.Frames;
import dev.longtake.gateway.access.Caller;
import dev.longtake.gateway.http.ProblemException;
import dev.longtake.gateway.http.ProblemType;
import dev.longtake.media.picture.PictureWriter;
import dev.longtake.platform.store.ObjectMissingException;
import dev.longtake.platform.store.ObjectStore;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.CacheControl;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.regex.Pattern;

/**
 * A segment by the attempt that it became: events name it as soon as it is accepted, long before there is a clip. An attempt never
 * changes, so what is made of it may be kept for ever.
 */
@Path("/v1/segments/{key}/{attempt}")
@Singleton
public class SegmentResource {
    private static final String PNG = "image/png";
    private static final int YEAR = 31_536_000;
    /** Nothing that could lead elsewhere in the store. */
    private static final Pattern KEY = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern ATTEMPT = Pattern.compile("[0-9A-Za-z-]{1,64}");

    private final ObjectStore objects;
    private final Caller caller;

    @Inject
    public SegmentResource(ObjectStore objects, Caller caller) {
        this.objects = objects;
        this.caller = caller;
    }

    /** Drawn from the tail, which is durable before the attempt can be accepted: the worker has nothing to do for it. */
    @GET
    @Path("thumbnail")
    public Response thumbnail(@PathParam("key") String key, @PathParam("attempt") String attempt, @Context HttpHeaders headers) {
        if (!KEY.matcher(key).matches() || !ATTEMPT.matcher(attempt).matches()) {
            throw noSegment();
        }
        Frames tail;
        try {
            tail = Frames.fromBytes(objects.get(ObjectKeys.tail(caller.tenant(), new AttemptRef(key, attempt))));
        } catch (ObjectMissingException e) {
            throw noSegment();
        }
        String tag = "\"" + attempt + "\"";
        CacheControl cache = new CacheControl();
        cache.setPrivate(true);
        cache.setMaxAge(YEAR);
        cache.getCacheExtension().put("immutable", "");
        boolean same = tag.equals(headers.getHeaderString(HttpHeaders.IF_NONE_MATCH));
        Response.ResponseBuilder answer = same ? Response.notModified() : Response.ok(PictureWriter.png(tail.slice(tail.count() - 1, tail.count())), PNG);
        return answer.header(HttpHeaders.ETAG, tag).cacheControl(cache).build();
    }

    private static ProblemException noSegment() {
        return ProblemException.of(ProblemType.NO_SUCH_SEGMENT, "There is no such segment", "No attempt of this name at this segment is stored.");
    }
}
