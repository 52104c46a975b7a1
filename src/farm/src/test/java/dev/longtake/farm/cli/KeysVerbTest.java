package dev.longtake.farm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.longtake.contract.Digests;
import dev.longtake.farm.client.FarmClient;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysVerbTest {
    private static final String KEY = "{\"id\":\"0a1b2c3d4e5f\",\"tenant\":\"studio\",\"name\":\"box\",\"scopes\":[\"films:read\",\"admin\"],\"state\":\"good\",\"by\":\"bootstrap\","
            + "\"created\":\"2026-01-02T03:04:05Z\",\"expires\":\"2026-02-02T03:04:05Z\"%s}";
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private HttpServer server;
    private String url;

    @TempDir
    Path dir;

    @BeforeEach
    void serve() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", x -> {
            asked.add(x.getRequestMethod() + " " + x.getRequestURI() + " " + x.getRequestHeaders().getFirst("Authorization") + " "
                    + new String(x.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            String one = KEY.formatted(x.getRequestMethod().equals("POST") ? ",\"secret\":\"lt_the_secret\"" : "");
            byte[] body = (x.getRequestMethod().equals("GET") ? "{\"keys\":[" + one + "]}" : x.getRequestMethod().equals("DELETE") ? one.replace("good", "revoked") : one).getBytes(StandardCharsets.UTF_8);
            x.sendResponseHeaders(200, body.length);
            x.getResponseBody().write(body);
            x.close();
        });
        server.start();
        url = "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Cli.Ended run(String... arguments) {
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--server";
        all[arguments.length + 1] = url;
        return new Cli(dir).run(all);
    }

    @Test
    void theSecretAloneIsOnStandardOutput() {
        Cli.Ended ended = run("keys", "create", "--name", "box", "--scope", "films:read,admin", "--tenant", "studio", "--expires-in", "P30D");
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.out().strip()).isEqualTo("lt_the_secret");
        assertThat(ended.err()).contains("key 0a1b2c3d4e5f of studio for films:read,admin, until 2026-02-02T03:04:05Z");
        assertThat(asked).singleElement().satisfies(a -> assertThat(a).startsWith("POST /v1/keys").contains("\"name\":\"box\"").contains("[\"films:read\",\"admin\"]").contains("\"tenant\":\"studio\"")
                .contains("\"expires_in\":\"P30D\""));
    }

    @Test
    void keysAreListedAndRevoked() {
        assertThat(run("keys", "--tenant", "studio").out()).isEqualTo("0a1b2c3d4e5f  studio  films:read,admin  until 2026-02-02T03:04:05Z  box\n");
        assertThat(run("keys", "revoke", "0a1b2c3d4e5f").out()).isEqualTo("0a1b2c3d4e5f  studio  films:read,admin  revoked  box\n");
        assertThat(asked).extracting(a -> a.split(" null")[0]).containsExactly("GET /v1/keys?tenant=studio", "DELETE /v1/keys/0a1b2c3d4e5f");
    }

    @Test
    void whatIsWrongIsSaidBeforeAFarmIsAsked() {
        for (String[] bad : new String[][] {{"keys", "create"}, {"keys", "create", "--name", "box"}, {"keys", "create", "--scope", "admin"}, {"keys", "revoke"}, {"keys", "rotate"}, {"keys", "list", "x"},
            {"keys", "list", "--scope", "admin"}}) {
            assertThat(run(bad).status()).as(String.join(" ", bad)).isEqualTo(2);
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void aBootstrapKeyIsDrawnWithoutAFarm() throws Exception {
        Cli.Ended ended = run("keys", "bootstrap", "--json");
        JsonNode key = new ObjectMapper().readTree(ended.out());
        assertThat(key.get("secret").asText()).matches("lt_[0-9a-f]{12}_[A-Za-z0-9_-]{43}");
        assertThat(key.get("sha256").asText()).isEqualTo(Digests.sha256(key.get("secret").asText().getBytes(StandardCharsets.US_ASCII)));
        assertThat(asked).isEmpty();
    }

    @Test
    void theKeyIsShownToTheFarmWithEveryQuestion() throws Exception {
        new FarmClient(URI.create(url), Optional.of("lt_mine")).keys(Optional.empty());
        new FarmClient(URI.create(url), Optional.of("lt_mine")).fetch("0123", dir.resolve("f"));
        assertThat(asked).hasSize(2).allSatisfy(a -> assertThat(a).contains(" Bearer lt_mine "));
    }

    @Test
    void aGatewayThatEverybodyReachesAndThatAsksNobodyDoesNotStart() {
        Cli.Ended ended = new Cli(dir).run("serve", "gateway", "--host", "0.0.0.0", "--port", "0");
        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.err()).contains("--host").contains("0.0.0.0").contains("anonymous=never").contains("bootstrap-key-sha256");
    }
}
