package dev.longtake.farm.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes requests from an OpenAPI description: what it asks for, and then, most of the time, something wrong with it. */
final class Requests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PLACE = Pattern.compile("\\{([^}]+)}");
    /** Texts that have broken somebody's program. */
    /** Key of a segment that is there in its attempt "x". */
    static final String SEGMENT = "5e".repeat(32);
    private static final List<String> NASTY = List.of("", " ", "0", "-1", "null", "true", "NaN", "1e999", "9223372036854775808", "-9223372036854775809", "0x10", "1.5", "\u0661\u0662", "..", "../../etc/passwd",
            "....//", "%00", "\u0000", "a\u0000b", "\r\nX-Injected: 1", "a;b=c", "a/b", "a\\b", "'\"<script>", "${jndi:ldap://127.0.0.1/a}", "#{7*7}", "\ud83d\ude00", "\ud800", "e\u0301", "\u202e", "\uFEFF",
            "x".repeat(3_000), "[]", "{}", "*", "?", "#", "video_", "lt_", "file:///etc/passwd", "http://169.254.169.254/", "http://[::1]:9/", "data:image/png;base64,AAAA", "PT1H", "-PT1H", "P99999999D");

    private final Random random;
    private final JsonNode description;
    private final String film;
    private final List<Operation> operations = new ArrayList<>();

    /** @param method may be another than the description's, now and then */
    record Operation(String id, String method, String path, JsonNode parameters, JsonNode pathParameters, JsonNode body) {}

    record Body(Optional<String> type, byte[] bytes) {
        static final Body NONE = new Body(Optional.empty(), new byte[0]);

        @Override
        public String toString() {
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            return type + " " + bytes.length + " bytes '" + text.substring(0, Math.min(300, text.length())) + "'";
        }
    }

    /** @param film that is there */
    Requests(long seed, JsonNode description, String film) {
        this.random = new Random(seed);
        this.description = description;
        this.film = film;
        description.get("paths").fields().forEachRemaining(path -> path.getValue().fields().forEachRemaining(method -> {
            if (!method.getKey().equals("parameters")) {
                JsonNode o = method.getValue();
                operations.add(new Operation(o.get("operationId").asText(), method.getKey().toUpperCase(java.util.Locale.ROOT), path.getKey(), o.path("parameters"), path.getValue().path("parameters"),
                        o.path("requestBody").path("content")));
            }
        }));
    }

    List<Operation> operations() {
        return operations;
    }

    private boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private JsonNode resolved(JsonNode node) {
        JsonNode found = node;
        while (found.has("$ref")) {
            found = description.at(found.get("$ref").asText().substring(1));
        }
        return found;
    }

    /** Path and query. */
    String target(Operation operation) {
        Matcher place = PLACE.matcher(operation.path());
        StringBuilder path = new StringBuilder();
        while (place.find()) {
            String good = switch (place.group(1)) {
                case "id" -> operation.path().startsWith("/v1/videos") ? "video_" + film : film;
                case "n" -> "1";
                case "key" -> SEGMENT;
                default -> "x";
            };
            place.appendReplacement(path, Matcher.quoteReplacement(chance(0.6) ? good : encoded(any(NASTY))));
        }
        place.appendTail(path);
        List<String> query = new ArrayList<>();
        for (JsonNode list : List.of(operation.parameters(), operation.pathParameters())) {
            for (JsonNode each : list) {
                JsonNode parameter = resolved(each);
                if (parameter.path("in").asText().equals("query") && chance(0.35)) {
                    query.add(encoded(parameter.get("name").asText()) + "=" + encoded(value(parameter)));
                    if (chance(0.05)) {
                        query.add(query.get(query.size() - 1));
                    }
                }
            }
        }
        if (chance(0.05)) {
            query.add(encoded(any(NASTY)) + (chance(0.5) ? "=" + encoded(any(NASTY)) : ""));
        }
        return path + (query.isEmpty() ? "" : "?" + String.join("&", query));
    }

    private static String encoded(String text) {
        // An unpaired surrogate becomes a question mark: that is what a client can send.
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private String value(JsonNode parameter) {
        JsonNode schema = resolved(parameter.path("schema"));
        if (chance(0.5)) {
            if (parameter.has("example")) {
                return parameter.get("example").asText();
            }
            if (schema.has("enum")) {
                return any(texts(schema.get("enum")));
            }
            if (schema.has("minimum")) {
                return Long.toString(schema.get("minimum").asLong() + random.nextInt(3) - 1);
            }
            if (schema.has("maximum")) {
                return Long.toString(schema.get("maximum").asLong() + random.nextInt(3) - 1);
            }
        }
        return any(NASTY);
    }

    private static List<String> texts(JsonNode list) {
        List<String> all = new ArrayList<>();
        list.forEach(n -> all.add(n.asText()));
        return all;
    }

    /** Names and values in turn. */
    List<String> headers(Operation operation) {
        List<String> headers = new ArrayList<>();
        if (chance(0.2)) {
            headers.addAll(List.of("Idempotency-Key", any(List.of("k", "x".repeat(201), " ", "\u00e4", "a b", "../x"))));
        }
        if (chance(0.2)) {
            headers.addAll(List.of("Range", any(List.of("bytes=0-1", "bytes=-1", "bytes=5-2", "bytes=0-99999999999999999999", "bytes=a-b", "bytes=0-1,2-3", "lines=1-2", "bytes=", "bytes=999-"))));
        }
        if (chance(0.1)) {
            headers.addAll(List.of(any(List.of("If-None-Match", "If-Range", "If-Match")), any(List.of("*", "\"x\"", "W/\"", "x".repeat(2_000), "\""))));
        }
        if (chance(0.1)) {
            headers.addAll(List.of("Last-Event-ID", any(List.of("0-0", "-1--1", "99-99", "0-99999999999999999999", "x", "1-", ""))));
        }
        if (chance(0.1)) {
            headers.addAll(List.of("Accept", any(List.of("*/*", "text/html", "application/json;q=x", "a/b, c/d", "image/png"))));
        }
        if (chance(0.1)) {
            headers.addAll(List.of("Authorization", any(List.of("Bearer x", "Basic Og==", "Bearer", "Bearer lt_000000000001_x", "x".repeat(5_000)))));
        }
        if (chance(0.1)) {
            headers.addAll(List.of("X-Request-Id", any(List.of("abc", "x".repeat(500), "a b", "<b>"))));
        }
        return headers;
    }

    /** What is sent along: of the kind that is described, most of the time. */
    Body body(Operation operation) {
        if (operation.body().isMissingNode() && chance(0.9)) {
            return Body.NONE;
        }
        List<String> types = new ArrayList<>(operation.body().isMissingNode() ? List.of("application/json") : List.of());
        operation.body().fieldNames().forEachRemaining(types::add);
        String type = any(types);
        JsonNode described = operation.body().path(type);
        byte[] good = switch (type) {
            case "application/json" -> json(described);
            case "multipart/form-data" -> form(described);
            default -> described.path("example").asText("A city. A river.").getBytes(StandardCharsets.UTF_8);
        };
        String told = type.equals("multipart/form-data") ? type + "; boundary=b" : type;
        Optional<String> said = chance(0.9) ? Optional.of(told) : chance(0.5) ? Optional.empty() : Optional.of(any(List.of("application/json; charset=utf-16", "multipart/form-data", "multipart/form-data; boundary=",
                "text/plain; charset=nonsense", "application/xml", "x", "text/plain;;;", "application/octet-stream", "APPLICATION/JSON")));
        return new Body(said, chance(0.4) ? good : broken(good));
    }

    private byte[] broken(byte[] good) {
        return switch (random.nextInt(8)) {
            case 0 -> new byte[0];
            case 1 -> Arrays.copyOf(good, random.nextInt(good.length + 1));
            case 2 -> ("[".repeat(5_000) + "]".repeat(5_000)).getBytes(StandardCharsets.UTF_8);
            case 3 -> ("{\"a\":".repeat(3_000) + "1" + "}".repeat(3_000)).getBytes(StandardCharsets.UTF_8);
            case 4 -> any(NASTY).getBytes(StandardCharsets.UTF_8);
            case 5 -> {
                byte[] noise = new byte[random.nextInt(2_000)];
                random.nextBytes(noise);
                yield noise;
            }
            default -> {
                byte[] changed = good.clone();
                for (int i = 0; i < 1 + random.nextInt(4) && changed.length > 0; i++) {
                    changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
                }
                yield changed;
            }
        };
    }

    private byte[] json(JsonNode described) {
        try {
            JsonNode value = described.has("example") && chance(0.5) ? described.get("example").deepCopy() : made(described.path("schema"), 0);
            return JSON.writeValueAsBytes(chance(0.5) ? value : changed(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private JsonNode nastyValue() {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (random.nextInt(8)) {
            case 0 -> nodes.nullNode();
            case 1 -> nodes.numberNode(any(List.of(0.0, -1.0, 1e300, 1e-300, 4e9)));
            case 2 -> nodes.booleanNode(chance(0.5));
            case 3 -> nodes.arrayNode().add(nodes.arrayNode());
            case 4 -> nodes.objectNode().set("a", nodes.objectNode());
            case 5 -> nodes.numberNode(random.nextLong());
            default -> nodes.textNode(any(NASTY));
        };
    }

    /** One thing of it, somewhere, is otherwise. */
    private JsonNode changed(JsonNode value) {
        if (value instanceof ObjectNode object && !object.isEmpty()) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            String name = any(names);
            switch (random.nextInt(4)) {
                case 0 -> object.remove(name);
                case 1 -> object.set(any(NASTY), nastyValue());
                case 2 -> object.set(name, nastyValue());
                default -> object.set(name, changed(object.get(name)));
            }
            return object;
        }
        if (value instanceof ArrayNode array && !array.isEmpty()) {
            int at = random.nextInt(array.size());
            array.set(at, changed(array.get(at)));
            return array;
        }
        return nastyValue();
    }

    private JsonNode made(JsonNode of, int depth) {
        JsonNode schema = resolved(of);
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (schema.has("example")) {
            return schema.get("example").deepCopy();
        }
        if (schema.has("oneOf")) {
            return made(schema.get("oneOf").get(random.nextInt(schema.get("oneOf").size())), depth);
        }
        if (schema.has("enum")) {
            return schema.get("enum").get(random.nextInt(schema.get("enum").size()));
        }
        String type = schema.path("type").isArray() ? any(texts(schema.get("type"))) : schema.path("type").asText();
        return switch (type) {
            case "object" -> {
                ObjectNode object = nodes.objectNode();
                List<String> required = texts(schema.path("required"));
                schema.path("properties").fields().forEachRemaining(p -> {
                    if (depth < 5 && (required.contains(p.getKey()) || chance(0.4))) {
                        object.set(p.getKey(), made(p.getValue(), depth + 1));
                    }
                });
                yield object;
            }
            case "array" -> {
                ArrayNode array = nodes.arrayNode();
                for (int i = 0; i < 1 + random.nextInt(3); i++) {
                    array.add(made(schema.path("items"), depth + 1));
                }
                yield array;
            }
            case "integer" -> nodes.numberNode(schema.path("minimum").asLong(0) + random.nextInt(3));
            case "number" -> nodes.numberNode(schema.path("minimum").asDouble(0) + random.nextDouble());
            case "boolean" -> nodes.booleanNode(chance(0.5));
            case "null" -> nodes.nullNode();
            default -> nodes.textNode(chance(0.7) ? "A city." : any(NASTY));
        };
    }

    private byte[] form(JsonNode described) {
        StringBuilder form = new StringBuilder();
        JsonNode schema = resolved(described.path("schema"));
        schema.path("properties").fields().forEachRemaining(p -> {
            if (chance(0.7)) {
                boolean file = p.getKey().equals("story") || resolved(p.getValue()).toString().contains("binary") && chance(0.7);
                form.append("--b\r\nContent-Disposition: form-data; name=\"").append(chance(0.95) ? p.getKey() : "\"; name=\"x").append('"');
                form.append(file ? "; filename=\"" + any(List.of("story.txt", "story.json", "../../x", "a\u0000b", "x.png", "")) + "\"" : "");
                form.append(chance(0.5) ? "\r\nContent-Type: text/plain" : "").append("\r\n\r\n");
                form.append(chance(0.6) ? made(p.getValue(), 0).asText("A city.") : any(NASTY)).append("\r\n");
            }
        });
        return form.append(chance(0.9) ? "--b--\r\n" : "").toString().getBytes(StandardCharsets.UTF_8);
    }
}
