package dev.longtake.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever submits a film with a callback is told when its beginning can be watched and when it is finished, by a farm as users run it. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class WebhooksIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path dir;

    private record Got(String id, String timestamp, String signature, String body, Instant at) {}

    @Test
    void aFilmTellsItsCallbackOverFailuresAndARestart() throws Exception {
        List<Got> got = new CopyOnWriteArrayList<>();
        AtomicInteger failures = new AtomicInteger(2);
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 10);
        receiver.createContext("/", exchange -> {
            var headers = exchange.getRequestHeaders();
            got.add(new Got(headers.getFirst("webhook-id"), headers.getFirst("webhook-timestamp"), headers.getFirst("webhook-signature"),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8), Instant.now()));
            exchange.sendResponseHeaders(failures.getAndDecrement() > 0 ? 503 : 204, -1);
            exchange.close();
        });
        receiver.start();
        try {
            String url = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook";
            Path data = dir.resolve("data");
            try (FarmProcess strict = FarmProcess.up(data, Map.of())) {
                assertThat(strict.post("/v1/films?callback=" + url, "text/plain", "A city.".getBytes(StandardCharsets.UTF_8)).body()).contains("does not connect to");
            }
            Map<String, String> lenient = Map.of("LONGTAKE_GATEWAY_WEBHOOKS_PRIVATE_ADDRESSES", "true");
            Path story = Files.writeString(dir.resolve("story.txt"), "A fish swims in the sea. [2s]\n");
            try (FarmProcess farm = FarmProcess.up(data, lenient)) {
                Process submit = new ProcessBuilder(Repository.command(List.of("-Xmx128m"), "submit", story.toString(), "--preset", "fast", "--callback", url, "--json", "--server", farm.url("/").toString()))
                        .redirectErrorStream(false).redirectError(ProcessBuilder.Redirect.DISCARD).start();
                JsonNode submitted = JSON.readTree(submit.getInputStream());
                assertThat(submit.waitFor()).isZero();
                String id = submitted.get("id").asText();
                String secret = submitted.get("callback_secret").asText();
                farm.awaitFinished(id);
                await(got, "film.completed", failures, farm, id);

                JsonNode deliveries = JSON.readTree(farm.get("/v1/films/" + id + "/deliveries").body()).get("deliveries");
                assertThat(deliveries).hasSize(2).allMatch(d -> d.get("state").asText().equals("delivered"));
                assertThat(deliveries).extracting(d -> d.get("type").asText()).containsExactlyInAnyOrder("film.first_playable", "film.completed");
                assertThat(got).hasSize(4).allSatisfy(g -> assertThat(signed(secret, g)).as(g.toString()).isTrue());
                assertThat(got.stream().map(Got::id).distinct()).as("the same id in every try").hasSize(2);
                Got first = got.get(0);
                JsonNode told = JSON.readTree(first.body());
                assertThat(told.get("type").asText()).isEqualTo("film.first_playable");
                assertThat(told.at("/data/id").asText()).isEqualTo(id);
                assertThat(first.at()).as("before the film is finished").isBefore(Instant.parse(farm.film(id).get("finished").asText()));
            }
            int before = got.size();
            try (FarmProcess farm = FarmProcess.up(data, lenient)) {
                assertThat(JSON.readTree(farm.get("/v1/films").body()).at("/films/0/state").asText()).isEqualTo("finished");
                Thread.sleep(Duration.ofSeconds(3).toMillis());
                assertThat(got).as("what was told is not told again after a restart").hasSize(before);
            }
        } finally {
            receiver.stop(0);
        }
    }

    private static void await(List<Got> got, String type, AtomicInteger failures, FarmProcess farm, String id) throws Exception {
        Instant until = Instant.now().plus(Duration.ofMinutes(2));
        while (Instant.now().isBefore(until)) {
            JsonNode deliveries = JSON.readTree(farm.get("/v1/films/" + id + "/deliveries").body()).get("deliveries");
            if (got.stream().anyMatch(g -> g.body().contains(type)) && failures.get() < 0 && deliveries.size() == 2
                    && deliveries.findValuesAsText("state").stream().allMatch("delivered"::equals)) {
                return;
            }
            Thread.sleep(100);
        }
        throw new AssertionError("not told of " + type + ": " + got + "\n" + farm.tailOfLog());
    }

    private static boolean signed(String secret, Got g) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret.substring("whsec_".length())), "HmacSHA256"));
            String right = "v1," + Base64.getEncoder().encodeToString(mac.doFinal((g.id() + "." + g.timestamp() + "." + g.body()).getBytes(StandardCharsets.UTF_8)));
            return Arrays.asList(g.signature().split(" ")).contains(right);
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
