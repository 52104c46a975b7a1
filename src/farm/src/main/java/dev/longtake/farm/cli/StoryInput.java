package dev.longtake.farm.cli;

import dev.longtake.film.story.Problem;
import dev.longtake.film.story.Story;
import dev.longtake.film.story.StoryException;
import dev.longtake.film.story.StoryLimits;
import dev.longtake.film.story.StoryReader;
import dev.longtake.gateway.films.FilmOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A story's file and what may be said about it, as several verbs take them. */
final class StoryInput {
    /** Command-line names of the parameters that are named otherwise in HTTP. */
    static final Map<String, String> OPTIONS = Map.of("preset", "--preset", "seed", "--seed", "steps", "--steps", "guidance", "--guidance", "temperature", "--temperature",
            "sceneSeconds", "--scene-seconds", "callback", "--callback");

    /** A running farm may allow more than this build does by default; this much is sent to be judged there. */
    private static final int LARGEST_IMAGE = 64 << 20;

    @Parameters(paramLabel = "STORY", description = "The story: a text file, a sentence or line for each scene, or a JSON file.")
    private Path file;

    @Option(names = "--preset", paramLabel = "fast|best", description = "How much work goes into each segment; best if not given.")
    private String preset;

    @Option(names = "--seed", paramLabel = "N", description = "The film's seed; 0, or what the story says, if not given.")
    private String seed;

    @Option(names = "--scene-seconds", paramLabel = "S", description = "Duration of scenes that name none; 3 if not given.")
    private String sceneSeconds;

    @Option(names = "--steps", paramLabel = "N", description = "Sampling steps, 1 to 256, instead of the preset's.")
    private String steps;

    @Option(names = "--guidance", paramLabel = "G", description = "How closely frames follow their prompt, 0 to 20; the model's own if not given.")
    private String guidance;

    @Option(names = "--temperature", paramLabel = "T", description = "How freely codes are drawn, above 0, up to 10; the model's own if not given.")
    private String temperature;

    @Option(names = "--callback", paramLabel = "URL", description = "Who is told when the film can be watched, is finished, failed or cancelled.")
    private String callback;

    @Option(names = "--image", paramLabel = "FILE", description = "A PNG or JPEG that the film begins with and goes on from.")
    private Path image;

    /** A story that was found good, as far as that can be said without knowing the farm's models. */
    record Checked(byte[] bytes, boolean json, Path file, Map<String, String> parameters, Story story, Optional<byte[]> image) {
        /** By name, as the gateway's planner takes them. */
        Map<String, List<String>> lists() {
            return parameters.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, e -> List.of(e.getValue())));
        }

        /** Decides between JSON and prose where the file's name is known. */
        Optional<String> name() {
            return Optional.of(file.getFileName().toString());
        }
    }

    Checked read(Terminal terminal) {
        Path path = terminal.resolve(file);
        byte[] bytes = bytes(path, file, "STORY", "a story", StoryLimits.DEFAULT.bytes());
        Optional<byte[]> picture = image == null ? Optional.empty() : Optional.of(bytes(terminal.resolve(image), image, "--image", "a picture", LARGEST_IMAGE));
        Map<String, String> parameters = parameters();
        List<Problem> problems = new ArrayList<>();
        FilmOptions options = FilmOptions.read(parameters.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, e -> List.of(e.getValue()))), problems);
        try {
            Story story = new StoryReader(StoryLimits.DEFAULT, options.sceneSeconds()).read(bytes, Optional.of(path.getFileName().toString()));
            if (problems.isEmpty()) {
                if (story.title().isEmpty()) {
                    parameters.put("title", titleOf(path));
                }
                boolean json = path.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".json");
                return new Checked(bytes, json, path, parameters, story, picture);
            }
        } catch (StoryException e) {
            problems.addAll(e.problems());
        }
        throw CliException.user(problems);
    }

    private static byte[] bytes(Path path, Path given, String field, String what, int limit) {
        if (!Files.exists(path)) {
            throw CliException.user(field, "there is no file " + given, "give the path of " + what);
        }
        if (Files.isDirectory(path)) {
            throw CliException.user(field, given + " is a directory", "give the path of " + what);
        }
        try (InputStream in = Files.newInputStream(path)) {
            // One byte more than allowed is enough to know; the file itself may be endless.
            return in.readNBytes(limit + 1);
        } catch (IOException e) {
            throw CliException.user(field, given + " cannot be read", "check its permissions");
        }
    }

    private Map<String, String> parameters() {
        Map<String, String> given = new LinkedHashMap<>();
        put(given, "preset", preset);
        put(given, "seed", seed);
        put(given, "sceneSeconds", sceneSeconds);
        put(given, "steps", steps);
        put(given, "guidance", guidance);
        put(given, "temperature", temperature);
        put(given, "callback", callback);
        return given;
    }

    private static void put(Map<String, String> given, String name, String value) {
        if (value != null) {
            given.put(name, value);
        }
    }

    /** A story without a title is called what its file is called, as far as a title may look like that. */
    static String titleOf(Path path) {
        String clean = stem(path).replaceAll("[\\p{C}\u2028\u2029\\\\/]", " ").strip();
        int longest = StoryLimits.DEFAULT.titleChars();
        String cut = clean.codePointCount(0, clean.length()) > longest ? clean.substring(0, clean.offsetByCodePoints(0, longest)) : clean;
        return cut.equals(".") || cut.equals("..") ? "" : cut;
    }

    /** A file's name without its last extension. */
    static String stem(Path path) {
        String name = path.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }
}
