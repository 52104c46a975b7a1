package dev.longtake.systemtest.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longtake.platform.store.S3ObjectStore;
import dev.longtake.servers.EmbeddedRedis;
import dev.longtake.servers.Ports;
import dev.longtake.systemtest.Repository;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A farm in processes of its own: a broker, Redis, an object store behind a {@link StoreProxy}, scheduler, stitcher, one gateway or
 * several, and two workers of one thread each. What a test kills it starts again, as a cluster does.
 */
final class SeparateFarm implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> SMALL = List.of("-Xmx256m");
    /** Weights are held twice while they are widened. */
    private static final List<String> ENGINE = List.of("-Xmx768m");

    private final Path dir;
    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final Map<String, Integer> ports = new HashMap<>();
    private final Map<String, String> settings = new HashMap<>();
    private final ServiceProcess kafka;
    private final ServiceProcess storeServer;
    private final StoreProxy proxy;
    private final S3ObjectStore store;
    private final ServiceProcess scheduler;
    private final List<ServiceProcess> gateways;
    private final ServiceProcess stitcher;
    private final List<ServiceProcess> workers;
    private final Ledger ledger;
    private EmbeddedRedis redis;

    private SeparateFarm(Path dir, Map<String, String> more, String faultsOfOneWorker, int gateways) throws IOException, InterruptedException {
        this.dir = dir;
        kafka = push(server("kafka"));
        storeServer = push(server("store"));
        redis = EmbeddedRedis.start(dir.resolve("redis"));
        push(() -> redis.close());
        String bootstrap = awaitServer(kafka, "kafka").get("kafka").asText();
        JsonNode s3 = awaitServer(storeServer, "store").get("store");
        URI behind = URI.create(s3.get("endpoint").asText());
        proxy = push(new StoreProxy(new InetSocketAddress(behind.getHost(), behind.getPort())));
        store = push(new S3ObjectStore(behind.toString(), "us-east-1", s3.get("bucket").asText(), Optional.of(s3.get("accessKey").asText()), Optional.of(s3.get("secretKey").asText()),
                S3ObjectStore.Waits.of(Duration.ofSeconds(20))));
        settings.putAll(Map.of(
                "LONGTAKE_KAFKA_BOOTSTRAP", bootstrap,
                "LONGTAKE_REDIS_URL", redis.url(),
                "LONGTAKE_STORE_ENDPOINT", proxy.endpoint(),
                "LONGTAKE_STORE_BUCKET", s3.get("bucket").asText(),
                "LONGTAKE_STORE_ACCESS_KEY", s3.get("accessKey").asText(),
                "LONGTAKE_STORE_SECRET_KEY", s3.get("secretKey").asText(),
                "LONGTAKE_SCHEDULER_STATE_DIR", dir.resolve("streams").toString(),
                "LONGTAKE_STITCHER_SCRATCH", dir.resolve("scratch").toString(),
                "LONGTAKE_WORKER_CACHE", Path.of("target/engine-cache").toAbsolutePath().toString(),
                "LONGTAKE_WORKER_THREADS", "1"));
        settings.putAll(more);
        scheduler = push(service("scheduler", "scheduler", SMALL));
        List<ServiceProcess> fronts = new ArrayList<>(List.of(push(service("gateway", "gateway", SMALL))));
        for (int i = 2; i <= gateways; i++) {
            fronts.add(push(service("gateway-" + i, "gateway", SMALL)));
        }
        this.gateways = List.copyOf(fronts);
        stitcher = push(service("stitcher", "stitcher", SMALL));
        Map<String, String> one = new HashMap<>(settings);
        one.merge("LONGTAKE_WORKER_FAULTS", faultsOfOneWorker, (all, own) -> all + "," + own);
        workers = List.of(push(service("worker-1", "worker", ENGINE, one)), push(service("worker-2", "worker", ENGINE)));
        ledger = push(new Ledger(bootstrap));
    }

    /** Starts it, and waits until all of it is ready. @param more of its environment. @param faultsOfOneWorker which one worker has, and the other not */
    static SeparateFarm start(Path dir, Map<String, String> more, String faultsOfOneWorker) throws IOException, InterruptedException {
        return start(dir, more, faultsOfOneWorker, 1);
    }

    /** @param gateways replicas */
    static SeparateFarm start(Path dir, Map<String, String> more, String faultsOfOneWorker, int gateways) throws IOException, InterruptedException {
        SeparateFarm farm = new SeparateFarm(dir, more, faultsOfOneWorker, gateways);
        boolean ready = false;
        try {
            for (ServiceProcess service : farm.services()) {
                service.start();
            }
            for (ServiceProcess service : farm.services()) {
                farm.awaitReady(service);
            }
            farm.awaitWorkers();
            ready = true;
            return farm;
        } finally {
            if (!ready) {
                farm.close();
            }
        }
    }

    private <T extends AutoCloseable> T push(T part) {
        started.push(part);
        return part;
    }

    private ServiceProcess server(String only) throws IOException {
        Files.createDirectories(dir.resolve(only));
        ServiceProcess server = new ServiceProcess(only, Repository.command(jvm(only, SMALL), "serve", "servers", "--with-parent", "--only", only, "--data", dir.resolve(only).toString()), Map.of(),
                dir.resolve(only + ".log"));
        server.start();
        return server;
    }

    /** A temporary directory each, so that what is left over can be told. */
    private List<String> jvm(String name, List<String> memory) throws IOException {
        List<String> jvm = new ArrayList<>(memory);
        jvm.add("-Djava.io.tmpdir=" + Files.createDirectories(dir.resolve("tmp").resolve(name)));
        return jvm;
    }

    private JsonNode awaitServer(ServiceProcess server, String only) throws IOException, InterruptedException {
        Path file = dir.resolve(only).resolve("farm.json");
        long until = System.nanoTime() + ServiceProcess.START.toNanos();
        while (System.nanoTime() < until) {
            if (!server.isAlive()) {
                throw new IllegalStateException(server.lastWords());
            }
            if (Files.exists(file)) {
                JsonNode found = JSON.readTree(file.toFile());
                // A killed one has left its file behind.
                if (found.get("pid").asLong() == server.pid()) {
                    return found;
                }
            }
            Thread.sleep(50);
        }
        throw new IllegalStateException("not there: " + server.lastWords());
    }

    private ServiceProcess service(String name, String role, List<String> memory) throws IOException {
        return service(name, role, memory, settings);
    }

    private ServiceProcess service(String name, String role, List<String> memory, Map<String, String> environment) throws IOException {
        int port = Ports.claim(name, 0);
        ports.put(name, port);
        return new ServiceProcess(name, Repository.command(jvm(name, memory), "serve", role, "--with-parent", "--port", Integer.toString(port)), environment, dir.resolve(name + ".log"));
    }

    ServiceProcess kafka() {
        return kafka;
    }

    void awaitKafka() throws IOException, InterruptedException {
        awaitServer(kafka, "kafka");
    }

    StoreProxy proxy() {
        return proxy;
    }

    /** The object store, past the proxy. */
    S3ObjectStore store() {
        return store;
    }

    ServiceProcess scheduler() {
        return scheduler;
    }

    ServiceProcess gateway() {
        return gateways.get(0);
    }

    List<ServiceProcess> gateways() {
        return gateways;
    }

    ServiceProcess stitcher() {
        return stitcher;
    }

    List<ServiceProcess> workers() {
        return workers;
    }

    private List<ServiceProcess> services() {
        return Stream.of(List.of(scheduler, stitcher), gateways, workers).flatMap(List::stream).toList();
    }

    Ledger ledger() {
        return ledger;
    }

    String kafkaAddress() {
        return settings.get("LONGTAKE_KAFKA_BOOTSTRAP");
    }

    URI url(String path) {
        return url(gateway(), path);
    }

    URI url(ServiceProcess gateway, String path) {
        return URI.create("http://127.0.0.1:" + ports.get(gateway.name()) + path);
    }

    void awaitReady(ServiceProcess service) throws IOException, InterruptedException {
        service.awaitReady(ports.get(service.name()));
    }

    /** Starts again what is dead, and waits until all is as it was. */
    void repair() throws IOException, InterruptedException {
        proxy.is(StoreProxy.Mood.GOOD);
        for (ServiceProcess service : services()) {
            if (!service.isAlive()) {
                service.start();
            }
        }
        for (ServiceProcess service : services()) {
            awaitReady(service);
        }
        awaitWorkers();
    }

    private void awaitWorkers() throws InterruptedException {
        ledger.await("two workers", ServiceProcess.START, () -> Optional.of(ledger.workersReady()).filter(n -> n == workers.size()));
    }

    /** Redis ends, and all that it knew. */
    void stopRedis() throws IOException {
        redis.close();
    }

    void startRedis() throws IOException {
        redis = EmbeddedRedis.start(dir.resolve("redis"));
        if (!redis.url().equals(settings.get("LONGTAKE_REDIS_URL"))) {
            throw new IllegalStateException("Redis came back elsewhere");
        }
    }

    /** Redis forgets all that it knew. */
    void flushRedis() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", redis.port())) {
            socket.getOutputStream().write("FLUSHALL\r\n".getBytes(StandardCharsets.US_ASCII));
            if (socket.getInputStream().read() != '+') {
                throw new IOException("Redis did not flush");
            }
        }
    }

    /** Files below the temporary and scratch directories that no living process needs. */
    List<String> leftOver() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path root : List.of(dir.resolve("tmp"), dir.resolve("scratch"))) {
            if (Files.isDirectory(root)) {
                try (Stream<Path> files = Files.walk(root)) {
                    files.filter(Files::isRegularFile).map(f -> dir.relativize(f).toString()).forEach(found::add);
                }
            }
        }
        return found;
    }

    /** Ends everything, last started first. */
    @Override
    public void close() throws InterruptedException {
        RuntimeException failure = null;
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                failure = failure == null ? new IllegalStateException(e) : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
