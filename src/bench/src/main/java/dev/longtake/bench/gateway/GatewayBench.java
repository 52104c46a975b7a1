package dev.longtake.bench.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longtake.bench.figures.Figure;
import dev.longtake.bench.figures.Rounds;
import dev.longtake.bench.load.FloorServer;
import dev.longtake.bench.load.Load;
import dev.longtake.contract.Digests;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Reads and submissions a second of real gateways before a real queue and store, each beside its floor, in the same minutes. All processes, the load
 * included, share the machine; no engine runs, so what is submitted waits.
 */
public final class GatewayBench implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FILMS = 1_000;
    private static final int TENANTS = 8;
    private static final int NEWEST = 50;
    private static final int ID_AT = "{\"id\":\"".length();
    private static final int ID_LENGTH = 24;
    private static final Duration CATCH_UP = Duration.ofMinutes(5);
    private static final String MANY = "100000000";

    private final Settings settings;
    private final Cluster cluster;
    private final Consumer<String> progress;
    private final AtomicLong seeds = new AtomicLong();
    private final List<Figure> figures = new ArrayList<>();

    /**
     * How it is measured.
     *
     * @param gateways    processes
     * @param connections of the load, over all gateways
     * @param rounds      of each measurement
     * @param round       how long one takes
     * @param warmUp      before the first
     */
    public record Settings(int gateways, int connections, int rounds, Duration round, Duration warmUp) {}

    /** @param dir an empty directory, which is removed. @param progress is told what happens */
    public GatewayBench(Settings settings, Path dir, Launcher launcher, Consumer<String> progress) {
        this.settings = settings;
        this.cluster = new Cluster(dir, launcher);
        this.progress = progress;
    }

    /** Lines for people: what is measured how. */
    public static List<String> describe(Settings s) {
        return List.of(
                "farm: " + s.gateways() + " gateways, a scheduler, and one process with Kafka (acks=all, one broker, no fsync), Redis and the object store (no fsync); JVM " + Cluster.JVM + "; no worker",
                "load: " + s.connections() + " connections in a closed loop, in the process that measures; " + s.rounds() + " rounds of " + s.round().toSeconds() + " s after " + s.warmUp().toSeconds()
                        + " s of warm-up",
                "films: " + FILMS + " to read, of three scenes; with keys of " + TENANTS + " tenants, without of one",
                "limits of a tenant that are lifted: requests-per-second (counted all the same), requests-at-once, unfinished-films, unfinished-seconds, kept-films, tenant-films");
    }

    /** Measures everything. */
    public List<Figure> run() throws IOException, InterruptedException {
        progress.accept("starting Kafka, Redis, the object store and the scheduler");
        cluster.start(Map.of("LONGTAKE_SCHEDULER_KEEPING_TENANT_FILMS", MANY));
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        String bootstrap = "lt_" + "0".repeat(12) + "_" + HexFormat.of().formatHex(secret).substring(0, 43);
        measure("gateway.", true, start(Map.of("LONGTAKE_GATEWAY_ACCESS_ANONYMOUS", "never",
                "LONGTAKE_GATEWAY_ACCESS_BOOTSTRAP_KEY_SHA256", Digests.sha256(bootstrap.getBytes(StandardCharsets.US_ASCII))), () -> withKeys(bootstrap)));
        measure("gateway.open.", false, start(Map.of(), () -> List.of(new Tenant("default", Optional.empty()))));
        return figures;
    }

    private interface Tenants {
        List<Tenant> get() throws IOException;
    }

    private List<Tenant> start(Map<String, String> access, Tenants tenants) throws IOException, InterruptedException {
        progress.accept("starting " + settings.gateways() + " gateways, " + (access.isEmpty() ? "where nobody is asked who he is" : "which ask for keys"));
        Map<String, String> own = new HashMap<>(access);
        for (String limit : List.of("QUOTA_REQUESTS_PER_SECOND", "QUOTA_REQUESTS_AT_ONCE", "QUOTA_UNFINISHED_SECONDS", "UNFINISHED_FILMS", "KEPT_FILMS")) {
            own.put("LONGTAKE_GATEWAY_" + limit, MANY);
        }
        cluster.gateways(settings.gateways(), own);
        return tenants.get();
    }

    /** Makes a key for each tenant at one gateway; the others hear of it before long. */
    private List<Tenant> withKeys(String bootstrap) throws IOException {
        Tenant operator = new Tenant("default", Optional.of(bootstrap));
        List<Tenant> tenants = new ArrayList<>();
        for (int i = 0; i < TENANTS; i++) {
            String name = "bench-" + i;
            String wish = "{\"tenant\":\"" + name + "\",\"name\":\"bench\",\"scopes\":[\"films:read\",\"films:write\"]}";
            tenants.add(new Tenant(name, Optional.of(ask(cluster.addresses().get(0), operator.post("/v1/keys", wish), 201).path("secret").asText())));
        }
        return tenants;
    }

    private static JsonNode ask(InetSocketAddress gateway, byte[] request, int status) throws IOException {
        return JSON.readTree(Load.ask(gateway, request, status));
    }

    private void measure(String prefix, boolean audited, List<Tenant> tenants) throws IOException, InterruptedException {
        prepare(tenants);
        reads(prefix, tenants);
        submissions(prefix, audited, tenants);
    }

    /** So many films, at rest. */
    private void prepare(List<Tenant> tenants) throws IOException, InterruptedException {
        progress.accept("submitting " + FILMS + " films");
        for (InetSocketAddress gateway : cluster.addresses()) {
            for (Tenant tenant : tenants) {
                Load.awaitAnswer(gateway, tenant.get("/v1/films?limit=1"), 200);
            }
        }
        for (int i = 0; i < tenants.size(); i++) {
            Tenant tenant = tenants.get(i);
            try (Load.Client client = Load.http(gateway(i), 202, () -> tenant.submit(seeds.incrementAndGet()), text -> tenant.submitted(0, film(text), true))) {
                for (int film = i; film < FILMS; film += tenants.size()) {
                    client.run();
                }
            }
        }
        awaitKnown(tenants);
        tenants.forEach(Tenant::begin);
    }

    private Tenant tenant(List<Tenant> tenants, int client) {
        // Not in step with the gateways, or each tenant would know one of them only.
        return tenants.get(client / cluster.addresses().size() % tenants.size());
    }

    private InetSocketAddress gateway(int client) {
        return cluster.addresses().get(client % cluster.addresses().size());
    }

    private void reads(String prefix, List<Tenant> tenants) throws IOException, InterruptedException {
        IntFunction<Load.Client> client = n -> reading(gateway(n), tenant(tenants, n).reads());
        byte[] answer = Load.ask(gateway(0), tenants.get(0).reads().get(0), 200).getBytes(StandardCharsets.UTF_8);
        try (FloorServer server = new FloorServer(answer)) {
            IntFunction<Load.Client> floor = n -> reading(server.address(), tenant(tenants, n).reads());
            progress.accept("reads: warming up");
            Load.run(settings.connections(), settings.warmUp(), client);
            Load.run(settings.connections(), settings.round(), floor);
            List<Load.Result> results = new ArrayList<>();
            List<Load.Result> floors = new ArrayList<>();
            for (int i = 0; i < settings.rounds(); i++) {
                results.add(Load.run(settings.connections(), settings.round(), client));
                floors.add(Load.run(settings.connections(), settings.round(), floor));
                say("reads", i, results, floors);
            }
            report(prefix + "reads", results, floors);
        }
    }

    private static Load.Client reading(InetSocketAddress server, List<byte[]> requests) {
        return Load.http(server, 200, () -> requests.get(ThreadLocalRandom.current().nextInt(requests.size())), Load.UNREAD);
    }

    private void submissions(String prefix, boolean audited, List<Tenant> tenants) throws IOException, InterruptedException {
        String plan = ask(gateway(0), tenants.get(0).reads().get(0), 200).path("objects").path("plan").asText();
        try (DirectSubmissions direct = new DirectSubmissions(cluster, plan, seeds)) {
            IntFunction<Load.Client> client = n -> submitting(gateway(n), tenant(tenants, n), n);
            IntFunction<Load.Client> floor = n -> direct.client(tenant(tenants, n), n, audited);
            progress.accept("submissions: warming up");
            Load.run(settings.connections(), settings.warmUp(), client);
            Load.run(settings.connections(), settings.round(), floor);
            awaitKnown(tenants);
            List<Load.Result> results = new ArrayList<>();
            List<Load.Result> floors = new ArrayList<>();
            List<Double> behind = new ArrayList<>();
            for (int i = 0; i < settings.rounds(); i++) {
                results.add(Load.run(settings.connections(), settings.round(), client));
                behind.add(awaitKnown(tenants));
                floors.add(Load.run(settings.connections(), settings.round(), floor));
                awaitKnown(tenants);
                say("submissions", i, results, floors);
            }
            report(prefix + "submissions", results, floors);
            figures.add(Figure.of(prefix + "submissions_behind_seconds", "s", rounds(behind)));
        }
    }

    private Load.Client submitting(InetSocketAddress server, Tenant tenant, int client) {
        return Load.http(server, 202, () -> tenant.submit(seeds.incrementAndGet()), text -> tenant.submitted(client, film(text), false));
    }

    /** Of an answer that begins with it: to read all of it would cost the load more than sending the request. */
    private static String film(String answer) {
        return answer.substring(ID_AT, ID_AT + ID_LENGTH);
    }

    /** Waits until every gateway shows all films as the scheduler has taken them. @return seconds that took */
    private double awaitKnown(List<Tenant> tenants) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        for (Tenant tenant : tenants) {
            for (InetSocketAddress gateway : cluster.addresses()) {
                while (!knows(gateway, tenant)) {
                    if (System.nanoTime() - begin > CATCH_UP.toNanos()) {
                        throw new IOException("the scheduler is not through after " + CATCH_UP);
                    }
                    Thread.sleep(20);
                }
            }
        }
        return (System.nanoTime() - begin) / 1e9;
    }

    private static boolean knows(InetSocketAddress gateway, Tenant tenant) throws IOException {
        Set<String> listed = new HashSet<>();
        // A list has what the scheduler has said something of, and nothing that only a gateway knows; without a worker all of it stays queued.
        ask(gateway, tenant.get("/v1/films?limit=" + NEWEST), 200).path("films").forEach(f -> listed.add(f.path("id").asText()));
        return listed.containsAll(tenant.last().values());
    }

    private void say(String what, int round, List<Load.Result> results, List<Load.Result> floors) {
        progress.accept("%s: round %d of %d, %.0f/s, floor %.0f/s".formatted(what, round + 1, settings.rounds(), results.get(round).perSecond(), floors.get(round).perSecond()));
    }

    private void report(String name, List<Load.Result> results, List<Load.Result> floors) {
        figures.add(Figure.of(name + "_per_second", "1/s", rounds(results.stream().map(Load.Result::perSecond).toList())).over(rounds(floors.stream().map(Load.Result::perSecond).toList())));
        figures.add(Figure.of(name + "_p50_ms", "ms", rounds(results.stream().map(Load.Result::p50).toList())).over(rounds(floors.stream().map(Load.Result::p50).toList())));
        figures.add(Figure.of(name + "_p99_ms", "ms", rounds(results.stream().map(Load.Result::p99).toList())).over(rounds(floors.stream().map(Load.Result::p99).toList())));
    }

    private static Rounds rounds(List<Double> values) {
        return new Rounds(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    @Override
    public void close() {
        cluster.close();
    }
}
