package dev.longtake.platform.store;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * S3, as much of it as the farm uses: one bucket, keys of {@code dev.longtake.contract.ObjectKeys}.
 *
 * <p>Every method may throw {@link StoreUnavailableException} after its own bounded retries: the store is away, slow or full, and
 * the caller's work is to be tried again later, not failed.
 */
public interface ObjectStore {
    /** Writes an object whole, replacing what was there. Durable when it returns. */
    void put(String key, byte[] bytes, String contentType);

    /** Writes an object only if there is none ({@code If-None-Match: *}). @return whether this call wrote it */
    boolean putIfAbsent(String key, byte[] bytes, String contentType);

    /** Streams a file to an object in parts; the object appears whole or not at all. */
    void putFile(String key, Path file, String contentType);

    /** @throws ObjectMissingException if there is no such object */
    byte[] get(String key) throws ObjectMissingException;

    /** A part of an object, to be closed. @param length bytes, or -1 for the rest. @throws ObjectMissingException if there is no such object */
    InputStream open(String key, long offset, long length) throws ObjectMissingException;

    /** Size and entity tag, or empty if there is no such object. */
    Optional<ObjectInfo> head(String key);

    /** All keys under a prefix, in order. */
    List<String> list(String prefix);

    /**
     * Some objects under a prefix, in order, for whoever walks through more than fits into memory.
     *
     * @param after the key after which the page begins; empty for the first
     * @return as many as there are, up to {@code limit} (at most 1,000)
     */
    List<Listed> page(String prefix, String after, int limit);

    /** Removes an object; nothing happens if there is none. */
    void delete(String key);

    /** An object on a page. @param modified when it was last written, by the store's own clock */
    record Listed(String key, Instant modified) {}

    /** @param modified when it was last written, by the store's own clock, to the second or finer */
    record ObjectInfo(String key, long bytes, String etag, String contentType, Instant modified) {}
}
