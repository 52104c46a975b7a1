package dev.longtake.gateway.webhooks;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longtake.contract.webhook.WebhookEndpoint.Format;
import dev.longtake.film.story.Problem;
import dev.longtake.film.story.StoryException;
import dev.longtake.gateway.webhooks.delivery.Notices;
import dev.longtake.gateway.webhooks.address.Targets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What is said about a new endpoint: {@code {"url", "format", "events"}}. @param events none for all */
public record EndpointBody(String url, Format format, List<String> events) {
    /** Bytes of the JSON. */
    public static final int LARGEST = 16 << 10;

    private static final String URL = "url";
    private static final String FORMAT = "format";
    private static final String EVENTS = "events";
    private static final Set<String> FIELDS = Set.of(URL, FORMAT, EVENTS);
    private static final int DEPTH = 20;
    private static final int SHOWN = 60;
    private static final ObjectMapper MAPPER = JsonMapper.builder(com.fasterxml.jackson.core.JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEPTH).build()).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** @throws StoryException with everything that is wrong with it */
    public static EndpointBody read(byte[] body, Targets targets) throws StoryException {
        JsonNode root;
        try {
            root = body.length > LARGEST ? null : MAPPER.readTree(body);
        } catch (IOException e) {
            root = null;
        }
        if (root == null || !root.isObject()) {
            throw StoryException.of("webhook", "no JSON object of at most " + LARGEST + " bytes", "send {\"url\":\"https://example.com/hook\"}");
        }
        List<Problem> problems = new ArrayList<>();
        root.fieldNames().forEachRemaining(name -> {
            if (!FIELDS.contains(name)) {
                String clean = name.replaceAll("\\p{C}", "?");
                problems.add(new Problem(clean.length() > SHOWN ? clean.substring(0, SHOWN) + "…" : clean, "unknown field", "use events, format, url"));
            }
        });
        JsonNode url = root.path(URL);
        if (!url.isTextual()) {
            problems.add(new Problem(URL, root.has(URL) ? "not text" : "there is none", "give a URL such as \"https://example.com/hook\""));
        } else {
            targets.problem(URL, url.asText()).ifPresent(problems::add);
        }
        EndpointBody read = new EndpointBody(url.asText(), format(root, problems), events(root, problems));
        if (!problems.isEmpty()) {
            throw StoryException.of(problems);
        }
        return read;
    }

    private static Format format(JsonNode root, List<Problem> problems) {
        JsonNode format = root.path(FORMAT);
        for (Format f : Format.values()) {
            if (format.isMissingNode() || format.isTextual() && format.asText().equals(f.name().toLowerCase(Locale.ROOT))) {
                return f;
            }
        }
        problems.add(new Problem(FORMAT, "no such format", "write \"films\" or \"videos\", or leave it out for films"));
        return Format.FILMS;
    }

    private static List<String> events(JsonNode root, List<Problem> problems) {
        JsonNode events = root.path(EVENTS);
        List<String> read = new ArrayList<>();
        if (events.isArray() && !events.isEmpty()) {
            events.forEach(e -> read.add(e.isTextual() ? e.asText() : ""));
        }
        if (!events.isMissingNode() && (read.isEmpty() || !Notices.TYPES.containsAll(read))) {
            problems.add(new Problem(EVENTS, "not a list of events", "give some of " + String.join(", ", Notices.TYPES) + ", or leave it out for all"));
        }
        return read.stream().distinct().toList();
    }
}
