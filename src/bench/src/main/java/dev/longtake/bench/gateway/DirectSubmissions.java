package dev.longtake.bench.gateway;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longtake.bench.load.Load;
import dev.longtake.contract.AuditRecord;
import dev.longtake.contract.Digests;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Lane;
import dev.longtake.contract.Message;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.Topics;
import dev.longtake.platform.queue.KafkaPublisher;
import dev.longtake.platform.store.S3ObjectStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The floor of submissions: what a gateway makes durable for one (the plan put if it is not there, the command, the line of the trail), waited for in the
 * same order and without a gateway. The scheduler takes these films as it takes any.
 */
final class DirectSubmissions implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int ID = 24;

    private final S3ObjectStore objects;
    private final KafkaPublisher publisher;
    private final ObjectNode plan;
    private final AtomicLong seeds;

    /** @param planKey of a film that a gateway took, whose plan is sent again with other seeds */
    DirectSubmissions(Cluster cluster, String planKey, AtomicLong seeds) throws IOException {
        this.seeds = seeds;
        objects = new S3ObjectStore(cluster.store("endpoint"), "us-east-1", cluster.store("bucket"), Optional.of(cluster.store("accessKey")), Optional.of(cluster.store("secretKey")),
                S3ObjectStore.Waits.of(PATIENCE));
        publisher = new KafkaPublisher(cluster.kafka(), "longtake-bench", PATIENCE);
        try {
            plan = (ObjectNode) JSON.readTree(objects.get(planKey));
        } catch (dev.longtake.platform.store.ObjectMissingException e) {
            throw new IOException("the plan " + planKey + " is not there", e);
        }
    }

    /** @param audited whether a line goes into the trail, as where callers are known */
    Load.Client client(Tenant tenant, int number, boolean audited) {
        return new Load.Client() {
            @Override
            public void run() throws IOException {
                byte[] document = JSON.writeValueAsBytes(plan.deepCopy().put("seed", seeds.incrementAndGet()));
                String id = UUID.randomUUID().toString().replace("-", "").substring(0, ID);
                FilmRef film = new FilmRef(tenant.name(), id, 1);
                objects.putIfAbsent(ObjectKeys.plan(film), document, "application/json");
                publisher.send(Topics.FILM_COMMANDS, tenant.name(),
                        new FilmCommand.Submit(Message.VERSION, film, ObjectKeys.plan(film), Digests.sha256(document), "", Lane.BATCH, "cpu", Instant.now()));
                if (audited) {
                    publisher.send(Topics.AUDIT, tenant.name(), new AuditRecord(Message.VERSION, tenant.name(), "key:bench", tenant.name(), "submitFilm", Optional.of(id), Optional.of(1),
                            Optional.empty(), 202, Optional.empty(), id, Instant.now(), Optional.<List<String>>empty()));
                }
                tenant.submitted(number, id, false);
            }

            @Override
            public void close() {
                // What it uses is everybody's.
            }
        };
    }

    @Override
    public void close() {
        publisher.close();
        objects.close();
    }
}
