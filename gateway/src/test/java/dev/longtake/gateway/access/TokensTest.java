package dev.longtake.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.longtake.gateway.AccessConfig;
import dev.longtake.gateway.HandClock;
import dev.longtake.gateway.access.Authenticator.AwayException;
import dev.longtake.gateway.access.Authenticator.RefusedException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.HmacKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real issuer on loopback, with real keys. */
class TokensTest {
    private static final String AUDIENCE = "longtake";
    private static RsaJsonWebKey first;
    private static RsaJsonWebKey second;
    private final AtomicInteger fetches = new AtomicInteger();
    private final HandClock clock = new HandClock(Instant.parse("2026-01-02T03:04:05Z"));
    private volatile List<JsonWebKey> shown = List.of(first);
    private volatile int status = 200;
    private HttpServer server;
    private String issuer;
    private Tokens tokens;

    @BeforeAll
    static void draw() throws Exception {
        first = key("k1");
        second = key("k2");
    }

    private static RsaJsonWebKey key(String id) throws Exception {
        RsaJsonWebKey key = RsaJwkGenerator.generateJwk(2048);
        key.setKeyId(id);
        return key;
    }

    @BeforeEach
    void serve() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer = "http://127.0.0.1:" + server.getAddress().getPort() + "/realm";
        server.createContext("/realm/.well-known/openid-configuration", x -> answer(x, "{\"issuer\":\"" + issuer + "\",\"jwks_uri\":\"" + issuer + "/keys\"}"));
        server.createContext("/realm/keys", x -> {
            fetches.incrementAndGet();
            answer(x, new JsonWebKeySet(shown).toJson());
        });
        server.start();
        tokens = new Tokens(config(), clock);
    }

    private AccessConfig.Oidc config(String... more) {
        String[] all = new String[more.length + 4];
        System.arraycopy(new String[] {"oidc.issuer", issuer, "oidc.audience", AUDIENCE}, 0, all, 0, 4);
        System.arraycopy(more, 0, all, 4, more.length);
        return Settings.of(all).oidc();
    }

    private void answer(com.sun.net.httpserver.HttpExchange exchange, String body) throws java.io.IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private JwtClaims claims() {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(issuer);
        claims.setAudience(AUDIENCE);
        claims.setSubject("anna");
        claims.setStringClaim("tenant", "studio");
        claims.setStringClaim("scope", "openid films:read films:write");
        claims.setExpirationTime(NumericDate.fromSeconds(clock.now.getEpochSecond() + 60));
        return claims;
    }

    private static String sign(JwtClaims claims, String algorithm, Key key, String id) throws Exception {
        JsonWebSignature jws = new JsonWebSignature();
        jws.setPayload(claims.toJson());
        jws.setAlgorithmHeaderValue(algorithm);
        jws.setKey(key);
        jws.setKeyIdHeaderValue(id);
        jws.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        return jws.getCompactSerialization();
    }

    private String token(Consumer<JwtClaims> change) throws Exception {
        JwtClaims claims = claims();
        change.accept(claims);
        return sign(claims, AlgorithmIdentifiers.RSA_USING_SHA256, first.getPrivateKey(), "k1");
    }

    private String outcome(String token) {
        try {
            return tokens.identify(token).actor();
        } catch (RefusedException | AwayException e) {
            return e.getMessage();
        }
    }

    @Test
    void aGoodTokenIsItsTenantSubjectAndScopes() throws Exception {
        Identity who = tokens.identify(token(c -> { }));
        assertThat(who).isEqualTo(new Identity("studio", "sub:anna", Set.of(Scope.FILMS_READ, Scope.FILMS_WRITE), clock.now.plusSeconds(90), Optional.empty()));
        assertThat(tokens.identify(token(c -> c.setClaim("scope", List.of("admin", "other")))).scopes()).containsExactly(Scope.ADMIN);
        assertThat(tokens.identify(token(c -> c.setAudience("other", AUDIENCE))).tenant()).isEqualTo("studio");
        assertThat(tokens.identify(token(c -> c.unsetClaim("scope"))).scopes()).isEmpty();
        assertThat(fetches).hasValue(1);
    }

    @Test
    void claimsMayHaveOtherNames() throws Exception {
        tokens = new Tokens(config("oidc.tenant-claim", "org", "oidc.scopes-claim", "permissions", "oidc.jwks", issuer + "/keys"), clock);
        Identity who = tokens.identify(token(c -> {
            c.setStringClaim("org", "house");
            c.setClaim("permissions", List.of("films:read"));
        }));
        assertThat(who.tenant()).isEqualTo("house");
        assertThat(who.scopes()).containsExactly(Scope.FILMS_READ);
    }

    @Test
    void whatIsNotForUsNowIsRefused() throws Exception {
        assertThat(outcome(token(c -> c.setExpirationTime(NumericDate.fromSeconds(clock.now.getEpochSecond() - 31))))).isEqualTo("The token has expired.");
        assertThat(outcome(token(c -> c.setExpirationTime(NumericDate.fromSeconds(clock.now.getEpochSecond() - 29))))).as("clocks differ").isEqualTo("sub:anna");
        assertThat(outcome(token(c -> c.setNotBefore(NumericDate.fromSeconds(clock.now.getEpochSecond() + 60))))).isEqualTo("The token cannot be used.");
        assertThat(outcome(token(c -> c.unsetClaim("exp")))).isEqualTo("The token cannot be used.");
        assertThat(outcome(token(c -> c.setAudience("another service")))).isEqualTo("The token is for another audience.");
        assertThat(outcome(token(c -> c.unsetClaim("aud")))).isEqualTo("The token is for another audience.");
        assertThat(outcome(token(c -> c.setIssuer("https://elsewhere.example")))).isEqualTo("The token is another issuer's.");
        assertThat(outcome(token(c -> c.unsetClaim("sub")))).isEqualTo("The token cannot be used.");
        for (Object tenant : new Object[] {null, "", "../other", "a/b", "A", 7, List.of("studio"), "x".repeat(64)}) {
            assertThat(outcome(token(c -> c.setClaim("tenant", tenant)))).contains("names no tenant");
        }
        assertThat(outcome("a.b.c")).isEqualTo("The token cannot be used.");
        assertThat(outcome("x".repeat(20_000))).isEqualTo("The token is too long.");
    }

    @Test
    void whatTheIssuerDidNotSignIsRefused() throws Exception {
        String good = token(c -> { });
        assertThat(outcome(good.substring(0, good.length() - 6) + "AAAAAA")).isEqualTo("The token cannot be used.");
        assertThat(outcome(sign(claims(), AlgorithmIdentifiers.RSA_USING_SHA256, second.getPrivateKey(), "k1"))).as("another's signature").isEqualTo("The token cannot be used.");
        assertThat(outcome(sign(claims(), AlgorithmIdentifiers.NONE, null, "k1"))).as("no signature").isEqualTo("The token cannot be used.");
        String[] parts = good.split("\\.");
        assertThat(outcome(parts[0] + "." + parts[1] + ".")).as("signature cut off").isEqualTo("The token cannot be used.");
        for (byte[] secret : List.of(first.getPublicKey().getEncoded(), first.toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY).getBytes(StandardCharsets.UTF_8))) {
            assertThat(outcome(sign(claims(), AlgorithmIdentifiers.HMAC_SHA256, new HmacKey(secret), "k1"))).as("signed with what everybody knows").isEqualTo("The token cannot be used.");
        }
        assertThat(outcome(sign(claims(), AlgorithmIdentifiers.RSA_USING_SHA256, first.getPrivateKey(), null))).as("no key named").isEqualTo("The token cannot be used.");
    }

    @Test
    void aKeyThatIsNewIsFetchedOnceAndOneThatIsWithdrawnEnds() throws Exception {
        assertThat(outcome(token(c -> { }))).isEqualTo("sub:anna");
        shown = List.of(first, second);
        clock.now = clock.now.plus(Tokens.PAUSE);
        assertThat(outcome(sign(claims(), AlgorithmIdentifiers.RSA_USING_SHA256, second.getPrivateKey(), "k2"))).isEqualTo("sub:anna");
        assertThat(fetches).hasValue(2);
        for (int i = 0; i < 50; i++) {
            assertThat(outcome(sign(claims(), AlgorithmIdentifiers.RSA_USING_SHA256, second.getPrivateKey(), "k" + (i + 3)))).isEqualTo("The token cannot be used.");
        }
        assertThat(fetches).as("anybody can name an unknown key").hasValue(2);
        shown = List.of(second);
        clock.now = clock.now.plus(Tokens.KEPT);
        assertThat(outcome(token(c -> { }))).as("its key is withdrawn").isEqualTo("The token cannot be used.");
    }

    @Test
    void anIssuerThatIsAwayEndsNothingThatWasBegun() throws Exception {
        status = 503;
        assertThat(outcome(token(c -> { }))).isEqualTo("The issuer of tokens does not answer.");
        status = 200;
        assertThat(outcome(token(c -> { }))).as("it is not asked all the time").isEqualTo("The issuer of tokens does not answer.");
        clock.now = clock.now.plus(Tokens.PAUSE);
        assertThat(outcome(token(c -> { }))).isEqualTo("sub:anna");
        server.stop(0);
        clock.now = clock.now.plus(Tokens.KEPT).plus(Duration.ofSeconds(1));
        assertThat(outcome(token(c -> { }))).isEqualTo("sub:anna");
    }
}
