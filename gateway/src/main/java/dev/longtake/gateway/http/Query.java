package dev.longtake.gateway.http;

import dev.longtake.film.story.Problem;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/** The query parameters of one request. Everything that is wrong with them is collected, and said at once by {@link #check()}. */
public final class Query {
    private static final int DIGITS = 9;
    private static final int SHOWN = 60;

    private final Map<String, List<String>> given;
    private final List<Problem> problems = new ArrayList<>();

    /** @param names those that the operation knows */
    public Query(UriInfo uri, String... names) {
        this(uri.getQueryParameters(), names);
    }

    public Query(Map<String, List<String>> given, String... names) {
        this.given = given;
        Set<String> known = new TreeSet<>(List.of(names));
        given.forEach((name, values) -> {
            if (!known.contains(name)) {
                problem(printable(name), "unknown parameter", known.isEmpty() ? "leave it out" : "use " + String.join(", ", known));
            } else if (values.size() > 1) {
                problem(name, "given " + values.size() + " times", "give it once");
            }
        });
    }

    private static String printable(String name) {
        String clean = name.replaceAll("\\p{C}", "?");
        return clean.length() > SHOWN ? clean.substring(0, SHOWN) + "…" : clean;
    }

    private void problem(String field, String message, String fix) {
        problems.add(new Problem(field, message, fix));
    }

    public Optional<String> text(String name) {
        return given.getOrDefault(name, List.of()).stream().findFirst();
    }

    public OptionalInt number(String name, int least, int most) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return OptionalInt.empty();
        }
        if (text.get().matches("\\d{1," + DIGITS + "}")) {
            int value = Integer.parseInt(text.get());
            if (value >= least && value <= most) {
                return OptionalInt.of(value);
            }
        }
        problem(name, "not a whole number from " + least + " to " + most, "give one, or leave it out");
        return OptionalInt.empty();
    }

    public int number(String name, int least, int most, int fallback) {
        return number(name, least, most).orElse(fallback);
    }

    /** ISO-8601, or seconds. @param longest what may be asked for */
    public Optional<Duration> duration(String name, Duration longest) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            Duration value = text.get().matches("\\d{1," + DIGITS + "}") ? Duration.ofSeconds(Long.parseLong(text.get())) : Duration.parse(text.get());
            if (value.compareTo(Duration.ofSeconds(1)) >= 0 && value.compareTo(longest) <= 0) {
                return Optional.of(value);
            }
        } catch (DateTimeParseException e) {
            // Said below.
        }
        problem(name, "not a time from 1 second to " + longest, "give seconds, such as 600, or ISO-8601, such as PT10M");
        return Optional.empty();
    }

    public boolean flag(String name) {
        String value = text(name).orElse("false");
        if (!Set.of("true", "false").contains(value)) {
            problem(name, "neither true nor false", "give one of them, or leave it out");
        }
        return value.equals("true");
    }

    /** One of some words. */
    public String choice(String name, List<String> words, String fallback) {
        String value = text(name).orElse(fallback);
        if (!words.contains(value)) {
            problem(name, "none of " + String.join(", ", words), "give one of them, or leave it out for " + fallback);
        }
        return value;
    }

    /** @throws ProblemException if anything is wrong */
    public Query check() {
        if (!problems.isEmpty()) {
            throw ProblemException.badInput(problems);
        }
        return this;
    }
}
