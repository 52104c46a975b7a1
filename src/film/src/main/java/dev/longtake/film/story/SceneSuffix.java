package dev.longtake.film.story;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What may follow a sentence: {@code [3s]} for its duration, {@code [3s#]} or {@code [#]} for a hard cut before it.
 *
 * @param prompt the sentence without it
 */
record SceneSuffix(String prompt, double seconds, boolean cut) {
    /** Anything in brackets that looks like a duration or a cut, right or wrong, so that a wrong one is named and not drawn. */
    static final Pattern PATTERN = Pattern.compile("\\[\\h*(?:(?<seconds>[-+]?[0-9][0-9.,eE+-]*)\\h*s)?\\h*(?<cut>#)?\\h*\\]");

    static SceneSuffix of(String sentence, double defaultSeconds, String at, List<Problem> problems) {
        Matcher matcher = PATTERN.matcher(sentence);
        int end = -1;
        int start = -1;
        String seconds = null;
        boolean cut = false;
        while (matcher.find()) {
            start = matcher.start();
            end = matcher.end();
            seconds = matcher.group("seconds");
            cut = matcher.group("cut") != null;
        }
        if (end < 0) {
            return new SceneSuffix(sentence.strip(), defaultSeconds, false);
        }
        String prompt = (sentence.substring(0, start) + sentence.substring(end)).strip();
        if (seconds == null) {
            if (!cut) {
                problems.add(new Problem(at + ".seconds", "empty brackets", "write [3s], [3s#] or [#]"));
            }
            return new SceneSuffix(prompt, defaultSeconds, cut);
        }
        try {
            return new SceneSuffix(prompt, Double.parseDouble(seconds), cut);
        } catch (NumberFormatException e) {
            problems.add(new Problem(at + ".seconds", "\"" + seconds + "\" is not a number of seconds", "write it as [3s] or [1.5s]"));
            return new SceneSuffix(prompt, defaultSeconds, cut);
        }
    }
}
