package dev.longtake.systemtest.faults;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longtake.contract.Digests;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Json;
import dev.longtake.contract.Lane;
import dev.longtake.contract.Lineage;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.Topics;
import dev.longtake.engine.Frames;
import dev.longtake.media.ClipReader;
import dev.longtake.platform.queue.FarmTopics;
import dev.longtake.platform.queue.KafkaPublisher;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Films of a {@link SeparateFarm}. One is rendered undisturbed; the others are the same plan under other tenants, so that nothing of it is
 * reused and all of it must come out the same.
 */
final class Films implements AutoCloseable {
    static final Duration LONGEST = Duration.ofMinutes(4);
    private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private final SeparateFarm farm;
    private final KafkaPublisher publisher;
    private final byte[] plan;
    private final Whole undisturbed;

    /** A film as it came out. @param frames digest of its decoded frames. @param tokens digests of the tokens of its segments */
    record Whole(String frames, int count, List<String> tokens, double seconds) {}

    /** @param story rendered undisturbed, through the gateway, before anything else happens */
    Films(SeparateFarm farm, String story, String query) throws Exception {
        this.farm = farm;
        this.publisher = new KafkaPublisher(farm.kafkaAddress(), "fault-tests", Duration.ofSeconds(60));
        Instant begun = Instant.now();
        HttpResponse<String> answer = submit(story, query, Optional.empty());
        if (answer.statusCode() != 202) {
            throw new IllegalStateException(answer.statusCode() + ": " + answer.body());
        }
        FilmRef film = new FilmRef("default", id(answer), 1);
        Whole first = ends(film, begun);
        this.plan = farm.store().get(ObjectKeys.plan(film));
        // The first one also warms everything up; the second says how long a film takes, and that it comes out the same.
        FilmRef second = again("undisturbed");
        begun = Instant.now();
        endsAs(first, second, begun);
        this.undisturbed = ends(second, begun);
    }

    static String id(HttpResponse<String> answer) throws IOException {
        return new ObjectMapper().readTree(answer.body()).get("id").asText();
    }

    /** Submits through the gateway, which may be dead. */
    HttpResponse<String> submit(String story, String query, Optional<String> idempotencyKey) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(farm.url("/v1/films" + query)).timeout(Duration.ofSeconds(30)).header("Content-Type", "text/plain; charset=utf-8")
                .POST(HttpRequest.BodyPublishers.ofString(story, StandardCharsets.UTF_8));
        idempotencyKey.ifPresent(key -> request.header("Idempotency-Key", key));
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> post(String path) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(farm.url(path)).timeout(Duration.ofSeconds(30)).POST(HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> delete(String path) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(farm.url(path)).timeout(Duration.ofSeconds(30)).DELETE().build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(farm.url(path)).timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString());
    }

    Whole undisturbed() {
        return undisturbed;
    }

    /** The same film again, as another tenant's. */
    FilmRef again(String tenant) {
        return begin(new FilmRef(tenant, "film", 1), plan);
    }

    /** Any film again, as another tenant's. */
    FilmRef again(String tenant, FilmRef film) throws Exception {
        return begin(new FilmRef(tenant, "film", 1), farm.store().get(ObjectKeys.plan(film)));
    }

    private FilmRef begin(FilmRef film, byte[] document) {
        farm.store().put(ObjectKeys.plan(film), document, "application/json");
        publisher.send(Topics.FILM_COMMANDS, film.tenant(), new FilmCommand.Submit(1, film, ObjectKeys.plan(film), Digests.sha256(document), film.tenant(), Lane.INTERACTIVE, "cpu", Instant.now()));
        return film;
    }

    /** Waits for a film, and checks that it is the undisturbed one. @return how many seconds longer it took */
    double endsAsUndisturbed(FilmRef film, Instant begun) throws Exception {
        return endsAs(undisturbed, film, begun);
    }

    double endsAs(Whole expected, FilmRef film, Instant begun) throws Exception {
        Whole whole = ends(film, begun);
        check("frames", expected.count(), whole.count());
        check("tokens", expected.tokens(), whole.tokens());
        check("decoded frames", expected.frames(), whole.frames());
        return whole.seconds() - expected.seconds();
    }

    /** Waits until a film is finished. */
    Whole ends(FilmRef film, Instant begun) throws Exception {
        FilmState state = farm.ledger().await(film, LONGEST, "finished", "failed", "cancelled");
        if (!state.state().equals("finished")) {
            throw new AssertionError(film + " " + state.state() + ": " + state.reason() + "; " + farm.ledger().events(film));
        }
        return whole(film, begun, state);
    }

    private static void check(String what, Object expected, Object found) {
        if (!expected.equals(found)) {
            throw new AssertionError(what + ": " + found + " and not " + expected);
        }
    }

    private Whole whole(FilmRef film, Instant begun, FilmState state) throws Exception {
        Lineage lineage = Json.read(farm.store().get(ObjectKeys.lineage(film)), Lineage.class);
        Map<Integer, Long> acceptances = acceptances(film);
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < lineage.segments().size(); i++) {
            Lineage.Entry entry = lineage.segments().get(i);
            check("acceptances of segment " + i, 1L, acceptances.getOrDefault(i, 0L));
            check("a segment that was reused", false, entry.reused());
            Optional<Lineage.Entry> before = i == 0 ? Optional.empty() : Optional.of(lineage.segments().get(i - 1));
            if (entry.parent().isPresent()) {
                check("the parent of segment " + i, before.map(Lineage.Entry::attempt), entry.parent());
            }
            tokens.add(Digests.sha256(farm.store().get(ObjectKeys.tokens(film.tenant(), entry.attempt()))));
        }
        Path file = Files.createTempFile("film", ".mp4");
        Files.write(file, farm.store().get(state.filmKey().orElseThrow()));
        Frames frames = ClipReader.read(file);
        Files.delete(file);
        check("frames of the plan", state.frames(), frames.count());
        return new Whole(Digests.sha256(frames.rgb()), frames.count(), tokens, Duration.between(begun, state.finished().orElseThrow()).toMillis() / 1e3);
    }

    Map<Integer, Long> acceptances(FilmRef film) {
        return farm.ledger().events(film).stream().filter(e -> e instanceof FilmEvent.SegmentChanged s && s.to().equals("accepted"))
                .collect(Collectors.groupingBy(e -> ((FilmEvent.SegmentChanged) e).index(), TreeMap::new, Collectors.counting()));
    }

    /** Jobs that lie on their topics, or with somebody, and were never acknowledged. */
    long unacknowledged() throws Exception {
        return UnacknowledgedJobs.count(farm.kafkaAddress(), FarmTopics.all(List.of("cpu")).stream().map(FarmTopics.Spec::name).filter(n -> n.startsWith("segment-jobs") || n.equals(Topics.ASSEMBLY_JOBS)).toList());
    }

    @Override
    public void close() {
        publisher.close();
    }
}
