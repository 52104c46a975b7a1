package dev.longtake.gateway.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longtake.gateway.AccessConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwx.JsonWebStructure;
import org.jose4j.keys.resolvers.VerificationKeyResolver;
import org.jose4j.lang.JoseException;
import org.jose4j.lang.UnresolvableKeyException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bearer tokens of an OpenID Connect issuer (RFC 9068 in the main): signed with a key that the issuer shows, by a public-key algorithm, for
 * this farm, not expired. The issuer's keys are fetched when first needed, kept, and fetched again for a key that is not known, but not
 * more often than {@link #PAUSE}: anybody can name an unknown key.
 */
public final class Tokens {
    private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Between two looks at the issuer's keys. */
    static final Duration PAUSE = Duration.ofSeconds(10);
    /** After that the keys are fetched again even if all are known: one may have been withdrawn. */
    static final Duration KEPT = Duration.ofMinutes(10);
    private static final int LONGEST = 16 << 10;
    private static final int OK = 200;
    /** A symmetric one would take the issuer's public key for a secret; "none" takes anything. */
    private static final AlgorithmConstraints ALGORITHMS = new AlgorithmConstraints(AlgorithmConstraints.ConstraintType.PERMIT,
            AlgorithmIdentifiers.RSA_USING_SHA256, AlgorithmIdentifiers.RSA_USING_SHA384, AlgorithmIdentifiers.RSA_USING_SHA512,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA256, AlgorithmIdentifiers.RSA_PSS_USING_SHA384, AlgorithmIdentifiers.RSA_PSS_USING_SHA512,
            AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256, AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384, AlgorithmIdentifiers.ECDSA_USING_P521_CURVE_AND_SHA512);

    private final AccessConfig.Oidc config;
    private final String issuer;
    private final Clock clock;
    private final HttpClient http;
    private Map<String, org.jose4j.jwk.PublicJsonWebKey> keys = Map.of();
    private Optional<Instant> fetched = Optional.empty();
    private Optional<Instant> tried = Optional.empty();
    private Optional<URI> jwks;

    /** @param config with an issuer and an audience */
    public Tokens(AccessConfig.Oidc config, Clock clock) {
        this.config = config;
        this.issuer = config.issuer().orElseThrow();
        this.jwks = config.jwks().map(URI::create);
        this.clock = clock;
        this.http = HttpClient.newBuilder().connectTimeout(config.patience()).followRedirects(HttpClient.Redirect.NEVER).build();
    }

    /** The issuer's keys cannot be had. */
    private static final class IssuerAwayException extends UnresolvableKeyException {
        private static final long serialVersionUID = 1L;

        IssuerAwayException(String message) {
            super(message);
        }
    }

    Identity identify(String token) throws Authenticator.RefusedException, Authenticator.AwayException {
        if (token.length() > LONGEST) {
            throw new Authenticator.RefusedException("The token is too long.");
        }
        JwtConsumer consumer = new JwtConsumerBuilder().setRequireExpirationTime().setRequireSubject().setExpectedIssuer(issuer).setExpectedAudience(config.audience().orElseThrow())
                .setAllowedClockSkewInSeconds((int) config.skew().toSeconds()).setEvaluationTime(NumericDate.fromMilliseconds(clock.millis()))
                .setJwsAlgorithmConstraints(ALGORITHMS).setVerificationKeyResolver((VerificationKeyResolver) this::key).build();
        try {
            return identity(consumer.processToClaims(token));
        } catch (InvalidJwtException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof IssuerAwayException) {
                    throw new Authenticator.AwayException("The issuer of tokens does not answer.");
                }
            }
            // The library's own words repeat the token's claims.
            LOG.debug("a token was refused: {}", e.getErrorDetails().stream().map(d -> Integer.toString(d.getErrorCode())).toList());
            throw new Authenticator.RefusedException(reason(e));
        } catch (MalformedClaimException e) {
            throw new Authenticator.RefusedException("The token's claims are not what they should be.");
        }
    }

    private static String reason(InvalidJwtException e) {
        if (e.hasErrorCode(ErrorCodes.EXPIRED)) {
            return "The token has expired.";
        } else if (e.hasErrorCode(ErrorCodes.AUDIENCE_INVALID) || e.hasErrorCode(ErrorCodes.AUDIENCE_MISSING)) {
            return "The token is for another audience.";
        } else if (e.hasErrorCode(ErrorCodes.ISSUER_INVALID) || e.hasErrorCode(ErrorCodes.ISSUER_MISSING)) {
            return "The token is another issuer's.";
        }
        return "The token cannot be used.";
    }

    private Identity identity(JwtClaims claims) throws Authenticator.RefusedException, MalformedClaimException {
        Object tenant = claims.getClaimValue(config.tenantClaim());
        if (!(tenant instanceof String name) || !TenantName.isGood(name)) {
            throw new Authenticator.RefusedException("The token's claim " + config.tenantClaim() + " names no tenant: " + TenantName.FORM + ".");
        }
        Set<Scope> scopes = words(claims.getClaimValue(config.scopesClaim())).stream().flatMap(s -> Scope.of(s).stream()).collect(Collectors.toSet());
        Instant until = Instant.ofEpochMilli(claims.getExpirationTime().getValueInMillis()).plus(config.skew());
        return new Identity(name, "sub:" + claims.getSubject(), scopes, until, Optional.empty());
    }

    /** Scopes are one text with spaces, or a list. */
    private static List<String> words(Object claim) {
        if (claim instanceof String text) {
            return Arrays.asList(text.split(" "));
        }
        return claim instanceof Collection<?> list ? list.stream().map(String::valueOf).toList() : List.of();
    }

    private java.security.Key key(JsonWebSignature jws, List<JsonWebStructure> nesting) throws UnresolvableKeyException {
        String id = jws.getKeyIdHeaderValue();
        if (id == null) {
            throw new UnresolvableKeyException("the token names no key");
        }
        synchronized (this) {
            Instant now = clock.instant();
            boolean old = fetched.isEmpty() || !fetched.get().plus(KEPT).isAfter(now);
            if ((old || !keys.containsKey(id)) && (tried.isEmpty() || !tried.get().plus(PAUSE).isAfter(now))) {
                tried = Optional.of(now);
                fetch(now);
            }
            if (fetched.isEmpty()) {
                throw new IssuerAwayException("no keys of the issuer are known");
            }
            if (!keys.containsKey(id)) {
                throw new UnresolvableKeyException("the token names a key that the issuer does not show");
            }
            return keys.get(id).getPublicKey();
        }
    }

    /** What is known stays known if the issuer is away: its being away must not end all work. */
    private void fetch(Instant now) {
        try {
            URI keysAt = jwks.orElse(null);
            if (keysAt == null) {
                JsonNode described = JSON.readTree(get(URI.create(issuer.replaceAll("/$", "") + "/.well-known/openid-configuration")));
                if (!issuer.equals(described.path("issuer").asText())) {
                    throw new IOException("the issuer calls itself otherwise");
                }
                String told = described.path("jwks_uri").asText();
                AccessPolicy.requirePrivate("oidc.issuer, its jwks_uri", told);
                keysAt = URI.create(told);
            }
            keys = new JsonWebKeySet(get(keysAt)).getJsonWebKeys().stream()
                    .filter(k -> k.getKeyId() != null && k instanceof org.jose4j.jwk.PublicJsonWebKey)
                    .collect(Collectors.toMap(org.jose4j.jwk.JsonWebKey::getKeyId, k -> (org.jose4j.jwk.PublicJsonWebKey) k, (a, b) -> a));
            jwks = Optional.of(keysAt);
            fetched = Optional.of(now);
        } catch (IOException | JoseException | IllegalArgumentException | AccessPolicy.UnsafeException e) {
            LOG.warn("the keys of {} cannot be read, those that are known stay: {}", issuer, e.getMessage());
        }
    }

    private String get(URI uri) throws IOException {
        try {
            HttpResponse<String> answer = http.send(HttpRequest.newBuilder(uri).timeout(config.patience()).header("Accept", "application/json").build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != OK) {
                throw new IOException("it answered " + answer.statusCode());
            }
            return answer.body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
