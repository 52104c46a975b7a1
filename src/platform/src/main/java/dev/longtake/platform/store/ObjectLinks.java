package dev.longtake.platform.store;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Addresses under which anybody may read one object of the store for a while, without going through us. */
@FunctionalInterface
public interface ObjectLinks {
    /**
     * @param life        1 s to 7 days
     * @param contentType what the store will say it is
     * @param disposition what the store will say in {@code Content-Disposition}
     * @return empty if the store is used without credentials, so that there is nothing to sign with
     */
    Optional<URI> link(String key, Duration life, String contentType, String disposition);
}
