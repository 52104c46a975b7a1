package dev.longtake.gateway.videos;

import dev.longtake.gateway.http.ProblemException;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.MediaType;
import java.lang.annotation.Annotation;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/**
 * Whatever part of the gateway answers with a problem, under this face's path it is said in this face's shape. On the way out, and not where problems are
 * made: so none is missed, whoever refuses a request, and however early.
 */
@Singleton
public class VideoErrors {
    private static final String PATH = "/v1/videos";
    private static final int CONFLICT = 409;

    /** After every other filter: those still read the problem, or put one in its place. */
    @ServerResponseFilter(priority = 0)
    public void say(ContainerRequestContext request, ContainerResponseContext response) {
        if (response.getEntity() instanceof ProblemException.Body problem && isOurs(request.getUriInfo().getPath())) {
            response.setEntity(VideoError.of(problem), new Annotation[0], MediaType.APPLICATION_JSON_TYPE);
            if (response.getStatus() == CONFLICT) {
                // Its clients send again what was answered 409, three times in all; a film is in no other state half a second later.
                response.getHeaders().putSingle("x-should-retry", "false");
            }
        }
    }

    private static boolean isOurs(String path) {
        String absolute = path.startsWith("/") ? path : "/" + path;
        return absolute.equals(PATH) || absolute.startsWith(PATH + "/");
    }
}
