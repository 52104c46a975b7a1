package dev.longtake.bench.gateway;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Somebody who uses the farm, as the requests he sends. */
final class Tenant {
    /** Three scenes, a few hundred bytes of plan. */
    private static final String STORY = "A red fish swims to the right in the deep sea.\nThe fish swims towards the surface. [2s]\nThe beach near the city. [2s]\n";

    private final String name;
    private final String authorization;
    private final List<byte[]> reads = Collections.synchronizedList(new ArrayList<>());
    /** The last film that each client submitted. */
    private final Map<Integer, String> last = new ConcurrentHashMap<>();

    /** @param key absent where nobody is asked who he is */
    Tenant(String name, Optional<String> key) {
        this.name = name;
        this.authorization = key.map(k -> "Authorization: Bearer " + k + "\r\n").orElse("");
    }

    String name() {
        return name;
    }

    /** Remembers that a client has submitted a film. @param keep whether it is one of those that are read */
    void submitted(int client, String film, boolean keep) {
        last.put(client, film);
        if (keep) {
            reads.add(get("/v1/films/" + film));
        }
    }

    /** Forgets who submitted what last: those films are about to be too old for a list of the newest. */
    void begin() {
        last.clear();
    }

    /** Requests that show its films. */
    List<byte[]> reads() {
        return List.copyOf(reads);
    }

    Map<Integer, String> last() {
        return Map.copyOf(last);
    }

    byte[] get(String path) {
        return ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + authorization + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** @param seed of the film, so that no two are the same work */
    byte[] submit(long seed) {
        return ("POST /v1/films?preset=fast&seed=" + seed + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + authorization + "Content-Type: text/plain\r\nContent-Length: " + STORY.length() + "\r\n\r\n"
                + STORY).getBytes(StandardCharsets.US_ASCII);
    }

    byte[] post(String path, String json) {
        return ("POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + authorization + "Content-Type: application/json\r\nContent-Length: " + json.length() + "\r\n\r\n" + json)
                .getBytes(StandardCharsets.US_ASCII);
    }
}
