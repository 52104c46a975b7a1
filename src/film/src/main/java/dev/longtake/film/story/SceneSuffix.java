package dev.longtake.film.story;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What may follow a sentence: {@code [3s]} for its duration, {@code [3s#]} or {@code [#]} for a hard cut before it. */
record SceneSuffix(double seconds, boolean cut) {
    /**
     * Anything in brackets that looks like a duration or a cut, right or wrong, so that a wrong one is named and not drawn. Possessive
     * throughout: a bracket that is never closed costs one look.
     */
    static final Pattern PATTERN = Pattern.compile("\\[\\h*+(?:(?<seconds>[-+]?+[0-9][0-9.,eE+-]*+)\\h*+(?<unit>[a-zA-Z]*+)\\h*+)?+(?<cut>#)?+\\h*+\\]");

    /** @param suffix with its brackets; empty if there is none */
    static SceneSuffix of(String suffix, double defaultSeconds, String at, List<Problem> problems) {
        Matcher matcher = PATTERN.matcher(suffix);
        if (!matcher.matches()) {
            return new SceneSuffix(defaultSeconds, false);
        }
        boolean cut = matcher.group("cut") != null;
        String seconds = matcher.group("seconds");
        if (seconds == null && cut) {
            return new SceneSuffix(defaultSeconds, true);
        }
        try {
            if ("s".equals(matcher.group("unit"))) {
                return new SceneSuffix(Double.parseDouble(seconds), cut);
            }
        } catch (NumberFormatException e) {
            // Named below.
        }
        String shown = suffix.length() > 40 ? suffix.substring(0, 40) + "\u2026" : suffix;
        problems.add(new Problem(at + ".seconds", "\"" + shown + "\" is no duration", "write [3s] or [1.5s], and [3s#] or [#] to begin with a cut"));
        return new SceneSuffix(defaultSeconds, cut);
    }
}
