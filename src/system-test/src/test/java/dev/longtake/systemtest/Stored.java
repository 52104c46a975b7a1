package dev.longtake.systemtest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Json;
import dev.longtake.contract.Lineage;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.SegmentReport;
import dev.longtake.engine.Tokens;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.PlanDocument;
import dev.longtake.platform.store.S3ObjectStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a farm has stored, read past its services. */
final class Stored implements AutoCloseable {
    static final String TENANT = "default";
    private final S3ObjectStore store;

    Stored(JsonNode endpoints) {
        JsonNode s = endpoints.get("store");
        store = new S3ObjectStore(s.get("endpoint").asText(), "us-east-1", s.get("bucket").asText(), Optional.of(s.get("accessKey").asText()), Optional.of(s.get("secretKey").asText()),
                S3ObjectStore.Waits.of(Duration.ofSeconds(20)));
    }

    private static FilmRef ref(String film) {
        return new FilmRef(TENANT, film, 1);
    }

    FilmPlan plan(String film) throws Exception {
        return PlanDocument.fromBytes(store.get(ObjectKeys.plan(ref(film)))).plan();
    }

    List<Lineage.Entry> lineage(String film) throws Exception {
        return Json.read(store.get(ObjectKeys.lineage(ref(film))), Lineage.class).segments();
    }

    JsonNode manifest(String film) throws Exception {
        return new ObjectMapper().readTree(store.get(ObjectKeys.product(ref(film), "manifest.json")));
    }

    byte[] film(String film) throws Exception {
        return store.get(ObjectKeys.product(ref(film), "film.mp4"));
    }

    Tokens tokens(AttemptRef attempt) throws Exception {
        return Tokens.fromBytes(store.get(ObjectKeys.tokens(TENANT, attempt)));
    }

    SegmentReport.Rendered report(AttemptRef attempt) throws Exception {
        return (SegmentReport.Rendered) Json.read(store.get(ObjectKeys.report(TENANT, attempt)), SegmentReport.class);
    }

    byte[] tail(AttemptRef attempt) throws Exception {
        return store.get(ObjectKeys.tail(TENANT, attempt));
    }

    byte[] bytes(String key) throws Exception {
        return store.get(key);
    }

    boolean has(String key) {
        return store.head(key).isPresent();
    }

    /** Keys of the tenant's that begin so. */
    List<String> under(String prefix) {
        return store.list("tenants/" + TENANT + "/" + prefix);
    }

    /** Attempts ever stored, by tokens object. */
    long attempts() {
        return store.list("tenants/" + TENANT + "/segments/").stream().filter(k -> k.endsWith("/tokens")).count();
    }

    @Override
    public void close() {
        store.close();
    }
}
