package dev.longtake.gateway.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.longtake.contract.FilmState;
import dev.longtake.gateway.GatewayConfig;
import dev.longtake.gateway.access.Caller;
import dev.longtake.gateway.films.FilmView;
import dev.longtake.gateway.films.FilmView.Product;
import dev.longtake.gateway.films.Films;
import dev.longtake.gateway.revisions.Revisions;
import dev.longtake.platform.store.ObjectLinks;
import dev.longtake.platform.store.ObjectStore;
import dev.longtake.platform.store.ObjectStore.ObjectInfo;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/** The bytes of finished films, streamed from the object store: whole or in parts (RFC 9110, section 14). */
@Path("/v1/films/{id}")
@Singleton
public class FilmContentResource {
    private static final String REVISION = "revision";
    private static final String EXPIRES = "expires";

    private final Films films;
    private final Revisions revisions;
    private final ObjectStore objects;
    private final ObjectLinks links;
    private final FilmDigests digests;
    private final ContentSender sender;
    private final GatewayConfig config;
    private final Clock clock;
    private final Caller caller;

    @Inject
    public FilmContentResource(Films films, Revisions revisions, ObjectStore objects, ObjectLinks links, FilmDigests digests, ContentSender sender, GatewayConfig config, Clock clock, Caller caller) {
        this.films = films;
        this.links = links;
        this.digests = digests;
        this.sender = sender;
        this.config = config;
        this.clock = clock;
        this.revisions = revisions;
        this.objects = objects;
        this.caller = caller;
    }

    @GET
    @Path("content")
    public Response content(@PathParam("id") String id, @Context HttpHeaders headers, @Context UriInfo uri) {
        FilmView film = film(id);
        return sender.send(filmKey(film, uri), ContentSender.VIDEO, fileName(film), headers, true);
    }

    @HEAD
    @Path("content")
    public Response contentHead(@PathParam("id") String id, @Context HttpHeaders headers, @Context UriInfo uri) {
        FilmView film = film(id);
        return sender.send(filmKey(film, uri), ContentSender.VIDEO, fileName(film), headers, false);
    }

    @GET
    @Path("poster")
    public Response poster(@PathParam("id") String id, @Context HttpHeaders headers, @Context UriInfo uri) {
        return product(id, Product.POSTER, headers, uri);
    }

    @GET
    @Path("contact-sheet")
    public Response contactSheet(@PathParam("id") String id, @Context HttpHeaders headers, @Context UriInfo uri) {
        return product(id, Product.CONTACT_SHEET, headers, uri);
    }

    @GET
    @Path("manifest")
    public Response manifest(@PathParam("id") String id, @Context HttpHeaders headers, @Context UriInfo uri) {
        return product(id, Product.MANIFEST, headers, uri);
    }

    private Response product(String id, Product product, HttpHeaders headers, UriInfo uri) {
        return sender.send(product.beside(filmKey(film(id), uri)), product.contentType(), Optional.empty(), headers, true);
    }

    /** The film of a certain revision, or of the newest that is finished. @param film of the film itself */
    private String filmKey(FilmView film, UriInfo uri) {
        Query query = new Query(uri, REVISION);
        OptionalInt revision = query.number(REVISION, 1, Integer.MAX_VALUE);
        query.check();
        return filmKey(film, revision);
    }

    private String filmKey(FilmView film, OptionalInt revision) {
        if (revision.isEmpty()) {
            return film.objects().film().orElseThrow(() -> unfinished(film.state()));
        }
        FilmState state = revisions.state(caller.tenant(), film.id(), revision.getAsInt()).orElseThrow(ProblemException::noRevision);
        return state.filmKey().orElseThrow(() -> unfinished(state.state()));
    }

    private static ProblemException unfinished(String state) {
        return ProblemException.wrongState(state, "The film is " + state + "; its content is there once it is finished.");
    }

    private FilmView film(String id) {
        return films.find(caller.tenant(), id).orElseThrow(ProblemException::noFilm);
    }

    private static Optional<String> fileName(FilmView film) {
        return Optional.of(Disposition.of("inline", film.title(), film.id()));
    }

    /** An address at which the store itself gives the film out, to anybody, for a while. */
    @GET
    @Path("link")
    @Produces(MediaType.APPLICATION_JSON)
    public FilmLink link(@PathParam("id") String id, @Context UriInfo uri) {
        Query query = new Query(uri, REVISION, EXPIRES);
        OptionalInt revision = query.number(REVISION, 1, Integer.MAX_VALUE);
        Duration life = query.duration(EXPIRES, config.linkLongest()).orElse(config.linkLife());
        query.check();
        FilmView film = film(id);
        ObjectInfo object = objects.head(filmKey(film, revision)).orElseThrow(ContentSender::gone);
        Instant expires = clock.instant().plus(life);
        return links.link(object.key(), life, ContentSender.VIDEO, Disposition.of("attachment", film.title(), film.id()))
                .map(url -> new FilmLink(url.toString(), expires, ContentSender.VIDEO, object.bytes(), digests.sha256(object)))
                .orElseThrow(() -> ProblemException.of(ProblemType.NO_LINKS, "No link can be made", "The farm uses its object store without credentials; use /content."));
    }

    /** A link. @param sha256 of the film, lower-case hex; absent where it is not known */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record FilmLink(String url, Instant expires, @JsonProperty("content_type") String contentType, long bytes, Optional<String> sha256) {}
}
