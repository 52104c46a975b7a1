package dev.longtake.gateway.http;

import dev.longtake.platform.store.ObjectMissingException;
import dev.longtake.platform.store.ObjectStore;
import dev.longtake.platform.store.ObjectStore.ObjectInfo;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends what lies in the object store, streamed: whole or in parts (RFC 9110, section 14). */
@Singleton
public class ContentSender {
    public static final String VIDEO = "video/mp4";
    private static final Logger LOG = LoggerFactory.getLogger(ContentSender.class);
    private static final int PIECE = 16 << 10;
    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int NOT_MODIFIED = 304;

    private final ObjectStore objects;
    private final FilmDigests digests;

    @Inject
    public ContentSender(ObjectStore objects, FilmDigests digests) {
        this.objects = objects;
        this.digests = digests;
    }

    /**
     * @param key         of the object
     * @param disposition its {@code Content-Disposition}
     * @param headers     of the request: its range and conditions
     * @param withBody    false for HEAD
     */
    public Response send(String key, String contentType, Optional<String> disposition, HttpHeaders headers, boolean withBody) {
        ObjectInfo object = objects.head(key).orElseThrow(ContentSender::gone);
        String etag = "\"" + object.etag().replace("\"", "") + "\"";
        if (etag.equals(headers.getHeaderString(HttpHeaders.IF_NONE_MATCH))) {
            return Response.status(NOT_MODIFIED).header(HttpHeaders.ETAG, etag).build();
        }
        Optional<ByteRange> range;
        try {
            range = range(headers, etag, object.bytes());
        } catch (ByteRange.UnsatisfiableException e) {
            ProblemException problem = ProblemException.of(ProblemType.RANGE, "No byte lies in the range", "The content has " + object.bytes() + " bytes.");
            return Response.fromResponse(ProblemMappers.answer(problem)).header("Content-Range", "bytes */" + object.bytes()).build();
        }
        long first = range.map(ByteRange::first).orElse(0L);
        long length = range.map(ByteRange::length).orElse(object.bytes());
        Response.ResponseBuilder response = Response.status(range.isPresent() ? PARTIAL : OK)
                .type(contentType)
                .header("Accept-Ranges", "bytes")
                .header(HttpHeaders.ETAG, etag)
                .header(HttpHeaders.CONTENT_LENGTH, length);
        if (contentType.equals(VIDEO)) {
            // Of the whole film, also where a part of it is sent: that is what the field means.
            digests.header(object).ifPresent(d -> response.header("Repr-Digest", d));
        }
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
                copy(in, out);
            }
        };
    }

    /** Whoever does not want the rest any more, or was cut off, is no failure of the gateway. */
    private static void copy(InputStream in, OutputStream out) throws IOException {
        byte[] piece = new byte[PIECE];
        for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
            try {
                out.write(piece, 0, n);
            } catch (IOException e) {
                LOG.debug("the rest of an answer is not taken: {}", e.getMessage());
                return;
            }
        }
    }

    static ProblemException gone() {
        return ProblemException.of(ProblemType.NO_SUCH_OBJECT, "The film's object is gone", "It was removed from the object store.");
    }
}
