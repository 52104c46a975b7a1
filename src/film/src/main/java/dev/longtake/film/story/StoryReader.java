package dev.longtake.film.story;

import dev.longtake.film.story.Scene.Start;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads a story, in prose or in JSON, and says everything that is wrong with it at once. A story is JSON if its file is named
 * {@code *.json} or its first non-blank character is <code>{</code>; then it is never read as prose.
 */
public final class StoryReader {
    /** More problems than anybody reads; an answer stays small however bad a story is. */
    static final int MAX_PROBLEMS = 100;
    private static final int ZERO_WIDTH_NON_JOINER = 0x200c;
    private static final int ZERO_WIDTH_JOINER = 0x200d;

    private final StoryLimits limits;
    private final double defaultSeconds;
    private final long defaultSeed;

    /** @param defaultSeconds duration of a scene that names none */
    public StoryReader(StoryLimits limits, double defaultSeconds) {
        this(limits, defaultSeconds, Story.DEFAULT_SEED);
    }

    /** @param defaultSeed seed of a story that names none */
    public StoryReader(StoryLimits limits, double defaultSeconds, long defaultSeed) {
        this.limits = limits;
        this.defaultSeconds = defaultSeconds;
        this.defaultSeed = defaultSeed;
    }

    /**
     * @param bytes    the story, UTF-8
     * @param fileName where it came from; decides the format and gives prose its title
     */
    public Story read(byte[] bytes, Optional<String> fileName) throws StoryException {
        if (bytes.length > limits.bytes()) {
            throw StoryException.tooLarge(limits.bytes());
        }
        String text = decode(bytes);
        if (text.isBlank()) {
            throw StoryException.of("story", "the story is empty", "write at least one sentence");
        }
        boolean json = fileName.map(n -> n.toLowerCase(Locale.ROOT).endsWith(".json")).orElse(false) || text.stripLeading().startsWith("{");
        List<Problem> problems = new ArrayList<>();
        Story story = json ? JsonStory.read(text, limits, defaultSeconds, defaultSeed, problems) : prose(text, problems);
        validate(story, problems);
        if (!problems.isEmpty()) {
            throw StoryException.of(problems.subList(0, Math.min(problems.size(), MAX_PROBLEMS)));
        }
        return story;
    }

    private Story prose(String text, List<Problem> problems) {
        List<Scene> scenes = new ArrayList<>();
        for (Sentences.Sentence sentence : Sentences.split(text)) {
            int index = scenes.size();
            if (index > limits.scenes()) {
                break;
            }
            SceneSuffix suffix = SceneSuffix.of(sentence.suffix(), defaultSeconds, "scenes[" + index + "]", problems);
            scenes.add(new Scene(sentence.text(), Optional.empty(), suffix.seconds(), suffix.cut() ? Start.CUT : Start.CONTINUE, OptionalLong.empty()));
        }
        return new Story("", Optional.empty(), defaultSeed, scenes);
    }

    /** Adds what is wrong with the values, but nothing about a field that could not be read at all. */
    private void validate(Story story, List<Problem> problems) {
        Set<String> named = problems.stream().map(Problem::field).collect(Collectors.toSet());
        List<Problem> found = new ArrayList<>(titleProblems(story.title(), limits));
        if (story.scenes().isEmpty()) {
            found.add(new Problem("scenes", "there is no scene", "give at least one"));
        }
        if (story.scenes().size() > limits.scenes()) {
            found.add(new Problem("scenes", "more than " + limits.scenes() + " scenes", "split the story into several films"));
        }
        double total = 0;
        for (int i = 0; i < Math.min(story.scenes().size(), limits.scenes()) && found.size() < MAX_PROBLEMS; i++) {
            Scene scene = story.scenes().get(i);
            String at = "scenes[" + i + "]";
            if (named.contains(at)) {
                continue;
            }
            promptProblem(at + ".prompt", scene.prompt()).ifPresent(found::add);
            scene.negative().flatMap(n -> promptProblem(at + ".negative", n)).ifPresent(found::add);
            durationProblem(at + ".seconds", scene.seconds()).ifPresent(found::add);
            total += scene.seconds();
        }
        if (total > limits.filmSeconds() && found.isEmpty()) {
            found.add(new Problem("scenes", "the film lasts over " + Math.round(limits.filmSeconds() / 3600) + " hours", "split the story into several films"));
        }
        found.stream().filter(p -> !named.contains(p.field())).forEach(problems::add);
    }

    private Optional<Problem> promptProblem(String field, String prompt) {
        if (prompt.isBlank()) {
            return Optional.of(new Problem(field, "the prompt is empty", "say what is seen"));
        }
        if (prompt.codePointCount(0, prompt.length()) > limits.promptChars()) {
            return Optional.of(new Problem(field, "the prompt is over " + limits.promptChars() + " characters", "shorten it, or make several scenes of it"));
        }
        // JSON can spell half a character; no UTF-8 can, so no plan and no key.
        if (prompt.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE)) {
            return Optional.of(new Problem(field, "the prompt contains half a character (an unpaired surrogate)", "write both halves, or none"));
        }
        return Optional.empty();
    }

    private Optional<Problem> durationProblem(String field, double seconds) {
        if (seconds > 0 && seconds <= limits.sceneSeconds()) {
            return Optional.empty();
        }
        return Optional.of(new Problem(field, "a scene cannot last " + trim(seconds) + " seconds", "give more than 0 and at most " + trim(limits.sceneSeconds())));
    }

    /** What is wrong with a title: it becomes a file name and stands in lists. */
    public static List<Problem> titleProblems(String title, StoryLimits limits) {
        List<Problem> problems = new ArrayList<>();
        if (title.codePoints().anyMatch(StoryReader::isControl)) {
            problems.add(new Problem("title", "the title contains a control character", "use printable characters only"));
        }
        if (title.contains("/") || title.contains("\\") || title.equals(".") || title.equals("..")) {
            problems.add(new Problem("title", "the title looks like a path", "leave out slashes and backslashes"));
        }
        if (title.codePointCount(0, title.length()) > limits.titleChars()) {
            problems.add(new Problem("title", "the title is over " + limits.titleChars() + " characters", "shorten it"));
        }
        return problems;
    }

    private static boolean isControl(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE -> true;
            // Among them those that turn a title's direction around; joiners are part of Persian words and of many emoji.
            case Character.FORMAT -> c != ZERO_WIDTH_NON_JOINER && c != ZERO_WIDTH_JOINER;
            default -> false;
        };
    }

    private static String decode(byte[] bytes) throws StoryException {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT).decode(ByteBuffer.wrap(bytes)).toString();
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw StoryException.of("story", "the story is not valid UTF-8", "save it as UTF-8 text");
        }
    }

    static String trim(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15 ? Long.toString((long) number) : Double.toString(number);
    }
}
