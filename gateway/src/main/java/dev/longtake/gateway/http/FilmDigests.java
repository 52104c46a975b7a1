package dev.longtake.gateway.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.longtake.gateway.films.FilmView.Product;
import dev.longtake.platform.store.ObjectMissingException;
import dev.longtake.platform.store.ObjectStore;
import dev.longtake.platform.store.ObjectStore.ObjectInfo;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SHA-256 of finished films, as the stitcher wrote it into their manifests. */
@Singleton
public class FilmDigests {
    private static final Logger LOG = LoggerFactory.getLogger(FilmDigests.class);
    private static final int KEPT = 1_000;
    /** The digest stands before the segments, of which there may be very many. */
    private static final int HEAD = 16 << 10;

    private final ObjectStore objects;
    private final Map<String, Optional<String>> known = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Optional<String>> eldest) {
            return size() > KEPT;
        }
    });

    @Inject
    public FilmDigests(ObjectStore objects) {
        this.objects = objects;
    }

    /** Lower-case hex; empty if there is no manifest, or it speaks of another film than the one that lies there. */
    Optional<String> sha256(ObjectInfo film) {
        String place = film.key() + " " + film.etag();
        Optional<String> digest = known.get(place);
        if (digest == null) {
            digest = read(film);
            known.put(place, digest);
        }
        return digest;
    }

    /** As {@code Repr-Digest} says it (RFC 9530). */
    Optional<String> header(ObjectInfo film) {
        return sha256(film).map(hex -> "sha-256=:" + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex)) + ":");
    }

    private Optional<String> read(ObjectInfo film) {
        try (InputStream in = objects.open(Product.MANIFEST.beside(film.key()), 0, HEAD); JsonParser parser = new JsonFactory().createParser(in)) {
            Optional<String> digest = Optional.empty();
            long bytes = -1;
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME && (digest.isEmpty() || bytes < 0)) {
                String field = parser.currentName();
                parser.nextToken();
                if (field.equals("filmDigest")) {
                    digest = Optional.ofNullable(parser.getValueAsString()).filter(d -> d.matches("[0-9a-f]{64}"));
                } else if (field.equals("filmBytes")) {
                    bytes = parser.getValueAsLong(-1);
                } else {
                    parser.skipChildren();
                }
            }
            return bytes == film.bytes() ? digest : Optional.empty();
        } catch (ObjectMissingException e) {
            return Optional.empty();
        } catch (IOException e) {
            LOG.warn("the manifest beside {} cannot be read: {}", film.key(), e.getMessage());
            return Optional.empty();
        }
    }
}
