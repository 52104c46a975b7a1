package dev.longtake.film.story;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits prose into scenes: a sentence each, or a line each if the text has one sentence per line. A suffix such as {@code [3s]}
 * belongs to the sentence before it and ends its scene. Sentences are found by {@link BreakIterator} (Unicode UAX #29), which
 * knows no abbreviations; the commonest are joined again.
 */
final class Sentences {
    private static final Pattern BLANK_LINE = Pattern.compile("\\R\\h*\\R");
    private static final Set<String> ABBREVIATIONS = Set.of("mr.", "mrs.", "ms.", "dr.", "prof.", "st.", "vs.", "no.", "sr.", "sra.", "jr.",
            "e.g.", "i.e.", "z.b.", "d.h.", "bzw.", "ca.", "approx.", "capt.", "gen.", "lt.", "sgt.");

    private Sentences() {}

    static List<String> split(String text) {
        List<String> lines = text.lines().map(String::strip).toList();
        List<String> written = lines.stream().filter(line -> !line.isEmpty()).toList();
        if (written.size() > 1 && oneSentencePerLine(lines)) {
            return written;
        }
        List<String> scenes = new ArrayList<>();
        for (String paragraph : BLANK_LINE.split(text)) {
            splitParagraph(paragraph.replaceAll("\\s+", " ").strip(), scenes);
        }
        return scenes;
    }

    private static boolean oneSentencePerLine(List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            List<String> scenes = new ArrayList<>();
            splitParagraph(lines.get(i), scenes);
            boolean adjacent = i > 0 && !lines.get(i - 1).isEmpty() && !lines.get(i).isEmpty();
            if (scenes.size() > 1 || adjacent && wraps(lines.get(i - 1), lines.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether a sentence runs on from one line to the next. */
    private static boolean wraps(String line, String next) {
        boolean ended = SceneSuffix.PATTERN.matcher(line).find() || ".!?\u2026\u3002\uff01\uff1f\"'\u201d\u2019)\u00bb".indexOf(line.charAt(line.length() - 1)) >= 0;
        return !ended && Character.isLowerCase(next.codePointAt(0));
    }

    private static void splitParagraph(String paragraph, List<String> scenes) {
        Matcher suffix = SceneSuffix.PATTERN.matcher(paragraph);
        int from = 0;
        while (suffix.find()) {
            addSentences(paragraph.substring(from, suffix.start()), suffix.group(), scenes);
            from = suffix.end();
        }
        addSentences(paragraph.substring(from), "", scenes);
    }

    private static void addSentences(String prose, String suffix, List<String> scenes) {
        BreakIterator breaks = BreakIterator.getSentenceInstance(Locale.ROOT);
        breaks.setText(prose);
        StringBuilder sentence = new StringBuilder();
        int first = scenes.size();
        for (int start = breaks.first(), end = breaks.next(); end != BreakIterator.DONE; start = end, end = breaks.next()) {
            sentence.append(prose, start, end);
            if (!endsWithAbbreviation(sentence) && !sentence.toString().isBlank()) {
                scenes.add(sentence.toString().strip());
                sentence.setLength(0);
            }
        }
        if (!sentence.toString().isBlank()) {
            scenes.add(sentence.toString().strip());
        }
        if (!suffix.isEmpty()) {
            int last = scenes.size() - 1;
            if (last >= first) {
                scenes.set(last, scenes.get(last) + " " + suffix);
            } else {
                scenes.add(suffix);
            }
        }
    }

    private static boolean endsWithAbbreviation(CharSequence sentence) {
        String stripped = sentence.toString().strip();
        String word = stripped.substring(stripped.lastIndexOf(' ') + 1);
        boolean initial = word.length() == 2 && word.charAt(1) == '.' && Character.isUpperCase(word.charAt(0)) && stripped.length() == 2;
        return initial || ABBREVIATIONS.contains(word.toLowerCase(Locale.ROOT));
    }
}
