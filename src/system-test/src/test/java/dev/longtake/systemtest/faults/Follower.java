package dev.longtake.systemtest.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Listens to a tenant's live events as a browser does: when it is cut off it comes back, to any gateway, and says what it heard last. */
final class Follower implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private final SeparateFarm farm;
    private final String credential;
    private final Random random;
    private final Map<String, List<String>> heard = new ConcurrentHashMap<>();
    private final List<String> thumbnails = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final CountDownLatch connected = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean over;
    private volatile Optional<InputStream> open = Optional.empty();
    private Optional<String> last = Optional.empty();

    /** Returns when it listens. */
    Follower(SeparateFarm farm, String credential, long seed) throws InterruptedException {
        this.farm = farm;
        this.credential = credential;
        this.random = new Random(seed);
        this.thread = new Thread(this::listen, "follower");
        thread.setDaemon(true);
        thread.start();
        if (!connected.await(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("no gateway lets anybody listen");
        }
    }

    private void listen() {
        while (!over) {
            try {
                listenOnce();
            } catch (IOException | UncheckedIOException e) {
                // Cut off, or nobody there.
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void listenOnce() throws IOException, InterruptedException {
        Thread.sleep(connections.get() == 0 ? 0 : 50);
        HttpRequest.Builder request = HttpRequest.newBuilder(farm.url(farm.gateways().get(random.nextInt(farm.gateways().size())), "/v1/events")).header("Authorization", "Bearer " + credential);
        last.ifPresent(id -> request.header("Last-Event-ID", id));
        HttpResponse<InputStream> answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = answer.body(); BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            if (answer.statusCode() != 200) {
                return;
            }
            open = Optional.of(body);
            connections.incrementAndGet();
            connected.countDown();
            Optional<String> id = Optional.empty();
            Optional<JsonNode> data = Optional.empty();
            String name = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id:")) {
                    id = Optional.of(line.substring(3).strip());
                } else if (line.startsWith("event:")) {
                    name = line.substring(6).strip();
                } else if (line.startsWith("data:")) {
                    data = Optional.of(JSON.readTree(line.substring(5)));
                } else if (line.isEmpty() && data.isPresent()) {
                    // Only now: an event that is cut off in the middle comes again.
                    hear(name, data.get());
                    last = id.or(() -> last);
                    data = Optional.empty();
                }
            }
        }
    }

    private void hear(String name, JsonNode event) {
        Optional<String> what = switch (name) {
            case "film" -> Optional.of("film " + event.get("revision").asInt() + " " + event.get("from").asText() + " " + event.get("to").asText());
            case "segment" -> Optional.of("segment " + event.get("revision").asInt() + " " + event.get("segment").asInt() + " " + event.get("from").asText() + " " + event.get("to").asText());
            default -> Optional.empty();
        };
        what.ifPresent(w -> heard.computeIfAbsent(event.get("film").asText(), f -> new CopyOnWriteArrayList<>()).add(w));
        if (event.has("thumbnail")) {
            thumbnails.add(event.get("thumbnail").asText());
        }
    }

    /** Changes of state, as they came. */
    List<String> heard(String film) {
        return new ArrayList<>(heard.getOrDefault(film, List.of()));
    }

    Optional<String> thumbnail() {
        return thumbnails.stream().findFirst();
    }

    int connections() {
        return connections.get();
    }

    @Override
    public void close() throws InterruptedException {
        over = true;
        open.ifPresent(body -> {
            try {
                body.close();
            } catch (IOException e) {
                // It is over either way.
            }
        });
        thread.interrupt();
        thread.join(TimeUnit.SECONDS.toMillis(10));
    }
}
