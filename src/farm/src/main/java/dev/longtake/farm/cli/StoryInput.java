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
    static final Map<String, String> OPTIONS = Map.of("preset", "--preset", "seed", "--seed", "steps", "--steps", "guidance", "--guidance", "sceneSeconds", "--scene-seconds");

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

    /** A story that was found good, as far as that can be said without knowing the farm's models. */
    record Checked(byte[] bytes, boolean json, Path file, Map<String, String> parameters, Story story) {
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
        byte[] bytes = bytes(path);
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
                return new Checked(bytes, json, path, parameters, story);
            }
        } catch (StoryException e) {
            problems.addAll(e.problems());
        }
        throw CliException.user(problems);
    }

    private byte[] bytes(Path path) {
        if (!Files.exists(path)) {
            throw CliException.user("STORY", "there is no file " + file, "give the path of a story");
        }
        if (Files.isDirectory(path)) {
            throw CliException.user("STORY", file + " is a directory", "give the path of a story");
        }
        int limit = StoryLimits.DEFAULT.bytes();
        try (InputStream in = Files.newInputStream(path)) {
            // One byte more than allowed is enough to know; the file itself may be endless.
            return in.readNBytes(limit + 1);
        } catch (IOException e) {
            throw CliException.user("STORY", file + " cannot be read", "check its permissions");
        }
    }

    private Map<String, String> parameters() {
        Map<String, String> given = new LinkedHashMap<>();
        put(given, "preset", preset);
        put(given, "seed", seed);
        put(given, "sceneSeconds", sceneSeconds);
        put(given, "steps", steps);
        put(given, "guidance", guidance);
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
