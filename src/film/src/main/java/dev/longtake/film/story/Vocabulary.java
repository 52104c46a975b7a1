package dev.longtake.film.story;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words of a model's training captions, and which scenes of a story go beyond them. A model draws something for any words; that it
 * was never told what a horse is shows only in the film, an hour later. A scene is warned of when fewer than {@value #KNOWN_SHARE} of
 * its content words are known: names, a rare adjective or a typing error alone are no reason, a foreign language is.
 */
public final class Vocabulary {
    /** Share of a prompt's content words below which it gets a warning. */
    public static final double KNOWN_SHARE = 0.75;

    /** Warnings of one story at most; the last says how many more scenes there are. */
    static final int MAX_WARNINGS = 100;
    private static final int WORDS_NAMED = 8;
    private static final int LONGEST_WORD = 40;
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}]+");

    /** English words that say nothing about what is seen. Other languages have none here: in them nothing is known anyway, or all of it is. */
    private static final Set<String> STOP_WORDS = Set.of(("a an the this that these those and or but of in on at to into onto from with without by for as is are was were be been being "
            + "it its he his him she her they their them there then than so very some any no not we us our you your i my me one s t over under up down out off through across along "
            + "while when where who which what").split(" "));

    private final Set<String> words;

    /** @param words lower case; empty if the model does not say what it was taught: then nothing is warned of */
    public Vocabulary(Set<String> words) {
        this.words = Set.copyOf(words);
    }

    /** What a user should know before a film is rendered; nothing is refused because of it. @param words those that are unknown */
    public record Warning(String field, String message, List<String> words) {
        @Override
        public String toString() {
            return field + ": " + message;
        }
    }

    /** @param text a word a line; lines that begin with {@code #} are not words */
    public static Vocabulary read(String text) {
        Set<String> words = new LinkedHashSet<>();
        text.lines().map(String::strip).filter(line -> !line.isEmpty() && !line.startsWith("#")).map(Vocabulary::normalised).forEach(words::add);
        return new Vocabulary(words);
    }

    public List<Warning> warnings(List<Scene> scenes) {
        List<Warning> warnings = new ArrayList<>();
        int more = 0;
        for (int i = 0; i < scenes.size() && !words.isEmpty(); i++) {
            List<Warning> one = warning("scenes[" + i + "].prompt", scenes.get(i).prompt());
            if (warnings.size() + one.size() < MAX_WARNINGS) {
                warnings.addAll(one);
            } else {
                more += one.size();
            }
        }
        if (more > 0) {
            warnings.add(new Warning("scenes", more + " more scenes with words the model was not taught", List.of()));
        }
        return warnings;
    }

    private List<Warning> warning(String field, String prompt) {
        Set<String> content = new LinkedHashSet<>();
        Matcher word = WORD.matcher(normalised(prompt));
        while (word.find()) {
            if (!STOP_WORDS.contains(word.group())) {
                content.add(word.group());
            }
        }
        if (content.isEmpty()) {
            return List.of(new Warning(field, "there is no word in it that says what is seen; the model draws what it likes", List.of()));
        }
        List<String> unknown = content.stream().filter(w -> !isKnown(w)).toList();
        if (content.size() - unknown.size() >= KNOWN_SHARE * content.size()) {
            return List.of();
        }
        List<String> named = unknown.stream().limit(WORDS_NAMED).map(w -> w.length() > LONGEST_WORD ? w.substring(0, LONGEST_WORD) + "\u2026" : w).toList();
        String rest = unknown.size() > WORDS_NAMED ? " and " + (unknown.size() - WORDS_NAMED) + " more" : "";
        return List.of(new Warning(field, "the model was not taught " + String.join(", ", named) + rest + "; it draws something it knows", named));
    }

    private boolean isKnown(String word) {
        return words.contains(word) || words.contains(word + "s") || word.endsWith("s") && words.contains(word.substring(0, word.length() - 1));
    }

    private static String normalised(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    }
}
