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
 * knows neither abbreviations nor speech nor list numbers; what it tears apart there is joined again. Time is linear in the text,
 * whatever it says: a story comes from a stranger.
 */
final class Sentences {
    private static final Pattern BLANK_LINE = Pattern.compile("\\R\\h*\\R");
    private static final Set<String> ABBREVIATIONS = Set.of("mr.", "mrs.", "ms.", "dr.", "prof.", "st.", "vs.", "no.", "sr.", "sra.", "jr.",
            "e.g.", "i.e.", "z.b.", "d.h.", "bzw.", "ca.", "approx.", "capt.", "gen.", "lt.", "sgt.");
    private static final int LONGEST_ABBREVIATION = 7;
    private static final String ENDS = ".!?\u2026\u3002\uff01\uff1f";
    private static final String CLOSING = "\"'\u201c\u201d\u2019\u00ab\u00bb\u2039\u203a)";

    private Sentences() {}

    /** One scene as it was written. @param suffix with its brackets; empty if there is none */
    record Sentence(String text, String suffix) {}

    static List<Sentence> split(String text) {
        List<String> lines = text.lines().map(Sentences::oneLine).toList();
        List<Sentence> byLine = byLine(lines);
        if (byLine.size() > 1) {
            return byLine;
        }
        List<Sentence> scenes = new ArrayList<>();
        for (String paragraph : BLANK_LINE.split(text)) {
            splitParagraph(oneLine(paragraph), scenes);
        }
        return scenes;
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }

    /** A sentence for each line, or nothing if that is not how the text is written. */
    private static List<Sentence> byLine(List<String> lines) {
        List<Sentence> scenes = new ArrayList<>();
        boolean punctuated = lines.stream().anyMatch(line -> !line.isEmpty() && ends(line));
        for (int i = 0; i < lines.size(); i++) {
            int before = scenes.size();
            splitParagraph(lines.get(i), scenes);
            boolean adjacent = i > 0 && !lines.get(i - 1).isEmpty() && !lines.get(i).isEmpty();
            if (scenes.size() > before + 1 || adjacent && punctuated && runsOn(lines.get(i - 1), lines.get(i))) {
                return List.of();
            }
        }
        return scenes;
    }

    /** Whether a sentence runs on from one line to the next. */
    private static boolean runsOn(String line, String next) {
        return !ends(line) && !SceneSuffix.PATTERN.matcher(line).find() && Character.isLowerCase(next.codePointAt(0));
    }

    private static boolean ends(String line) {
        char last = line.charAt(line.length() - 1);
        return ENDS.indexOf(last) >= 0 || CLOSING.indexOf(last) >= 0;
    }

    private static void splitParagraph(String paragraph, List<Sentence> scenes) {
        Matcher suffix = SceneSuffix.PATTERN.matcher(paragraph);
        int from = 0;
        while (suffix.find(from)) {
            int end = suffix.end();
            while (end < paragraph.length() && (ENDS.indexOf(paragraph.charAt(end)) >= 0 || CLOSING.indexOf(paragraph.charAt(end)) >= 0)) {
                end++;
            }
            // "A city [3s]." ends with its full stop, which is no scene of its own.
            String prose = paragraph.substring(from, suffix.start()).strip() + paragraph.substring(suffix.end(), end);
            int first = scenes.size();
            addSentences(prose, scenes);
            if (scenes.size() > first) {
                scenes.set(scenes.size() - 1, new Sentence(scenes.get(scenes.size() - 1).text(), suffix.group()));
            } else {
                scenes.add(new Sentence("", suffix.group()));
            }
            from = end;
        }
        addSentences(paragraph.substring(from).strip(), scenes);
    }

    private static void addSentences(String prose, List<Sentence> scenes) {
        BreakIterator breaks = BreakIterator.getSentenceInstance(Locale.ROOT);
        // An ellipsis ends a sentence where three dots would.
        breaks.setText(prose.replace('\u2026', '.'));
        int begin = 0;
        boolean word = false;
        for (int start = breaks.first(), end = breaks.next(); end != BreakIterator.DONE; start = end, end = breaks.next()) {
            word = word || hasWord(prose, start, end);
            if (word && !goesOn(prose, begin, end)) {
                scenes.add(new Sentence(prose.substring(begin, end).strip(), ""));
                begin = end;
                word = false;
            }
        }
        if (!prose.substring(begin).isBlank()) {
            scenes.add(new Sentence(prose.substring(begin).strip(), ""));
        }
    }

    /** Whether there is more than digits and punctuation: "1." begins a sentence, it is none. */
    private static boolean hasWord(String prose, int from, int to) {
        return prose.substring(from, to).codePoints().anyMatch(c -> Character.isLetter(c) || Character.getType(c) == Character.OTHER_SYMBOL);
    }

    /** Whether the sentence that seems to end here does not: after an abbreviation, an initial, or speech that somebody says. */
    private static boolean goesOn(String prose, int begin, int end) {
        int stop = end;
        while (stop > begin && Character.isWhitespace(prose.charAt(stop - 1))) {
            stop--;
        }
        if (end < prose.length() && CLOSING.indexOf(prose.charAt(stop - 1)) >= 0 && Character.isLowerCase(prose.codePointAt(end))) {
            return true;
        }
        int from = stop;
        while (from > begin && stop - from <= LONGEST_ABBREVIATION && prose.charAt(from - 1) != ' ') {
            from--;
        }
        String last = prose.substring(from, stop);
        boolean initial = last.length() == 2 && last.charAt(1) == '.' && Character.isUpperCase(last.charAt(0));
        return initial && (from == begin || from > begin + 1 && prose.charAt(from - 2) == '.') || ABBREVIATIONS.contains(last.toLowerCase(Locale.ROOT));
    }
}
