package dev.longtake.systemtest.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longtake.contract.Digests;
import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.SegmentReport;
import dev.longtake.systemtest.Needs;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two gateways in front of one farm that asks who is calling. Every request goes to whichever of them comes up; whichever dies, and when
 * all of them are started anew in the middle of films, nothing is forgotten. {@code LONGTAKE_FAULT_SEED} repeats a run.
 */
class GatewaysIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private static final long SEED = Optional.ofNullable(System.getenv("LONGTAKE_FAULT_SEED")).map(Long::parseLong).orElseGet(System::nanoTime);
    private static final Duration SOON = Duration.ofSeconds(20);
    /** As {@code longtake keys bootstrap} draws it. */
    private static final String BOOTSTRAP = "lt_000000000001_" + "m".repeat(43);
    private static final String STORY = """
            A futuristic city at night. [2s]
            A red fish swims to the right in the deep sea. [2s #]
            The beach near the city. [2s #]
            """;
    private static final String QUERY = "?steps=3&seed=11";

    @TempDir
    static Path dir;

    private static Issuer issuer;
    private static SeparateFarm farm;
    private static Random random;
    private static final AtomicInteger asked = new AtomicInteger();
    private static final AtomicInteger askedAgain = new AtomicInteger();
    private static Duration longest = Duration.ZERO;

    @BeforeAll
    static void start() throws Exception {
        Needs.time(3);
        System.out.println("gateways: seed " + SEED);
        random = new Random(SEED);
        issuer = new Issuer();
        farm = SeparateFarm.start(dir, Map.of(
                "LONGTAKE_WORKER_FAULTS", "",
                "LONGTAKE_GATEWAY_ACCESS_BOOTSTRAP_KEY_SHA256", Digests.sha256(BOOTSTRAP.getBytes(StandardCharsets.US_ASCII)),
                "LONGTAKE_GATEWAY_ACCESS_OIDC_ISSUER", issuer.url(),
                "LONGTAKE_GATEWAY_ACCESS_OIDC_AUDIENCE", Issuer.AUDIENCE), "", 2);
    }

    @AfterAll
    static void stop() throws Exception {
        if (farm != null) {
            farm.close();
            assertThat(farm.leftOver()).as("files left behind").isEmpty();
        }
        if (issuer != null) {
            issuer.close();
        }
    }

    private static HttpRequest.Builder request(ServiceProcess gateway, String path, String credential) {
        HttpRequest.Builder request = HttpRequest.newBuilder(farm.url(gateway, path)).timeout(Duration.ofSeconds(30));
        return credential == null ? request : request.header("Authorization", "Bearer " + credential);
    }

    private static HttpResponse<byte[]> at(ServiceProcess gateway, String credential, String method, String path, String type, String body, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(gateway, path, credential).header("Content-Type", type)
                .method(method, body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        return HTTP.send((headers.length == 0 ? request : request.headers(headers)).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    /** Asks any gateway, and another if nobody answers or it says to come again: what a client behind a load balancer does. Send only what may be sent twice. */
    private static HttpResponse<byte[]> any(String credential, String method, String path, String body, String... headers) throws Exception {
        long begun = System.nanoTime();
        long until = begun + Duration.ofMinutes(1).toNanos();
        while (true) {
            asked.incrementAndGet();
            try {
                HttpResponse<byte[]> answer = at(farm.gateways().get(random.nextInt(2)), credential, method, path, "text/plain; charset=utf-8", body, headers);
                if (answer.statusCode() != 503) {
                    Duration took = Duration.ofNanos(System.nanoTime() - begun);
                    longest = took.compareTo(longest) > 0 ? took : longest;
                    return answer;
                }
            } catch (IOException e) {
                // Nobody there.
            }
            assertThat(System.nanoTime()).as("%s %s was never answered", method, path).isLessThan(until);
            askedAgain.incrementAndGet();
            Thread.sleep(50);
        }
    }

    private static JsonNode json(HttpResponse<byte[]> answer, int status) throws IOException {
        assertThat(answer.statusCode()).as(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo(status);
        return JSON.readTree(answer.body());
    }

    private static JsonNode key(ServiceProcess gateway, String tenant, String scopes) throws Exception {
        return json(at(gateway, BOOTSTRAP, "POST", "/v1/keys", "application/json", "{\"tenant\":\"" + tenant + "\",\"name\":\"a key\",\"scopes\":[" + scopes + "]}"), 201);
    }

    /** The same answer at every gateway: at once at the one that did it, within milliseconds at the others. */
    private static void soon(int status, String credential, String path) throws Exception {
        for (ServiceProcess gateway : farm.gateways()) {
            long until = System.nanoTime() + SOON.toNanos();
            while (at(gateway, credential, "GET", path, "text/plain", "").statusCode() != status) {
                assertThat(System.nanoTime()).as("%s at %s: not %d", path, gateway.name(), status).isLessThan(until);
                Thread.sleep(20);
            }
        }
    }

    @Test
    void whoIsKnownToOneGatewayIsKnownToAll() throws Exception {
        ServiceProcess one = farm.gateways().get(random.nextInt(2));
        String acme = key(one, "acme", "\"films:read\",\"films:write\"").get("secret").asText();
        JsonNode spare = key(one, "acme", "\"films:read\"");
        soon(200, acme, "/v1/films");
        soon(200, spare.get("secret").asText(), "/v1/films");
        assertThat(at(one, BOOTSTRAP, "DELETE", "/v1/keys/" + spare.get("id").asText(), "text/plain", "").statusCode()).isEqualTo(200);
        soon(401, spare.get("secret").asText(), "/v1/films");
        String film = json(any(acme, "POST", "/v1/films?steps=1", "A city. [1s]\n", "Idempotency-Key", "theirs"), 202).get("id").asText();

        String all = "films:read films:write";
        for (ServiceProcess gateway : farm.gateways()) {
            for (String nobody : new String[] {null, acme + "x", issuer.expired("beta", all), issuer.forAnother("beta", all), issuer.forged("beta", all)}) {
                assertThat(at(gateway, nobody, "GET", "/v1/films", "text/plain", "").statusCode()).as(gateway.name()).isEqualTo(401);
            }
            String beta = issuer.token("beta", all);
            assertThat(json(at(gateway, beta, "GET", "/v1/films", "text/plain", ""), 200).get("films")).isEmpty();
            json(at(gateway, beta, "GET", "/v1/films/" + film, "text/plain", ""), 404);
            json(at(gateway, beta, "DELETE", "/v1/films/" + film, "text/plain", ""), 404);
            json(at(gateway, issuer.token("beta", "films:read"), "POST", "/v1/films", "text/plain", "A city. [1s]\n"), 403);
        }
        soon(200, issuer.token("acme", "films:read"), "/v1/films/" + film);
        json(any(acme, "DELETE", "/v1/films/" + film, ""), 202);
    }

    @Test
    void whicheverGatewayDiesNothingIsForgotten() throws Exception {
        String studio = issuer.token("studio", "films:read films:write");
        Map<String, String> films = new TreeMap<>();
        try (Follower follower = new Follower(farm, studio, random.nextLong())) {
            for (int i = 0; i < 3; i++) {
                films.put("night-" + i, json(any(studio, "POST", "/v1/films" + QUERY + i, STORY, "Idempotency-Key", "night-" + i), 202).get("id").asText());
            }
            String first = films.get("night-0");
            awaitAccepted(studio, first, 1);
            ServiceProcess victim = farm.gateways().get(random.nextInt(2));
            victim.kill();
            for (String film : films.values()) {
                assertThat(json(any(studio, "GET", "/v1/films/" + film, ""), 200).get("id").asText()).isEqualTo(film);
            }
            films.put("late", json(any(studio, "POST", "/v1/films" + QUERY, "The beach near the city. [1s]\n", "Idempotency-Key", "late"), 202).get("id").asText());
            assertThat(json(any(studio, "PATCH", "/v1/films/" + first, STORY.replace("red", "blue")), 202).get("revision").asInt()).isEqualTo(2);
            victim.start();
            awaitAccepted(studio, films.get("night-1"), 1);
            for (ServiceProcess gateway : farm.gateways()) {
                gateway.terminate();
            }
            for (ServiceProcess gateway : farm.gateways()) {
                gateway.start();
            }
            for (ServiceProcess gateway : farm.gateways()) {
                farm.awaitReady(gateway);
            }
            for (String film : films.values()) {
                farm.ledger().await(new FilmRef("studio", film, 1), Films.LONGEST, "finished");
            }
            isTheSameEverywhere(studio, films);
            heardEverythingOnce(follower, films.values());
            System.out.printf("gateways: %d requests, %d of them sent again; the slowest answered after %.1f s; the listener connected %d times%n", asked.get(), askedAgain.get(), longest.toMillis() / 1e3,
                    follower.connections());
        }
    }

    /** Its steps are so many that the segment would take minutes: whoever finishes it has not heard. */
    @Test
    void aCancelledFilmIsLetGoOfInTheMiddleOfItsSegment() throws Exception {
        String credential = issuer.token("haste", "films:read films:write");
        String id = json(any(credential, "POST", "/v1/films?steps=256", "The beach near the city. [1s]\n", "Idempotency-Key", "slow"), 202).get("id").asText();
        FilmRef film = new FilmRef("haste", id, 1);
        farm.ledger().await("a worker at work", Films.LONGEST, () -> farm.ledger().rendering(film));
        Instant cancelled = Instant.now();
        json(any(credential, "POST", "/v1/films/" + id + "/cancel", ""), 202);
        farm.ledger().await("a beat in which the worker has let go", SOON, () -> Optional.of(film).filter(f -> farm.ledger().rendering(f).isEmpty()));
        System.out.printf("gateways: a cancelled film is let go of after %.2f s%n", Duration.between(cancelled, Instant.now()).toMillis() / 1e3);
        farm.ledger().await(film, SOON, "cancelled");
        assertThat(farm.ledger().reports(film)).noneMatch(r -> r instanceof SegmentReport.Rendered);
    }

    private static void awaitAccepted(String credential, String film, int segments) throws Exception {
        long until = System.nanoTime() + Films.LONGEST.toNanos();
        while (json(any(credential, "GET", "/v1/films/" + film, ""), 200).get("accepted").asInt() < segments) {
            assertThat(System.nanoTime()).as("no segment of %s was accepted", film).isLessThan(until);
            Thread.sleep(50);
        }
    }

    private static void isTheSameEverywhere(String credential, Map<String, String> films) throws Exception {
        for (ServiceProcess gateway : farm.gateways()) {
            for (Map.Entry<String, String> film : films.entrySet()) {
                soon(200, credential, "/v1/films/" + film.getValue() + "/content");
                String story = film.getKey().equals("late") ? "The beach near the city. [1s]\n" : STORY;
                String query = film.getKey().equals("late") ? QUERY : QUERY + film.getKey().substring("night-".length());
                HttpResponse<byte[]> again = at(gateway, credential, "POST", "/v1/films" + query, "text/plain; charset=utf-8", story, "Idempotency-Key", film.getKey());
                assertThat(json(again, 202).get("id").asText()).as("the same key, the same film").isEqualTo(film.getValue());
                HttpResponse<byte[]> other = at(gateway, credential, "POST", "/v1/films" + query, "text/plain; charset=utf-8", "Something else. [1s]\n", "Idempotency-Key", film.getKey());
                assertThat(other.statusCode()).as("the same key for another story").isEqualTo(422);
            }
            Set<String> listed = new TreeSet<>(json(at(gateway, credential, "GET", "/v1/films?limit=100", "text/plain", ""), 200).get("films").findValuesAsText("id"));
            assertThat(listed).as(gateway.name()).isEqualTo(new TreeSet<>(films.values()));
            JsonNode revisions = json(at(gateway, credential, "GET", "/v1/films/" + films.get("night-0") + "/revisions", "text/plain", ""), 200).get("revisions");
            assertThat(revisions.findValuesAsText("revision")).containsExactlyInAnyOrder("1", "2");
        }
        byte[][] bytes = new byte[2][];
        for (String film : films.values()) {
            for (int i = 0; i < 2; i++) {
                bytes[i] = at(farm.gateways().get(i), credential, "GET", "/v1/films/" + film + "/content", "text/plain", "").body();
            }
            assertThat(bytes[0]).isNotEmpty().isEqualTo(bytes[1]);
        }
    }

    /** Whatever the farm said of these films the listener heard, once and in order, whichever gateway it hung on. */
    private static void heardEverythingOnce(Follower follower, Iterable<String> films) throws Exception {
        for (String film : films) {
            FilmRef ref = new FilmRef("studio", film, 1);
            List<String> said = new ArrayList<>();
            for (FilmEvent event : farm.ledger().events(ref)) {
                if (event instanceof FilmEvent.FilmChanged e) {
                    said.add("film " + e.film().revision() + " " + e.from() + " " + e.to());
                } else if (event instanceof FilmEvent.SegmentChanged e) {
                    said.add("segment " + e.film().revision() + " " + e.index() + " " + e.from() + " " + e.to());
                }
            }
            assertThat(said).hasSizeGreaterThan(5);
            farm.ledger().await("the listener to hear of " + film, SOON, () -> Optional.of(follower.heard(film)).filter(h -> h.size() >= said.size()));
            assertThat(follower.heard(film)).as("what a listener of %s heard, seed %d", film, SEED).isEqualTo(said);
        }
        FilmState state = farm.ledger().film(new FilmRef("studio", films.iterator().next(), 1)).orElseThrow();
        assertThat(state.state()).isEqualTo("finished");
        String thumbnail = follower.thumbnail().orElseThrow();
        HttpResponse<byte[]> picture = any(issuer.token("studio", "films:read"), "GET", thumbnail, "");
        assertThat(picture.statusCode()).isEqualTo(200);
        assertThat(picture.headers().firstValue("Content-Type")).contains("image/png");
        assertThat(any(issuer.token("beta", "films:read"), "GET", thumbnail, "").statusCode()).as("of another tenant").isEqualTo(404);
    }
}
