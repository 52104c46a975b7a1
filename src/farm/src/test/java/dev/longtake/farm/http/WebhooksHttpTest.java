package dev.longtake.farm.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.webhook.FilmCallback;
import dev.longtake.contract.webhook.WebhookDelivery;
import dev.longtake.contract.webhook.WebhookEndpoint;
import dev.longtake.gateway.webhooks.EndpointTable;
import dev.longtake.gateway.webhooks.delivery.DeliveryTable;
import dev.longtake.gateway.webhooks.delivery.Notices;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Webhooks, callbacks and deliveries over HTTP, with queue and store in memory. */
@QuarkusTest
class WebhooksHttpTest extends HttpHarness {
    private static final String APPLICATION_JSON = "application/json";
    private static final String HOOK = "https://example.com/hook";

    @Inject
    EndpointTable endpoints;

    @Inject
    DeliveryTable deliveries;

    @BeforeEach
    void forget() {
        endpoints.of("default").forEach(e -> endpoints.take(e.key(), null));
    }

    private JsonNode register(String body) throws Exception {
        HttpResponse<byte[]> answer = post("/v1/webhooks", APPLICATION_JSON, body);
        assertThat(answer.statusCode()).as(new String(answer.body())).isEqualTo(201);
        return json(answer);
    }

    private JsonNode schema(String name) throws Exception {
        return JSON.readTree(get("/q/openapi?format=json").body()).at("/components/schemas/" + name + "/properties");
    }

    @Test
    void aSecretIsShownOnceAndTheOlderOneSignsForAWhile() throws Exception {
        JsonNode made = register("{\"url\":\"" + HOOK + "\",\"events\":[\"film.completed\"]}");
        String id = made.get("id").asText();
        String secret = made.get("secret").asText();
        assertThat(secret).startsWith("whsec_");
        JsonNode shown = json(get("/v1/webhooks/" + id));
        assertThat(shown.has("secret")).isFalse();
        assertThat(shown.get("format").asText()).isEqualTo("films");
        assertThat(json(get("/v1/webhooks")).get("webhooks")).hasSize(1);
        assertThat(new String(get("/v1/webhooks").body())).doesNotContain("whsec_");

        JsonNode rotated = json(post("/v1/webhooks/" + id + "/rotate?overlap=PT1H", TEXT, ""));
        assertThat(rotated.get("secret").asText()).isNotEqualTo(secret);
        assertThat(Instant.parse(rotated.get("older_secret_signs_until").asText())).isBetween(Instant.now().plusSeconds(3_500), Instant.now().plusSeconds(3_700));
        assertThat(schema("Webhook").fieldNames()).toIterable().containsAll(() -> rotated.fieldNames());
        WebhookEndpoint kept = (WebhookEndpoint) queue.sent.get(queue.sent.size() - 1);
        assertThat(kept.secrets()).extracting(WebhookEndpoint.Secret::value).containsExactly(rotated.get("secret").asText(), secret);
        assertThat(json(post("/v1/webhooks/" + id + "/rotate?overlap=0", TEXT, "")).has("older_secret_signs_until")).as("a secret that got out ends at once").isFalse();
        problem(post("/v1/webhooks/" + id + "/rotate?overlap=P8D", TEXT, ""), 400);

        assertThat(send("DELETE", "/v1/webhooks/" + id, TEXT, "").statusCode()).isEqualTo(200);
        problem(get("/v1/webhooks/" + id), 404);
        assertThat(queue.put).contains("webhook-endpoints default/" + id + " null");
    }

    @Test
    void whatIsWrongIsNamedWithItsFixAndLeavesNoTrace() throws Exception {
        int before = queue.sent.size();
        JsonNode all = problem(post("/v1/webhooks", APPLICATION_JSON, "{\"url\":\"http://127.0.0.1/\",\"format\":\"x\",\"events\":[\"y\"],\"uri\":1}"), 400);
        assertThat(all.get("errors")).extracting(e -> e.get("field").asText()).containsExactlyInAnyOrder("url", "format", "events", "uri");
        for (String body : List.of("", "[]", "{", "{}", "{\"url\":1}", "{\"url\":\"\"}", "{\"url\":\"" + HOOK + "\",\"events\":[]}", "{\"url\":\"" + HOOK + "\",\"events\":[1]}", "null",
                "{\"url\":\"http://user:pw@example.com/\"}", "{\"url\":\"" + HOOK + "\",\"url\":\"" + HOOK + "\"}", " ".repeat(20_000) + "{\"url\":\"" + HOOK + "\"}")) {
            problem(post("/v1/webhooks", APPLICATION_JSON, body), 400);
        }
        assertThat(queue.sent).hasSize(before);
        for (int i = 0; i < 20; i++) {
            register("{\"url\":\"" + HOOK + "\",\"format\":\"videos\"}");
        }
        assertThat(problem(post("/v1/webhooks", APPLICATION_JSON, "{\"url\":\"" + HOOK + "\"}"), 409).get("detail").asText()).contains("20");
        queue.away = true;
        problem(post("/v1/webhooks/" + endpoints.of("default").get(0).id() + "/rotate", TEXT, ""), 503);
        problem(get("/v1/webhooks/none/deliveries"), 404);
        problem(post("/v1/webhooks/none/enable", TEXT, ""), 404);
    }

    @Test
    void aFilmsCallbackIsKnownBeforeTheFilmIsAskedFor() throws Exception {
        JsonNode film = json(post("/v1/films?callback=" + HOOK, TEXT, "A city.", "Idempotency-Key", "told-1"));
        String id = film.get("id").asText();
        assertThat(film.at("/callback/url").asText()).isEqualTo(HOOK);
        String secret = film.at("/callback/secret").asText();
        assertThat(secret).startsWith("whsec_");
        assertThat(schema("Film").fieldNames()).toIterable().containsAll(() -> film.fieldNames());
        FilmCallback stored = dev.longtake.contract.Json.read(objects.get(ObjectKeys.callback("default", id)), FilmCallback.class);
        assertThat(stored).isEqualTo(new FilmCallback(1, HOOK, secret));
        assertThat(new String(get("/v1/films/" + id).body())).doesNotContain("whsec_");

        assertThat(json(post("/v1/films?callback=" + HOOK, TEXT, "A city.", "Idempotency-Key", "told-1")).at("/callback/secret").asText()).as("who got no answer gets the same").isEqualTo(secret);
        assertThat(json(post("/v1/films", TEXT, "A city.", "Idempotency-Key", "told-1")).get("id").asText()).isEqualTo(id);
        problem(post("/v1/films?callback=https://example.com/other", TEXT, "A city.", "Idempotency-Key", "told-1"), 422);

        JsonNode inStory = json(post("/v1/films", APPLICATION_JSON, "{\"callback\":\"" + HOOK + "\",\"scenes\":[{\"prompt\":\"A city.\"}]}"));
        assertThat(inStory.at("/callback/url").asText()).isEqualTo(HOOK);
        JsonNode without = json(post("/v1/films", TEXT, "A city.", "Idempotency-Key", "untold"));
        assertThat(without.has("callback")).isFalse();
        assertThat(json(get("/v1/films/" + id)).at("/bundle")).as("it is no part of what is rendered").isEqualTo(without.get("bundle"));
    }

    @Test
    void aCallbackThatMayNotBeIsRefusedWithTheStory() throws Exception {
        for (String url : List.of("http://127.0.0.1:9/", "http://[::1]/", "http://2130706433/", "ftp://example.com/", "https://u:p@example.com/", "x")) {
            JsonNode problem = problem(post("/v1/films?callback=" + java.net.URLEncoder.encode(url, java.nio.charset.StandardCharsets.UTF_8), TEXT, "A city."), 400);
            assertThat(problem.at("/errors/0/field").asText()).isEqualTo("callback");
        }
        problem(post("/v1/films", APPLICATION_JSON, "{\"callback\":7,\"scenes\":[{\"prompt\":\"A city.\"}]}"), 400);
        String id = submit("A city.");
        assertThat(problem(patch("/v1/films/" + id + "?callback=" + HOOK, TEXT, "A river."), 400).at("/errors/0/fix").asText()).contains("every revision");
        assertThat(queue.sent).hasOnlyElementsOfType(FilmCommand.Submit.class).hasSize(1);
    }

    @Test
    void deliveriesAreShownAndSentAgain() throws Exception {
        String film = submit("A city.");
        String id = register("{\"url\":\"" + HOOK + "\"}").get("id").asText();
        Notices.Notice notice = new Notices.Notice(Notices.Kind.FAILED, new FilmRef("default", film, 1), Optional.of("why"), Instant.now());
        WebhookDelivery pending = Notices.delivery(notice, endpoints.find("default", id).orElseThrow(), Instant.now());
        deliveries.put(pending);
        String path = "/deliveries/" + pending.id() + "/redeliver";
        assertThat(problem(post("/v1/webhooks/" + id + path, TEXT, ""), 409).get("detail").asText()).contains("pending");
        WebhookDelivery over = new WebhookDelivery(1, pending.id(), pending.film(), pending.endpoint(), pending.callback(), pending.event(), pending.type(), pending.body(), "given-up", 9, pending.created(),
                pending.since(), Optional.empty(), Optional.of("no answer"), List.of(new WebhookDelivery.Attempt(Instant.now(), Optional.of(500), Optional.empty(), "oops", 3)), 9);
        deliveries.put(over);
        JsonNode shown = json(get("/v1/webhooks/" + id + "/deliveries")).at("/deliveries/0");
        assertThat(shown).isEqualTo(json(get("/v1/films/" + film + "/deliveries")).at("/deliveries/0"));
        assertThat(shown.at("/attempts/0/status").asInt()).isEqualTo(500);
        assertThat(schema("Delivery").fieldNames()).toIterable().containsAll(() -> shown.fieldNames());
        assertThat(new String(get("/v1/films/" + film + "/deliveries").body())).doesNotContain("whsec_");
        problem(post("/v1/films/" + submit("A river.") + path, TEXT, ""), 404);
        problem(post("/v1/webhooks/none" + path, TEXT, ""), 404);
        HttpResponse<byte[]> again = post("/v1/films/" + film + path, TEXT, "");
        assertThat(again.statusCode()).isEqualTo(202);
        assertThat(json(again).get("state").asText()).isEqualTo("pending");
        assertThat(((WebhookDelivery) queue.sent.get(queue.sent.size() - 1)).event()).isEqualTo(over.event());
        problem(get("/v1/films/" + "0".repeat(24) + "/deliveries"), 404);
    }
}
