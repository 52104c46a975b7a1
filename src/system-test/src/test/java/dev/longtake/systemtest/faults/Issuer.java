package dev.longtake.systemtest.faults;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;

/** An OpenID Connect issuer on loopback, as far as a resource server sees one: its description, its keys, and tokens (RFC 7519, RS256), written by hand. */
final class Issuer implements AutoCloseable {
    static final String AUDIENCE = "longtake";
    private static final int BITS = 2048;
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final KeyPair shown = draw();
    private final KeyPair hidden = draw();
    private final HttpServer server;

    Issuer() throws IOException, GeneralSecurityException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        RSAPublicKey key = (RSAPublicKey) shown.getPublic();
        server.createContext("/.well-known/openid-configuration", x -> answer(x, "{\"issuer\":\"" + url() + "\",\"jwks_uri\":\"" + url() + "/keys\"}"));
        server.createContext("/keys", x -> answer(x, "{\"keys\":[{\"kty\":\"RSA\",\"use\":\"sig\",\"alg\":\"RS256\",\"kid\":\"k1\",\"n\":\"" + unsigned(key.getModulus()) + "\",\"e\":\""
                + unsigned(key.getPublicExponent()) + "\"}]}"));
        server.start();
    }

    private static KeyPair draw() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(BITS);
        return generator.generateKeyPair();
    }

    private static String unsigned(BigInteger number) {
        byte[] bytes = number.toByteArray();
        return BASE64.encodeToString(bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
    }

    private static void answer(HttpExchange exchange, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** A token that this farm takes. */
    String token(String tenant, String scopes) throws GeneralSecurityException {
        return token(shown, AUDIENCE, tenant, scopes, Duration.ofMinutes(30));
    }

    String expired(String tenant, String scopes) throws GeneralSecurityException {
        return token(shown, AUDIENCE, tenant, scopes, Duration.ofMinutes(-5));
    }

    String forAnother(String tenant, String scopes) throws GeneralSecurityException {
        return token(shown, "another-service", tenant, scopes, Duration.ofMinutes(30));
    }

    /** Signed with a key that the issuer does not show, under the name of the one that it does. */
    String forged(String tenant, String scopes) throws GeneralSecurityException {
        return token(hidden, AUDIENCE, tenant, scopes, Duration.ofMinutes(30));
    }

    private String token(KeyPair key, String audience, String tenant, String scopes, Duration life) throws GeneralSecurityException {
        Instant now = Instant.now();
        String claims = "{\"iss\":\"" + url() + "\",\"aud\":\"" + audience + "\",\"sub\":\"somebody\",\"tenant\":\"" + tenant + "\",\"scope\":\"" + scopes + "\",\"iat\":" + now.getEpochSecond()
                + ",\"exp\":" + now.plus(life).getEpochSecond() + "}";
        String signed = encoded("{\"alg\":\"RS256\",\"typ\":\"at+jwt\",\"kid\":\"k1\"}") + "." + encoded(claims);
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(key.getPrivate());
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + BASE64.encodeToString(signature.sign());
    }

    private static String encoded(String text) {
        return BASE64.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
