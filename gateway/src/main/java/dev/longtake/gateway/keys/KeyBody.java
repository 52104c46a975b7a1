package dev.longtake.gateway.keys;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longtake.film.story.Problem;
import dev.longtake.gateway.access.Scope;
import dev.longtake.gateway.access.TenantName;
import dev.longtake.gateway.http.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The wish for a key, as JSON: {@code name}, {@code scopes}, and if need be {@code tenant} and {@code expires_in}. */
final class KeyBody {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LARGEST = 16 << 10;
    private static final Set<String> FIELDS = new TreeSet<>(Set.of("tenant", "name", "scopes", "expires_in"));
    private static final String SCOPES = Arrays.stream(Scope.values()).map(Scope::label).collect(Collectors.joining(", "));

    private KeyBody() {}

    /** @param tenant of whoever asks. @param now when the key begins. @throws ProblemException with everything that is wrong */
    static Keys.Wish read(InputStream body, String tenant, Instant now, Duration life, Duration longest) {
        JsonNode tree = tree(body);
        List<Problem> problems = new ArrayList<>();
        tree.fieldNames().forEachRemaining(f -> {
            if (!FIELDS.contains(f)) {
                problems.add(new Problem(f.replaceAll("\\p{C}", "?"), "unknown field", "use " + String.join(", ", FIELDS)));
            }
        });
        JsonNode of = tree.path("tenant");
        if (!of.isMissingNode() && !(of.isTextual() && TenantName.isGood(of.asText()))) {
            problems.add(new Problem("tenant", "no name of a tenant", "give " + TenantName.FORM));
        }
        String name = tree.path("name").asText("");
        if (!tree.path("name").isTextual() || !name.matches("[^\\p{C}]{1,100}") || name.isBlank()) {
            problems.add(new Problem("name", "not 1 to 100 printable characters", "say what the key is for"));
        }
        Set<Scope> scopes = new TreeSet<>();
        tree.path("scopes").forEach(s -> Scope.of(s.asText()).ifPresentOrElse(scopes::add, () -> problems.add(new Problem("scopes", "one is unknown", "use " + SCOPES))));
        if (!tree.path("scopes").isArray() || tree.path("scopes").isEmpty()) {
            problems.add(new Problem("scopes", "no list of scopes", "give some of " + SCOPES));
        }
        Duration lives = tree.path("expires_in").isMissingNode() ? life : duration(tree.path("expires_in"), longest, problems);
        if (!problems.isEmpty()) {
            throw ProblemException.badInput(problems);
        }
        return new Keys.Wish(of.isMissingNode() ? tenant : of.asText(), name, List.copyOf(scopes), now.plus(lives));
    }

    private static Duration duration(JsonNode given, Duration longest, List<Problem> problems) {
        try {
            Duration lives = Duration.parse(given.asText());
            if (lives.compareTo(Duration.ofSeconds(1)) >= 0 && lives.compareTo(longest) <= 0) {
                return lives;
            }
        } catch (DateTimeParseException e) {
            // Said below.
        }
        problems.add(new Problem("expires_in", "not a time from 1 second to " + longest, "give ISO-8601, such as P30D"));
        return Duration.ZERO;
    }

    private static JsonNode tree(InputStream body) {
        try {
            byte[] bytes = body.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw ProblemException.badInput("body", "longer than 16 KiB", "send less");
            }
            JsonNode tree = JSON.readTree(bytes);
            if (tree != null && tree.isObject()) {
                return tree;
            }
        } catch (JsonProcessingException e) {
            // Said below.
        } catch (IOException e) {
            throw ProblemException.badInput("body", "the request ended before it did", "send it whole");
        }
        throw ProblemException.badInput("body", "no JSON object", "send {\"name\": \"…\", \"scopes\": [\"films:read\"]}");
    }
}
