package dev.longtake.film.story;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longtake.film.story.Scene.Start;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;

/** The JSON form of a story, read strictly: a misspelt field is an error, not a default. */
final class JsonStory {
    private static final Set<String> STORY_FIELDS = Set.of("title", "model", "seed", "settings", "start_image", "callback", "scenes");
    private static final Set<String> SCENE_FIELDS = Set.of("prompt", "negative", "seconds", "start", "seed", "settings");
    private static final Set<String> SAMPLING_FIELDS = Set.of("steps", "guidance", "temperature");
    /** Ten thousand scenes take 250,000; a body of nothing but braces would take a hundred times its size in memory. */
    private static final long TOKENS = 500_000;
    private static final ObjectMapper MAPPER = JsonMapper.builder(com.fasterxml.jackson.core.JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(20).maxTokenCount(TOKENS).maxNumberLength(40).build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private final List<Problem> problems;
    private final double defaultSeconds;
    private final long defaultSeed;

    private JsonStory(double defaultSeconds, long defaultSeed, List<Problem> problems) {
        this.defaultSeconds = defaultSeconds;
        this.defaultSeed = defaultSeed;
        this.problems = problems;
    }

    /**
     * @param problems what could not be read is added here, and stands in the story as if it had not been given
     * @throws StoryException if this is no JSON object at all
     */
    static Story read(String text, StoryLimits limits, double defaultSeconds, long defaultSeed, List<Problem> problems) throws StoryException {
        JsonNode root;
        try {
            root = MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String where = at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
            throw StoryException.of("story", "malformed JSON" + where + ": " + e.getOriginalMessage().lines().findFirst().orElse(""), "correct it there");
        }
        return new JsonStory(defaultSeconds, defaultSeed, problems).story(root, limits);
    }

    private Story story(JsonNode root, StoryLimits limits) throws StoryException {
        if (!root.isObject()) {
            throw StoryException.of("story", "the JSON is not an object", "write {\"scenes\":[…]}");
        }
        unknown(root, "", STORY_FIELDS);
        String title = text(root, "", "title").orElse("");
        Optional<String> model = text(root, "", "model");
        long seed = seed(root, "").orElse(defaultSeed);
        List<Scene> scenes = new ArrayList<>();
        JsonNode array = root.get("scenes");
        if (array == null || !array.isArray()) {
            problem("scenes", array == null ? "there are no scenes" : "not a list", "give a list of objects, each with a prompt");
        } else if (array.size() > limits.scenes()) {
            problem("scenes", "more than " + limits.scenes() + " scenes", "split the story into several films");
        } else {
            for (int i = 0; i < array.size() && problems.size() < StoryReader.MAX_PROBLEMS; i++) {
                scenes.add(scene(array.get(i), "scenes[" + i + "]"));
            }
        }
        return new Story(title, model, seed, sampling(root, ""), startImage(root), text(root, "", "callback"), scenes);
    }

    private Scene scene(JsonNode node, String at) {
        if (!node.isObject()) {
            problem(at, "not an object", "write {\"prompt\":\"…\"}");
            return new Scene("", Optional.empty(), defaultSeconds, Start.CONTINUE, OptionalLong.empty());
        }
        unknown(node, at + ".", SCENE_FIELDS);
        Optional<String> prompt = text(node, at + ".", "prompt");
        if (prompt.isEmpty() && !node.has("prompt")) {
            problem(at + ".prompt", "there is no prompt", "say what is seen");
        }
        return new Scene(prompt.orElse(""), text(node, at + ".", "negative"), seconds(node, at), start(node, at), seed(node, at + "."), sampling(node, at + "."));
    }

    private Optional<String> startImage(JsonNode root) {
        JsonNode value = root.get("start_image");
        if (value != null && value.isNull()) {
            return Optional.of(Story.NO_IMAGE);
        }
        Optional<String> url = text(root, "", "start_image");
        if (url.filter(String::isBlank).isPresent()) {
            problem("start_image", "there is nothing in it", "write data:image/png;base64,\u2026, or null for no picture");
            return Optional.empty();
        }
        return url;
    }

    private Sampling sampling(JsonNode node, String prefix) {
        JsonNode settings = node.get("settings");
        if (settings == null) {
            return Sampling.NONE;
        }
        String at = prefix + "settings";
        if (!settings.isObject()) {
            problem(at, "not an object", "write {\"steps\":12,\"guidance\":3.5,\"temperature\":1}, or some of it");
            return Sampling.NONE;
        }
        unknown(settings, at + ".", SAMPLING_FIELDS);
        OptionalDouble steps = number(settings, at + ".steps", "steps", v -> v.isIntegralNumber() && v.canConvertToInt() && v.asInt() >= 1 && v.asInt() <= Sampling.MAX_STEPS, Sampling.STEPS_RANGE);
        return new Sampling(steps.isPresent() ? OptionalInt.of((int) steps.getAsDouble()) : OptionalInt.empty(),
                number(settings, at + ".guidance", "guidance", v -> v.asDouble() >= 0 && v.asDouble() <= Sampling.MAX_GUIDANCE, Sampling.GUIDANCE_RANGE),
                number(settings, at + ".temperature", "temperature", v -> v.asDouble() > 0 && v.asDouble() <= Sampling.MAX_TEMPERATURE, Sampling.TEMPERATURE_RANGE));
    }

    private OptionalDouble number(JsonNode node, String at, String name, Predicate<JsonNode> inRange, String range) {
        JsonNode value = node.get(name);
        if (value == null) {
            return OptionalDouble.empty();
        }
        if (!value.isNumber() || !inRange.test(value)) {
            problem(at, "not " + range, "give " + range);
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(value.asDouble());
    }

    private double seconds(JsonNode node, String at) {
        JsonNode value = node.get("seconds");
        if (value == null) {
            return defaultSeconds;
        }
        if (!value.isNumber()) {
            problem(at + ".seconds", "not a number", "give seconds, such as 3 or 1.5");
            return defaultSeconds;
        }
        return value.asDouble();
    }

    private Start start(JsonNode node, String at) {
        return text(node, at + ".", "start").map(start -> switch (start) {
            case "continue" -> Start.CONTINUE;
            case "cut" -> Start.CUT;
            default -> {
                problem(at + ".start", "\"" + start + "\" is no way to begin a scene", "write \"continue\" or \"cut\"");
                yield Start.CONTINUE;
            }
        }).orElse(Start.CONTINUE);
    }

    private OptionalLong seed(JsonNode node, String prefix) {
        JsonNode value = node.get("seed");
        if (value == null) {
            return OptionalLong.empty();
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            problem(prefix + "seed", "not a whole number of 64 bits", "give one, such as 42");
            return OptionalLong.empty();
        }
        return OptionalLong.of(value.asLong());
    }

    private Optional<String> text(JsonNode node, String prefix, String name) {
        JsonNode value = node.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            problem(prefix + name, "not text", "put it in double quotes");
            return Optional.empty();
        }
        return Optional.of(value.asText());
    }

    private void unknown(JsonNode node, String prefix, Set<String> known) {
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (problems.size() < StoryReader.MAX_PROBLEMS && !known.contains(field.getKey())) {
                problem(prefix + printable(field.getKey()), "unknown field", "use " + String.join(", ", known.stream().sorted().toList()));
            }
        }
    }

    private static String printable(String name) {
        String clean = name.replaceAll("\\p{C}", "?");
        return clean.length() > 60 ? clean.substring(0, 60) + "…" : clean;
    }

    private void problem(String field, String message, String fix) {
        problems.add(new Problem(field, message, fix));
    }
}
