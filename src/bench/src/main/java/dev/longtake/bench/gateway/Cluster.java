package dev.longtake.bench.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The servers in one process, a scheduler, and gateways that come and go. No worker: what is submitted waits. */
final class Cluster implements AutoCloseable {
    /** As {@code ./longtake serve} runs a role. */
    static final String JVM = "-Xmx512m -XX:+UseSerialGC";

    private final Path dir;
    private final Launcher launcher;
    private final List<FarmProcess> lasting = new ArrayList<>();
    private final List<FarmProcess> gateways = new ArrayList<>();
    private final List<InetSocketAddress> addresses = new ArrayList<>();
    private final Map<String, String> settings = new HashMap<>();
    private JsonNode servers;

    Cluster(Path dir, Launcher launcher) {
        this.dir = dir;
        this.launcher = launcher;
    }

    /** @param more settings of the scheduler */
    void start(Map<String, String> more) throws IOException, InterruptedException {
        Path data = dir.resolve("data");
        FarmProcess process = FarmProcess.start("servers", dir, launcher.command(JVM, "serve", "servers", "--with-parent", "--data", data.toString()), Map.of());
        lasting.add(process);
        process.awaitFile(data.resolve("farm.json"));
        servers = new ObjectMapper().readTree(data.resolve("farm.json").toFile());
        settings.putAll(Map.of(
                "LONGTAKE_KAFKA_BOOTSTRAP", kafka(),
                "LONGTAKE_REDIS_URL", servers.path("redis").asText(),
                "LONGTAKE_STORE_ENDPOINT", store("endpoint"),
                "LONGTAKE_STORE_BUCKET", store("bucket"),
                "LONGTAKE_STORE_ACCESS_KEY", store("accessKey"),
                "LONGTAKE_STORE_SECRET_KEY", store("secretKey")));
        Map<String, String> own = new HashMap<>(settings);
        own.put("LONGTAKE_SCHEDULER_STATE_DIR", dir.resolve("streams").toString());
        own.putAll(more);
        int port = freePort();
        FarmProcess scheduler = FarmProcess.start("scheduler", dir, serve("scheduler", port), own);
        lasting.add(scheduler);
        scheduler.awaitReady(port);
    }

    String kafka() {
        return servers.path("kafka").asText();
    }

    /** @param what {@code endpoint}, {@code bucket}, {@code accessKey} or {@code secretKey} */
    String store(String what) {
        return servers.path("store").path(what).asText();
    }

    private List<String> serve(String role, int port) {
        return launcher.command(JVM, "serve", role, "--with-parent", "--port", Integer.toString(port));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Ends the gateways there are, and starts others. */
    void gateways(int count, Map<String, String> more) throws IOException, InterruptedException {
        stopGateways();
        Map<String, String> own = new HashMap<>(settings);
        own.putAll(more);
        for (int i = 1; i <= count; i++) {
            int port = freePort();
            addresses.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            gateways.add(FarmProcess.start("gateway-" + i, dir, serve("gateway", port), own));
        }
        for (int i = 0; i < count; i++) {
            gateways.get(i).awaitReady(addresses.get(i).getPort());
        }
    }

    List<InetSocketAddress> addresses() {
        return addresses;
    }

    private void stopGateways() {
        gateways.forEach(FarmProcess::close);
        gateways.clear();
        addresses.clear();
    }

    /** Ends everything and leaves nothing behind. */
    @Override
    public void close() {
        stopGateways();
        for (int i = lasting.size() - 1; i >= 0; i--) {
            lasting.get(i).close();
        }
        lasting.clear();
        try (Stream<Path> files = Files.walk(dir)) {
            files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
