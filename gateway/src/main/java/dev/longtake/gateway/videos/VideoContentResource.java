package dev.longtake.gateway.videos;

import dev.longtake.gateway.access.Caller;
import dev.longtake.gateway.films.FilmView;
import dev.longtake.gateway.films.FilmView.Product;
import dev.longtake.gateway.films.Films;
import dev.longtake.gateway.http.ContentSender;
import dev.longtake.gateway.http.Disposition;
import dev.longtake.gateway.http.ProblemException;
import dev.longtake.gateway.http.Query;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Optional;

/** The bytes of completed videos. Declares no media type: clients ask for {@code application/binary} and take what comes. */
@Path("/v1/videos")
@Singleton
public class VideoContentResource {
    private static final String VARIANT = "variant";
    private static final String VIDEO = "video";
    private static final String THUMBNAIL = "thumbnail";
    private static final String SPRITESHEET = "spritesheet";

    private final Films films;
    private final ContentSender sender;
    private final Caller caller;

    @Inject
    public VideoContentResource(Films films, ContentSender sender, Caller caller) {
        this.films = films;
        this.sender = sender;
        this.caller = caller;
    }

    @GET
    @Path("{id}/content")
    public Response content(@PathParam("id") String id, @Context HttpHeaders headers, @Context UriInfo uri) {
        return send(id, headers, uri, true);
    }

    @HEAD
    @Path("{id}/content")
    public Response head(@PathParam("id") String id, @Context HttpHeaders headers, @Context UriInfo uri) {
        return send(id, headers, uri, false);
    }

    private Response send(String id, HttpHeaders headers, UriInfo uri, boolean withBody) {
        Query query = new Query(uri, VARIANT);
        String variant = query.choice(VARIANT, List.of(VIDEO, THUMBNAIL, SPRITESHEET), VIDEO);
        query.check();
        FilmView film = VideoIds.film(id).flatMap(f -> films.find(caller.tenant(), f)).orElseThrow(VideoPlans::noVideo);
        String key = film.objects().film().orElseThrow(() -> ProblemException.wrongState(film.state(), "The video is " + film.state() + "; its content is there once it is completed."));
        return switch (variant) {
            case THUMBNAIL -> sender.send(Product.POSTER.beside(key), Product.POSTER.contentType(), Optional.empty(), headers, withBody);
            case SPRITESHEET -> sender.send(Product.SPRITESHEET.beside(key), Product.SPRITESHEET.contentType(), Optional.empty(), headers, withBody);
            default -> sender.send(key, ContentSender.VIDEO, Optional.of(Disposition.of("inline", film.title(), VideoIds.of(film.id()))), headers, withBody);
        };
    }
}
