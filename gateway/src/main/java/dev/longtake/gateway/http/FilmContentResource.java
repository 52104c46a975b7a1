package dev.longtake.gateway.http;

import dev.longtake.gateway.films.FilmView;
import dev.longtake.gateway.films.FilmView.Product;
import dev.longtake.gateway.films.Films;
import dev.longtake.platform.store.ObjectMissingException;
import dev.longtake.platform.store.ObjectStore;
import dev.longtake.platform.store.ObjectStore.ObjectInfo;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The bytes of finished films, streamed from the object store: whole or in parts (RFC 9110, section 14). */
@Path("/v1/films/{id}")
@Singleton
public class FilmContentResource {
    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int NOT_MODIFIED = 304;
    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final Films films;
    private final ObjectStore objects;

    @Inject
    public FilmContentResource(Films films, ObjectStore objects) {
        this.films = films;
        this.objects = objects;
    }

    @GET
    @Path("content")
    public Response content(@PathParam("id") String id, @Context HttpHeaders headers) {
        FilmView film = finished(id);
        return send(film.objects().film().orElseThrow(), "video/mp4", fileName(film), headers, true);
    }

    @HEAD
    @Path("content")
    public Response contentHead(@PathParam("id") String id, @Context HttpHeaders headers) {
        FilmView film = finished(id);
        return send(film.objects().film().orElseThrow(), "video/mp4", fileName(film), headers, false);
    }

    @GET
    @Path("poster")
    public Response poster(@PathParam("id") String id, @Context HttpHeaders headers) {
        return product(id, Product.POSTER, headers);
    }

    @GET
    @Path("contact-sheet")
    public Response contactSheet(@PathParam("id") String id, @Context HttpHeaders headers) {
        return product(id, Product.CONTACT_SHEET, headers);
    }

    @GET
    @Path("manifest")
    public Response manifest(@PathParam("id") String id, @Context HttpHeaders headers) {
        return product(id, Product.MANIFEST, headers);
    }

    private Response product(String id, Product product, HttpHeaders headers) {
        return send(product.beside(finished(id).objects().film().orElseThrow()), product.contentType(), Optional.empty(), headers, true);
    }

    private FilmView finished(String id) {
        FilmView film = films.find(FilmsResource.TENANT, id).orElseThrow(ProblemException::noFilm);
        if (film.objects().film().isEmpty()) {
            throw ProblemException.wrongState(film.state(), "The film is " + film.state() + "; its content is there once it is finished.");
        }
        return film;
    }

    private static Optional<String> fileName(FilmView film) {
        String name = film.title().isBlank() ? film.id() : film.title();
        return Optional.of("inline; filename=\"film.mp4\"; filename*=UTF-8''" + URLEncoder.encode(name + ".mp4", StandardCharsets.UTF_8).replace("+", "%20"));
    }

    private Response send(String key, String contentType, Optional<String> disposition, HttpHeaders headers, boolean withBody) {
        ObjectInfo object = objects.head(key).orElseThrow(FilmContentResource::gone);
        String etag = "\"" + object.etag().replace("\"", "") + "\"";
        if (etag.equals(headers.getHeaderString(HttpHeaders.IF_NONE_MATCH))) {
            return Response.status(NOT_MODIFIED).header(HttpHeaders.ETAG, etag).build();
        }
        Optional<ByteRange> range;
        try {
            range = range(headers, etag, object.bytes());
        } catch (ByteRange.UnsatisfiableException e) {
            ProblemException problem = ProblemException.of(RANGE_NOT_SATISFIABLE, "range", "No byte lies in the range", "The content has " + object.bytes() + " bytes.");
            return Response.fromResponse(ProblemMappers.answer(problem)).header("Content-Range", "bytes */" + object.bytes()).build();
        }
        long first = range.map(ByteRange::first).orElse(0L);
        long length = range.map(ByteRange::length).orElse(object.bytes());
        Response.ResponseBuilder response = Response.status(range.isPresent() ? PARTIAL : OK)
                .type(contentType)
                .header("Accept-Ranges", "bytes")
                .header(HttpHeaders.ETAG, etag)
                .header(HttpHeaders.CONTENT_LENGTH, length);
        disposition.ifPresent(d -> response.header(HttpHeaders.CONTENT_DISPOSITION, d));
        range.ifPresent(r -> response.header("Content-Range", "bytes " + r.first() + "-" + r.last() + "/" + object.bytes()));
        return withBody ? response.entity(stream(key, first, length)).build() : response.build();
    }

    private static Optional<ByteRange> range(HttpHeaders headers, String etag, long total) throws ByteRange.UnsatisfiableException {
        String range = headers.getHeaderString("Range");
        String condition = headers.getHeaderString("If-Range");
        return range == null || condition != null && !condition.equals(etag) ? Optional.empty() : ByteRange.parse(range, total);
    }

    /** Opened before the answer begins, so that a store that is away is a 503 and not a film cut short. */
    private StreamingOutput stream(String key, long first, long length) {
        InputStream in;
        try {
            in = objects.open(key, first, length);
        } catch (ObjectMissingException e) {
            throw gone();
        }
        return out -> {
            try (in) {
                in.transferTo(out);
            }
        };
    }

    private static ProblemException gone() {
        return ProblemException.of(404, "no-such-object", "The film's object is gone", "It was removed from the object store.");
    }
}
