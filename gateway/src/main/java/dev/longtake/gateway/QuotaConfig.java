package dev.longtake.gateway;

import io.smallrye.config.WithDefault;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What one tenant may have: {@code longtake.gateway.quota}. How many films, {@link GatewayConfig#unfinishedFilms()} says. */
public interface QuotaConfig {
    /** Seconds of film that a tenant may be waiting for at once; more is answered 429. Ten films of the longest kind. */
    @WithDefault("864000")
    double unfinishedSeconds();

    /**
     * Revisions that are kept of one film, the newest included; one more is answered 429 until some expired. Each has a state in every gateway and a plan of up to 4 MiB in
     * the store for as long as the retention says.
     */
    @WithDefault("1000")
    int keptRevisions();

    /**
     * Requests of a tenant in one second, at all replicas together; more are answered 429. Counted in Redis: while that is away, or was
     * emptied, requests pass. Not counted where no authentication is configured.
     */
    @WithDefault("100")
    int requestsPerSecond();

    /**
     * Requests of a tenant that one gateway works on at once, event streams aside; one more is answered 429. Whoever sends or reads slowly holds one of
     * 32 threads meanwhile, which must not all be one tenant's.
     */
    @WithDefault("8")
    int requestsAtOnce();

    /** Bytes of one request's body; more is answered 413. Above what a story with a picture may weigh, it bounds nothing. */
    @WithDefault("16777216")
    long uploadBytes();

    /** Other limits for some tenants, by name; what is absent is everybody's. */
    Map<String, Own> tenants();

    /** Limits of one tenant. */
    interface Own {
        OptionalInt unfinishedFilms();

        OptionalInt keptFilms();

        OptionalInt keptRevisions();

        OptionalDouble unfinishedSeconds();

        OptionalInt requestsPerSecond();

        OptionalInt requestsAtOnce();

        OptionalLong uploadBytes();
    }
}
