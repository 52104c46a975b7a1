package dev.longtake.gateway;

import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Who is let in: {@code longtake.gateway.access}. */
public interface AccessConfig {
    /** Where callers may do everything without saying who they are. */
    enum Anonymous {
        /** Where only this machine reaches the gateway, and neither a bootstrap key nor an issuer is configured. */
        LOOPBACK,
        /** Everywhere: something in front of the gateway decides who gets through. */
        EVERYWHERE,
        /** Nowhere: keys are needed. */
        NEVER
    }

    /**
     * Where no key is needed. A gateway that others reach and that asks nobody would give every film to everybody, so with the default it
     * does not start there.
     */
    @WithDefault("loopback")
    Anonymous anonymous();

    /**
     * Lower-case hex SHA-256 of a key, or of several, that may do everything: for the first key of a farm, and for when all others are
     * lost. Take it out, and say {@code anonymous=never}, once there are others.
     */
    Optional<Set<String>> bootstrapKeySha256();

    /** How long a key lives if nothing else is asked for. */
    @WithDefault("P90D")
    Duration keyLife();

    /** The longest life of a key: one that is forgotten ends some day. */
    @WithDefault("P366D")
    Duration keyLongest();

    /** Keys of one tenant, those included that expired or were revoked less than {@code key-memory} ago; one more is answered 429. */
    @WithDefault("100")
    int keys();

    /** How long a key that is good for nothing is still listed, so that its traces in the trail can be read. */
    @WithDefault("P30D")
    Duration keyMemory();

    /** Tokens of an OpenID Connect issuer; none are taken unless there is an issuer. */
    Oidc oidc();

    /** Whose tokens are taken, and what of them is looked at. */
    interface Oidc {
        /** The issuer's address, as its tokens name it; https, or on loopback. */
        Optional<String> issuer();

        /** What tokens for this farm name as their audience; needed where there is an issuer, or a token for another service would open this one. */
        Optional<String> audience();

        /** Where the issuer's keys are; as its {@code /.well-known/openid-configuration} says, if absent. */
        Optional<String> jwks();

        /** The claim that names the tenant. */
        @WithDefault("tenant")
        String tenantClaim();

        /** The claim with the scopes, one text with spaces or a list; what it says beyond the farm's own scopes means nothing here. */
        @WithDefault("scope")
        String scopesClaim();

        /** How far clocks may differ. */
        @WithDefault("PT30S")
        Duration skew();

        /** How long the issuer may take to answer. */
        @WithDefault("PT3S")
        Duration patience();
    }
}
